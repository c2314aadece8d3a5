package port

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"calybris-port/calybris"
)

// mostRows is how many requests a frame may have.
const mostRows = 4096

// last is the policy of the frame before, by the bytes of its object: a campaign asks thousands of frames about one.
// What was refused is not kept.
var last struct {
	given  []byte
	policy *calybris.Policy
}

func keptPolicy(given json.RawMessage) (*calybris.Policy, error) {
	if last.policy != nil && bytes.Equal(last.given, given) {
		return last.policy, nil
	}
	var values map[string]any
	if err := json.Unmarshal(given, &values); err != nil {
		return nil, err
	}
	var refused error
	policy, err := readPolicy(record{values, "", &refused}, "policy")
	if err != nil {
		return nil, err
	}
	last.given, last.policy = bytes.Clone(given), policy
	return policy, nil
}

// decideRows decides a frame: every row is read before the first is decided.
func decideRows(given, input json.RawMessage) (any, error) {
	policy, err := keptPolicy(given)
	if err != nil {
		return nil, err
	}
	var frame struct {
		Rows []*string `json:"rows"`
	}
	if err := json.Unmarshal(input, &frame); err != nil {
		return nil, err
	}
	if frame.Rows == nil {
		return nil, errors.New("there are no rows")
	}
	if len(frame.Rows) == 0 || len(frame.Rows) > mostRows {
		return nil, &calybris.Refusal{Code: calybris.IntegerOutOfRange, At: "rows"}
	}
	requests, err := readRows(frame.Rows)
	if err != nil {
		return nil, err
	}
	return object{"rows": writtenRows(policy, requests)}, nil
}

// readRows reads requests field by field, so that the first wrong field of the first wrong row is refused.
func readRows(rows []*string) ([]calybris.Request, error) {
	requests := make([]calybris.Request, len(rows))
	var request calybris.Request
	bindings := requestBindings(&request)
	for i, row := range rows {
		if row == nil {
			return nil, errors.New("a row is a text")
		}
		rest := *row
		for place, one := range bindings {
			piece := rest
			// what is too much belongs to the last field, and a field that is missing is empty
			if end := strings.IndexByte(rest, ' '); end >= 0 && place < len(bindings)-1 {
				piece, rest = rest[:end], rest[end+1:]
			} else {
				rest = ""
			}
			if err := store(one, piece); err != nil {
				return nil, placed(err, i)
			}
		}
		requests[i] = request
	}
	return requests, nil
}

// store reads a text into the field of a binding.
func store(one binding, text string) (err error) {
	var value uint64
	switch to := one.to.(type) {
	case *uint16:
		value, err = calybris.ParseUnsigned(text, largest["u16"], one.key)
		*to = uint16(value)
	case *uint32:
		value, err = calybris.ParseUnsigned(text, largest["u32"], one.key)
		*to = uint32(value)
	case *uint64:
		*to, err = calybris.ParseUnsigned(text, largest["u64"], one.key)
	case *int64:
		*to, err = calybris.ParseSigned(text, one.key)
	default:
		panic(fmt.Sprintf("no way to read %s", one.key))
	}
	return err
}

// placed is the refusal of a field at its row.
func placed(err error, row int) error {
	var refusal *calybris.Refusal
	if errors.As(err, &refusal) {
		return &calybris.Refusal{Code: refusal.Code, At: fmt.Sprintf("rows[%d].%s", row, refusal.At)}
	}
	return err
}

// writtenRows is the list of the decisions as JSON, written at one go: a row holds nothing that would be escaped.
func writtenRows(policy *calybris.Policy, requests []calybris.Request) json.RawMessage {
	const typicalBytes = 128
	text := make([]byte, 0, typicalBytes*len(requests))
	var decision calybris.Decision
	bindings := decisionBindings(&decision)
	opening := byte('[')
	for i := range requests {
		decision = policy.Decide(&requests[i])
		text = append(text, opening)
		opening = ','
		separator := byte('"')
		for _, one := range bindings {
			text = append(text, separator)
			separator = ' '
			text = appendNumber(text, one.to)
		}
		text = append(text, '"')
	}
	return append(text, ']')
}

// appendNumber writes a field of a decision; an action and a reason are their codes.
func appendNumber(text []byte, field any) []byte {
	switch from := field.(type) {
	case *uint16:
		return strconv.AppendUint(text, uint64(*from), 10)
	case *uint32:
		return strconv.AppendUint(text, uint64(*from), 10)
	case *uint64:
		return strconv.AppendUint(text, *from, 10)
	case *int64:
		return strconv.AppendInt(text, *from, 10)
	case *calybris.Action:
		return strconv.AppendUint(text, uint64(*from), 10)
	case *calybris.Reason:
		return strconv.AppendUint(text, uint64(*from), 10)
	}
	panic(fmt.Sprintf("no way to write %T", field))
}
