package calybris

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how many levels of lists and objects a payload may have (LOG-7).
const maxDepth = 100

// errNotJSON says that a payload is no JSON text at all: a fault of the caller.
var errNotJSON = errors.New("the payload is no JSON text")

// PrintPayload prints a JSON text as a writer does: without white space, keys in the order given, few escapes (LOG-7).
// The first thing in document order that a writer refuses is named by its path.
func PrintPayload(text []byte) ([]byte, error) {
	return printPayload(text, []string{"data"}, 0)
}

// printPayload prints a text that stands at a path, below a number of levels.
func printPayload(text []byte, path []string, depth int) ([]byte, error) {
	if !utf8.Valid(text) {
		return nil, errNotJSON
	}
	printing := printer{cursor: cursor{text: text}, path: path}
	if err := printing.value(depth); err != nil {
		return nil, err
	}
	if !printing.atEnd() {
		return nil, errNotJSON
	}
	return printing.out, nil
}

type printer struct {
	cursor
	out  []byte
	path []string // `data`, then `.key` or `[i]` for each level
}

func (p *printer) refuse(code Code) error {
	at := ""
	for _, part := range p.path {
		at += part
	}
	return refuse(code, at)
}

// value prints the value that comes next; depth is how many levels stand around it. It calls itself at most maxDepth
// levels deep.
func (p *printer) value(depth int) error {
	p.space()
	switch next := p.peek(); {
	case next == '{' || next == '[':
		if depth == maxDepth {
			return p.refuse(LogPayloadTooDeep)
		}
		if next == '{' {
			return p.members(depth + 1)
		}
		return p.elements(depth + 1)
	case next == '"':
		raw, ok := p.rawText()
		if !ok {
			return errNotJSON
		}
		value, ok := unescaped(raw)
		if !ok {
			return p.refuse(LogPayloadTextInvalid)
		}
		p.out = appendText(p.out, value)
		return nil
	case next == '-' || '0' <= next && next <= '9':
		return p.integer()
	}
	start := p.at
	if !p.scalar() {
		return errNotJSON
	}
	p.out = append(p.out, p.text[start:p.at]...)
	return nil
}

func (p *printer) integer() error {
	start := p.at
	plain, ok := p.number()
	if !ok {
		return errNotJSON
	}
	if !plain {
		return p.refuse(LogPayloadFloat)
	}
	digits := p.text[start:p.at]
	if string(digits) == "-0" {
		digits = digits[1:]
	}
	read, _ := readDecimal(digits)
	if _, held := read.signed(); !held && (read.negative || read.beyond) {
		return p.refuse(LogPayloadIntegerOutOfRange)
	}
	p.out = append(p.out, digits...)
	return nil
}

func (p *printer) elements(depth int) error {
	p.at++
	p.out = append(p.out, '[')
	p.space()
	for i := 0; !p.take(']'); i++ {
		if i > 0 {
			if !p.take(',') {
				return errNotJSON
			}
			p.out = append(p.out, ',')
		}
		p.path = append(p.path, "["+strconv.Itoa(i)+"]")
		if err := p.value(depth); err != nil {
			return err
		}
		p.path = p.path[:len(p.path)-1]
		p.space()
	}
	p.out = append(p.out, ']')
	return nil
}

// members prints an object. Of a key its text is checked, then whether it stands twice, then its value.
func (p *printer) members(depth int) error {
	p.at++
	p.out = append(p.out, '{')
	p.space()
	seen := map[string]struct{}{}
	for !p.take('}') {
		if len(seen) > 0 {
			if !p.take(',') {
				return errNotJSON
			}
			p.out = append(p.out, ',')
			p.space()
		}
		raw, ok := p.rawText()
		if !ok {
			return errNotJSON
		}
		key, ok := unescaped(raw)
		if !ok {
			return p.refuse(LogPayloadTextInvalid) // such a key cannot stand in a path: its object is named
		}
		p.path = append(p.path, "."+key)
		if _, twice := seen[key]; twice {
			return p.refuse(LogPayloadKeyDuplicate)
		}
		seen[key] = struct{}{}
		if p.space(); !p.take(':') {
			return errNotJSON
		}
		p.out = append(appendText(p.out, key), ':')
		if err := p.value(depth); err != nil {
			return err
		}
		p.path = p.path[:len(p.path)-1]
		p.space()
	}
	p.out = append(p.out, '}')
	return nil
}

var shortEscapes = map[byte]byte{'"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

// appendText writes a text in quotes. Only the quote, the backslash and control characters are escaped (LOG-7).
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	for i := range len(text) {
		character := text[i]
		short, known := shortEscapes[character]
		switch {
		case known:
			out = append(out, '\\', short)
		case character < ' ':
			out = append(out, '\\', 'u', '0', '0', "0123456789abcdef"[character>>4], "0123456789abcdef"[character&15])
		default:
			out = append(out, character)
		}
	}
	return append(out, '"')
}
