package calybris

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"math"
	"unicode/utf8"
)

// The bounds of the log (LOG-5, LOG-6) and the word that stands before the first hash (LOG-1).
const (
	MaxLineBytes    = 16 * 1024 * 1024
	MaxPayloadBytes = MaxLineBytes - 512
	MinKeyBytes     = 32
	Genesis         = "genesis"
	AnchorSchema    = "calybris.wal-anchor.v1"
)

// Head is where a log ends: the last sequence and the last hash (LOG-4).
type Head struct {
	Sequence uint64
	LastHash string
}

// Anchor is a head that is kept elsewhere (LOG-11).
type Anchor struct {
	SchemaVersion string
	Sequence      uint64
	LastHash      string
	Keyed         bool
}

// entry is a line that was read (LOG-1). The data is as it stands there.
type entry struct {
	sequence     uint64
	previousHash string
	entryHash    string
	data         []byte
}

// newHash is SHA-256, or HMAC-SHA256 with a key, which has at least 32 bytes; nil is none (LOG-2, LOG-6).
func newHash(key []byte) (hash.Hash, error) {
	if key == nil {
		return sha256.New(), nil
	}
	if len(key) < MinKeyBytes {
		return nil, refuse(LogKeyTooShort, "key_hex")
	}
	return hmac.New(sha256.New, key), nil
}

// entryHash is LOG-2, over the bytes of the data as they stand.
func entryHash(hash hash.Hash, previousHash string, data []byte) string {
	hash.Reset()
	io.WriteString(hash, previousHash) // a hash never fails to be written to
	hash.Write(data)
	return hex.EncodeToString(hash.Sum(nil))
}

// lines takes a log apart at line feeds. A line that is too long is found without being read whole (LOG-5).
type lines struct {
	reader *bufio.Reader
	line   []byte // without its line feed; good until the next call
	closed bool   // the line had a line feed
}

// next reads a line. At the end of the log it gives io.EOF.
func (l *lines) next() (tooLong bool, err error) {
	l.line = l.line[:0]
	for {
		part, err := l.reader.ReadSlice('\n')
		if len(l.line)+len(part) > MaxLineBytes {
			return true, nil
		}
		l.line = append(l.line, part...)
		switch {
		case err == nil:
			l.line, l.closed = l.line[:len(l.line)-1], true
			return false, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.line) > 0:
			l.closed = false
			return false, nil
		default:
			return false, err
		}
	}
}

// isBlank says whether a line is skipped: of all white space four characters count (LOG-3).
func isBlank(line []byte) bool {
	return len(bytes.Trim(line, " \t\r\f")) == 0
}

// readLine reads an entry: one object of exactly four keys (LOG-3).
func readLine(line []byte) (entry, bool) {
	var read entry
	if !utf8.Valid(line) {
		return read, false
	}
	c := cursor{text: line}
	c.space()
	ok := c.record([]field{
		unsignedField("sequence", &read.sequence),
		textField("previous_hash", &read.previousHash),
		textField("entry_hash", &read.entryHash),
		{"data", func(c *cursor) bool {
			start := c.at
			ok := c.value()
			read.data = c.text[start:c.at]
			return ok
		}},
	})
	return read, ok && c.atEnd()
}

// scanned is what is known of a log that was read to its end.
type scanned struct {
	head        Head
	unfinished  bool // the last line has no line feed
	entryHasher hash.Hash
}

// scan verifies a log line after line (LOG-4). It shows each good entry to visit, with the number of its line.
func scan(log io.Reader, key []byte, visit func(line int, read entry)) (scanned, error) {
	state := scanned{head: Head{LastHash: Genesis}}
	var err error
	if state.entryHasher, err = newHash(key); err != nil {
		return state, err
	}
	reading := lines{reader: bufio.NewReaderSize(log, 64*1024)}
	for i := 0; ; i++ {
		tooLong, err := reading.next()
		switch {
		case errors.Is(err, io.EOF):
			return state, nil
		case err != nil:
			return state, err
		case tooLong:
			return state, refuseAt(LogLineTooLong, "lines[%d]", i)
		}
		state.unfinished = !reading.closed
		if isBlank(reading.line) {
			continue
		}
		read, ok := readLine(reading.line)
		switch {
		case !ok:
			return state, refuseAt(LogLineMalformed, "lines[%d]", i)
		case state.head.Sequence == math.MaxUint64 || read.sequence != state.head.Sequence+1:
			return state, refuseAt(LogSequenceUnexpected, "lines[%d].sequence", i)
		case !sameText(read.previousHash, state.head.LastHash):
			return state, refuseAt(LogChainBroken, "lines[%d].previous_hash", i)
		case !sameText(read.entryHash, entryHash(state.entryHasher, read.previousHash, read.data)):
			return state, refuseAt(LogChainBroken, "lines[%d].entry_hash", i)
		}
		state.head = Head{Sequence: read.sequence, LastHash: read.entryHash}
		visit(i, read)
	}
}

// sameText compares hashes as text, in constant time (LOG-4).
func sameText(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// VerifyLog verifies a log and says where it ends (LOG-4). A nil key is none.
func VerifyLog(log io.Reader, key []byte) (Head, error) {
	state, err := scan(log, key, func(int, entry) {})
	return state.head, err
}

// VerifyAnchoredLog verifies a log and compares its head with an anchor (LOG-11). The schema is asked before the log is
// read, but after the key.
func VerifyAnchoredLog(log io.Reader, key []byte, anchor *Anchor) (Head, error) {
	if _, err := newHash(key); err != nil {
		return Head{}, err
	}
	if anchor.SchemaVersion != AnchorSchema {
		return Head{}, refuse(LogAnchorSchemaUnknown, "anchor.schema_version")
	}
	head, err := VerifyLog(log, key)
	switch {
	case err != nil:
		return Head{}, err
	case head.Sequence != anchor.Sequence:
		return Head{}, refuse(LogAnchorMismatch, "anchor.sequence")
	case !sameText(head.LastHash, anchor.LastHash):
		return Head{}, refuse(LogAnchorMismatch, "anchor.last_hash")
	case (key != nil) != anchor.Keyed:
		return Head{}, refuse(LogAnchorMismatch, "anchor.keyed")
	}
	return head, nil
}
