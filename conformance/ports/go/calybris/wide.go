package calybris

import (
	"math"
	"math/bits"
	"strconv"
)

// Wide is an exact integer of 128 bits, two's complement. TYPES-1: that is enough for every intermediate result.
type Wide struct {
	high int64
	low  uint64
}

func wideOf(value int64) Wide {
	return Wide{high: value >> 63, low: uint64(value)}
}

// product is the exact product of two unsigned integers. Of those that occur one has at most 32 bits.
func product(a, b uint64) Wide {
	high, low := bits.Mul64(a, b)
	return Wide{high: int64(high), low: low}
}

// add is the exact sum; no sum that occurs comes near 127 bits.
func (w Wide) add(other Wide) Wide {
	low, carry := bits.Add64(w.low, other.low, 0)
	return Wide{high: w.high + other.high + int64(carry), low: low}
}

func (w Wide) minus(other Wide) Wide {
	low, borrow := bits.Sub64(w.low, other.low, 0)
	return Wide{high: w.high - other.high - int64(borrow), low: low}
}

// divided is the floor of a value that is not negative, and the remainder.
func (w Wide) divided(by uint64) (Wide, uint64) {
	high, rest := uint64(w.high)/by, uint64(w.high)%by
	low, rest := bits.Div64(rest, w.low, by)
	return Wide{high: int64(high), low: low}, rest
}

// int64 is the value when an i64 holds it.
func (w Wide) int64() (int64, bool) {
	value := int64(w.low)
	return value, w.high == value>>63
}

// clamped is the value, or the end of the i64 range that it is beyond.
func (w Wide) clamped() int64 {
	if value, held := w.int64(); held {
		return value
	}
	if w.high < 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

// String is the value in canonical decimal.
func (w Wide) String() string {
	if value, held := w.int64(); held {
		return strconv.FormatInt(value, 10)
	}
	if w.high < 0 {
		return "-" + Wide{}.minus(w).String()
	}
	const digits = 10_000_000_000_000_000_000 // the largest power of ten in 64 bits: 19 zeros
	quotient, rest := w.divided(digits)
	if quotient == (Wide{}) {
		return strconv.FormatUint(rest, 10)
	}
	text := strconv.FormatUint(rest, 10)
	for len(text) < 19 {
		text = "0" + text
	}
	return quotient.String() + text
}
