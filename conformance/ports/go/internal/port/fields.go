package port

import (
	"fmt"
	"strconv"

	"calybris-port/calybris"
)

// record is an object of a question, and the path that its fields have in refusals. The first refusal of a field is
// kept beside it: whoever answers looks there before anything else, as TYPES-9 refuses where the record is built.
type record struct {
	values  map[string]any
	path    string
	refused *error
}

func (r record) object(key string) record {
	return record{r.values[key].(map[string]any), r.path, r.refused}
}

func (r record) text(key string) string { return r.values[key].(string) }

func (r record) list(key string) []any { return r.values[key].([]any) }

func (r record) flag(key string) bool { return r.values[key].(bool) }

func (r record) keep(err error) {
	if err != nil && *r.refused == nil {
		*r.refused = err
	}
}

func unsigned[T uint8 | uint16 | uint32 | uint64](r record, key string) T {
	value, err := calybris.ParseUnsigned(r.text(key), uint64(^T(0)), r.path+key)
	r.keep(err)
	return T(value)
}

func signed(r record, key string) int64 {
	value, err := calybris.ParseSigned(r.text(key), r.path+key)
	r.keep(err)
	return value
}

// binding ties a key of a record to the field that holds its value, for both ways.
type binding struct {
	key string
	to  any
}

// read stores the values of a record in their fields. With partial, keys may be missing.
func read(r record, bindings []binding, partial bool) {
	for _, one := range bindings {
		value, there := r.values[one.key]
		if !there && partial {
			continue
		}
		switch to := one.to.(type) {
		case *uint8:
			*to = unsigned[uint8](r, one.key)
		case *uint16:
			*to = unsigned[uint16](r, one.key)
		case *uint32:
			*to = unsigned[uint32](r, one.key)
		case *uint64:
			*to = unsigned[uint64](r, one.key)
		case *int64:
			*to = signed(r, one.key)
		case *string:
			*to = value.(string)
		case *bool:
			*to = value.(bool)
		case *calybris.Action:
			*to = known(calybris.ParseAction, value.(string))
		case *calybris.Reason:
			*to = known(calybris.ParseReason, value.(string))
		case **uint64:
			if value != nil {
				number := unsigned[uint64](r, one.key)
				*to = &number
			}
		case **string:
			if value != nil {
				text := value.(string)
				*to = &text
			}
		default:
			panic(fmt.Sprintf("no way to read %s", one.key))
		}
	}
}

func known[T any](parse func(string) (T, bool), text string) T {
	value, ok := parse(text)
	if !ok {
		panic(fmt.Sprintf("no such name: %q", text))
	}
	return value
}

// written is the record of an answer: integers as text, names in display form, null for what is absent.
func written(bindings []binding) map[string]any {
	values := make(map[string]any, len(bindings))
	for _, one := range bindings {
		values[one.key] = scalar(one.to)
	}
	return values
}

func scalar(field any) any {
	switch from := field.(type) {
	case *uint8:
		return number(*from)
	case *uint16:
		return number(*from)
	case *uint32:
		return number(*from)
	case *uint64:
		return number(*from)
	case *int64:
		return strconv.FormatInt(*from, 10)
	case *string:
		return *from
	case *bool:
		return *from
	case *calybris.Action:
		return from.String()
	case *calybris.Reason:
		return from.String()
	case **uint64:
		if *from == nil {
			return nil
		}
		return number(**from)
	case **string:
		if *from == nil {
			return nil
		}
		return **from
	}
	panic(fmt.Sprintf("no way to write %T", field))
}

func number[T uint8 | uint16 | uint32 | uint64](value T) string {
	return strconv.FormatUint(uint64(value), 10)
}
