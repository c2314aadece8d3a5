package calybris

// readText reads a text, and not one with half of a surrogate pair.
func (c *cursor) readText() (string, bool) {
	raw, ok := c.rawText()
	if !ok {
		return "", false
	}
	return unescaped(raw)
}

func (c *cursor) readBool() (value, ok bool) {
	if c.takeWord("true") {
		return true, true
	}
	return false, c.takeWord("false")
}

// readUnsigned reads a plain integer from 0 to largest. What stands behind it is for the next step to refuse.
func (c *cursor) readUnsigned(largest uint64) (uint64, bool) {
	read, length := readDecimal(c.text[c.at:])
	c.at += length
	value, held := read.unsigned(largest)
	return value, held && length > 0
}

// readSigned reads a plain integer that an i64 holds.
func (c *cursor) readSigned() (int64, bool) {
	read, length := readDecimal(c.text[c.at:])
	c.at += length
	value, held := read.signed()
	return value, held && length > 0
}

// field is a key of an object, and how its value is read.
type field struct {
	key  string
	read func(c *cursor) bool
}

// object reads an object that has no key but these, each at most once, in any order. It says which are missing.
func (c *cursor) object(fields []field) (missing []string, ok bool) {
	seen := make([]bool, len(fields))
	if !c.take('{') {
		return nil, false
	}
	c.space()
	for first := true; !c.take('}'); first = false {
		if !first && !c.take(',') {
			return nil, false
		}
		c.space()
		key, ok := c.readText()
		if !ok {
			return nil, false
		}
		if c.space(); !c.take(':') {
			return nil, false
		}
		c.space()
		if !c.member(key, fields, seen) {
			return nil, false
		}
		c.space()
	}
	for i := range fields {
		if !seen[i] {
			missing = append(missing, fields[i].key)
		}
	}
	return missing, true
}

func (c *cursor) member(key string, fields []field, seen []bool) bool {
	for i := range fields {
		if fields[i].key == key && !seen[i] {
			seen[i] = true
			return fields[i].read(c)
		}
	}
	return false
}

// record reads an object with exactly these keys.
func (c *cursor) record(fields []field) bool {
	missing, ok := c.object(fields)
	return ok && len(missing) == 0
}

// The fields of a record, by type (TYPES-1). Each stores what it read.

func unsignedField[T uint8 | uint16 | uint32 | uint64](key string, to *T) field {
	return field{key, func(c *cursor) bool {
		value, ok := c.readUnsigned(uint64(^T(0)))
		*to = T(value)
		return ok
	}}
}

func signedField(key string, to *int64) field {
	return field{key, func(c *cursor) (ok bool) {
		*to, ok = c.readSigned()
		return ok
	}}
}

func textField(key string, to *string) field {
	return field{key, func(c *cursor) (ok bool) {
		*to, ok = c.readText()
		return ok
	}}
}

func boolField(key string, to *bool) field {
	return field{key, func(c *cursor) (ok bool) {
		*to, ok = c.readBool()
		return ok
	}}
}
