package calybris

import "math"

// decimal is a canonical decimal text, read (TYPES-1).
type decimal struct {
	negative  bool
	magnitude uint64
	beyond    bool // the magnitude has more than 64 bits
}

// readDecimal reads the longest canonical decimal, (0|-?[1-9][0-9]*), at the beginning of a text, and says how many
// bytes it has. None has no bytes.
func readDecimal[T ~string | ~[]byte](text T) (decimal, int) {
	var read decimal
	at := 0
	if len(text) > 0 && text[0] == '-' {
		read.negative = true
		at = 1
	}
	if at == len(text) || text[at] < '0' || text[at] > '9' || (text[at] == '0' && read.negative) {
		return decimal{}, 0
	}
	if text[at] == '0' {
		return read, 1
	}
	for ; at < len(text) && text[at] >= '0' && text[at] <= '9'; at++ {
		digit := uint64(text[at] - '0')
		if read.magnitude > (math.MaxUint64-digit)/10 {
			read.beyond = true // the rest is still read: the form comes before the range
			continue
		}
		read.magnitude = read.magnitude*10 + digit
	}
	return read, at
}

// unsigned is the value when it lies between 0 and largest.
func (d decimal) unsigned(largest uint64) (uint64, bool) {
	return d.magnitude, !d.negative && !d.beyond && d.magnitude <= largest
}

// signed is the value when an i64 holds it.
func (d decimal) signed() (int64, bool) {
	if d.beyond {
		return 0, false
	}
	if d.negative {
		return -int64(d.magnitude), d.magnitude <= 1<<63
	}
	return int64(d.magnitude), d.magnitude <= math.MaxInt64
}

func parseDecimal(text, at string) (decimal, error) {
	read, length := readDecimal(text)
	if length == 0 || length != len(text) {
		return decimal{}, refuse(IntegerNotCanonical, at)
	}
	return read, nil
}

// ParseUnsigned reads canonical decimal as an integer from 0 to largest. The form comes before the range (TYPES-1).
func ParseUnsigned(text string, largest uint64, at string) (uint64, error) {
	read, err := parseDecimal(text, at)
	if err != nil {
		return 0, err
	}
	value, held := read.unsigned(largest)
	if !held {
		return 0, refuse(IntegerOutOfRange, at)
	}
	return value, nil
}

// ParseSigned reads canonical decimal as an i64. The form comes before the range (TYPES-1).
func ParseSigned(text, at string) (int64, error) {
	read, err := parseDecimal(text, at)
	if err != nil {
		return 0, err
	}
	value, held := read.signed()
	if !held {
		return 0, refuse(IntegerOutOfRange, at)
	}
	return value, nil
}
