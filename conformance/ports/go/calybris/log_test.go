package calybris

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestManyGoroutinesWriteOneChain(t *testing.T) {
	var log bytes.Buffer // only ever written to under the writer's mutex
	key := bytes.Repeat([]byte("k"), MinKeyBytes)
	writer, err := OpenLog(strings.NewReader(""), &log, key)
	if err != nil {
		t.Fatal(err)
	}
	const each = 50
	var running sync.WaitGroup
	for range workerCount {
		running.Go(func() {
			for range each {
				if _, err := writer.Append([]byte(`{"a": [1, 2]}`)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	head, err := VerifyLog(&log, key)
	if err != nil || head.Sequence != workerCount*each {
		t.Errorf("%d entries, %v", head.Sequence, err)
	}
}

type brokenDisk struct{ left int }

func (d *brokenDisk) Write(part []byte) (int, error) {
	if d.left--; d.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(part), nil
}

func TestAWriterIsUselessWhenAWriteFailed(t *testing.T) {
	disk := &brokenDisk{left: 1}
	writer, err := OpenLog(strings.NewReader(""), disk, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Append([]byte("1")); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Append([]byte("2")); err == nil {
		t.Error("the disk was full, and nobody said so")
	}
	disk.left = 1
	if _, err := writer.Append([]byte("3")); !errors.Is(err, errWriterFailed) {
		t.Errorf("the writer goes on: %v", err)
	}
}

// endless gives the same byte for ever, and counts.
type endless struct{ given int }

func (e *endless) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = ' '
	}
	e.given += len(into)
	return len(into), nil
}

func TestALineThatIsTooLongIsNotReadToItsEnd(t *testing.T) {
	source := &endless{}
	_, err := VerifyLog(source, nil)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Code != LogLineTooLong || source.given > MaxLineBytes+1<<20 {
		t.Errorf("%v after %d bytes", err, source.given)
	}
}

func TestAReaderThatFailsIsNoRefusal(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(`{"sequence":1`), &failing{})
	var refusal *Refusal
	if _, err := VerifyLog(broken, nil); err == nil || errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestAPayloadThatIsNoJSONIsAFaultOfTheCaller(t *testing.T) {
	for _, text := range []string{
		"", "{", `{"a"}`, `{"a":1,}`, "[1 2]", "tru", "1 2", "\"\xff\"", `"\x"`, "01", "-", `{1:2}`, "[1", `{"a":1`,
		`{"a" 1}`,
	} {
		if _, err := PrintPayload([]byte(text)); !errors.Is(err, errNotJSON) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzJSON compares the grammar with that of the standard library, and printing with itself.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0,1.5e+3,"\ud83d\ude00",null,true]}`, "[[[]]]", `"\u12"`, "[1,]", `{"a":1,"a":2}`, " 1 ", "{", "\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			return
		}
		c := cursor{text: text}
		if ok := c.value() && c.atEnd(); ok != json.Valid(text) {
			t.Fatalf("%q: %t", text, ok)
		}
		printed, err := PrintPayload(text)
		if err != nil {
			return
		}
		again, err := PrintPayload(printed)
		if err != nil || !bytes.Equal(printed, again) {
			t.Fatalf("%q is printed as %q and then as %q, %v", text, printed, again, err)
		}
	})
}

// The bound of a payload is in no vector: a question of that size hardly fits into a line of the protocol (LOG-5).
func TestTheLongestPayloadIsWrittenAndReadAgain(t *testing.T) {
	var log bytes.Buffer
	writer, err := OpenLog(strings.NewReader(""), &log, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := func(size int) []byte { return []byte(`"` + strings.Repeat("a", size-2) + `"`) }
	var refusal *Refusal
	_, err = writer.Append(text(MaxPayloadBytes + 1))
	if !errors.As(err, &refusal) || refusal.Code != LogPayloadTooLarge {
		t.Errorf("one byte too many: %v", err)
	}
	if log.Len() > 0 {
		t.Errorf("%d bytes were written all the same", log.Len())
	}
	if _, err := writer.Append(text(MaxPayloadBytes)); err != nil {
		t.Error(err)
	}
	if head, err := VerifyLog(&log, nil); err != nil || head.Sequence != 1 {
		t.Errorf("%d entries, %v", head.Sequence, err)
	}
}

// A reader that goes on behind half an object finds four keys, and a hash that is right for the half (LOG-3).
func TestHalfAnObjectIsNoData(t *testing.T) {
	hash, err := newHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, half := range []string{"{", "[", `{"a":`, `"`} {
		line := `{"sequence":1,"previous_hash":"genesis","data":` + half + `,"entry_hash":"` +
			entryHash(hash, Genesis, []byte(half)) + `"}`
		var refusal *Refusal
		if _, err := VerifyLog(strings.NewReader(line), nil); !errors.As(err, &refusal) || refusal.Code != LogLineMalformed {
			t.Errorf("%s: %v", line, err)
		}
	}
}
