package calybris

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// cursor walks JSON text (RFC 8259) byte by byte. Nothing is repaired or guessed: a step that finds no such thing
// answers false. The text must be valid UTF-8; who makes a cursor checks it.
type cursor struct {
	text []byte
	at   int
}

// peek is the byte that comes next, and 0, which stands nowhere in JSON, at the end.
func (c *cursor) peek() byte {
	if c.at < len(c.text) {
		return c.text[c.at]
	}
	return 0
}

func (c *cursor) take(character byte) bool {
	if c.peek() != character {
		return false
	}
	c.at++
	return true
}

func (c *cursor) takeWord(word string) bool {
	if !bytes.HasPrefix(c.text[c.at:], []byte(word)) {
		return false
	}
	c.at += len(word)
	return true
}

// space skips white space: the four characters of JSON and no others.
func (c *cursor) space() {
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

// atEnd says whether only white space is left.
func (c *cursor) atEnd() bool {
	c.space()
	return c.at == len(c.text)
}

// value skips one value of any depth. It keeps its own stack, so that no text exhausts that of the machine.
func (c *cursor) value() bool {
	var open []byte // the brackets that are to be closed
	for {
		c.space()
		switch c.peek() {
		case '{':
			c.at++
			if c.space(); !c.take('}') {
				open = append(open, '}')
				if !c.key() {
					return false
				}
				continue
			}
		case '[':
			c.at++
			if c.space(); !c.take(']') {
				open = append(open, ']')
				continue
			}
		default:
			if !c.scalar() {
				return false
			}
		}
		for { // behind a value: close what ends here
			if len(open) == 0 {
				return true
			}
			c.space()
			closing := open[len(open)-1]
			if c.take(closing) {
				open = open[:len(open)-1]
				continue
			}
			if !c.take(',') || (closing == '}' && !c.key()) {
				return false
			}
			break
		}
	}
}

func (c *cursor) key() bool {
	c.space()
	if _, ok := c.rawText(); !ok {
		return false
	}
	c.space()
	return c.take(':')
}

func (c *cursor) scalar() bool {
	switch c.peek() {
	case '"':
		_, ok := c.rawText()
		return ok
	case 'n':
		return c.takeWord("null")
	case 't':
		return c.takeWord("true")
	case 'f':
		return c.takeWord("false")
	}
	_, ok := c.number()
	return ok
}

// number skips a number and says whether it has neither fraction nor exponent.
func (c *cursor) number() (plain, ok bool) {
	c.take('-')
	if !c.take('0') && !c.digits() {
		return false, false
	}
	plain = true
	if c.take('.') {
		if plain = false; !c.digits() {
			return false, false
		}
	}
	if c.peek()|0x20 == 'e' {
		c.at++
		if !c.take('-') {
			c.take('+')
		}
		if plain = false; !c.digits() {
			return false, false
		}
	}
	return plain, true
}

func (c *cursor) digits() bool {
	start := c.at
	for '0' <= c.peek() && c.peek() <= '9' {
		c.at++
	}
	return c.at > start
}

// rawText skips a text and returns what stands between its quotes, escapes and all.
func (c *cursor) rawText() ([]byte, bool) {
	if !c.take('"') {
		return nil, false
	}
	start := c.at
	for c.at < len(c.text) {
		character := c.text[c.at]
		c.at++
		switch {
		case character == '"':
			return c.text[start : c.at-1], true
		case character < ' ':
			return nil, false
		case character == '\\' && !c.escape():
			return nil, false
		}
	}
	return nil, false
}

func (c *cursor) escape() bool {
	character := c.peek()
	c.at++
	if character != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), character) >= 0
	}
	for range 4 {
		if hexDigit(c.peek()) < 0 {
			return false
		}
		c.at++
	}
	return true
}

func hexDigit(character byte) rune {
	switch {
	case '0' <= character && character <= '9':
		return rune(character - '0')
	case 'a' <= character|0x20 && character|0x20 <= 'f':
		return rune(character|0x20-'a') + 10
	}
	return -1
}

var simpleEscapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unescaped is the value of a text. Half of a surrogate pair has none.
func unescaped(raw []byte) (string, bool) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw), true
	}
	value := make([]byte, 0, len(raw))
	for at := 0; at < len(raw); {
		if raw[at] != '\\' {
			value = append(value, raw[at])
			at++
			continue
		}
		if raw[at+1] != 'u' {
			value = append(value, simpleEscapes[raw[at+1]])
			at += 2
			continue
		}
		unit := codeUnit(raw[at:])
		at += 6
		if utf16.IsSurrogate(unit) {
			if at+6 > len(raw) || raw[at] != '\\' || raw[at+1] != 'u' {
				return "", false
			}
			unit = utf16.DecodeRune(unit, codeUnit(raw[at:]))
			if unit == utf8.RuneError {
				return "", false
			}
			at += 6
		}
		value = utf8.AppendRune(value, unit)
	}
	return string(value), true
}

func codeUnit(escape []byte) rune {
	var unit rune
	for _, character := range escape[2:6] {
		unit = unit<<4 | hexDigit(character)
	}
	return unit
}
