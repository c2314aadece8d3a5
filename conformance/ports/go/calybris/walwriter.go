package calybris

import (
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
)

// errWriterFailed is the answer to every call behind a write that failed (LOG-12).
var errWriterFailed = errors.New("an earlier write failed: open the log again")

// LogWriter appends to a log (LOG-8). It is safe for concurrent use. That nobody else writes to the same log is for the
// owner of the file to see to (LOG-12).
type LogWriter struct {
	mutex  sync.Mutex
	out    io.Writer
	state  scanned
	failed bool
}

// OpenLog verifies the log that is there and makes a writer that appends to out, behind it. A nil key is none.
func OpenLog(existing io.Reader, out io.Writer, key []byte) (*LogWriter, error) {
	state, err := scan(existing, key, func(int, entry) {})
	if err != nil {
		return nil, err
	}
	return &LogWriter{out: out, state: state}, nil
}

// Append writes a payload, given as JSON text, and answers with the head of the log (LOG-7, LOG-8).
func (w *LogWriter) Append(payload []byte) (Head, error) {
	printed, err := PrintPayload(payload)
	if err != nil {
		return Head{}, err
	}
	return w.append(printed)
}

// append writes the line of LOG-1. What is refused changes nothing.
func (w *LogWriter) append(data []byte) (Head, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	head := w.state.head
	switch {
	case w.failed:
		return Head{}, errWriterFailed
	case len(data) > MaxPayloadBytes:
		return Head{}, refuse(LogPayloadTooLarge, "data")
	case head.Sequence == math.MaxUint64:
		return Head{}, refuse(LogSequenceExhausted, "sequence")
	}
	next := Head{Sequence: head.Sequence + 1, LastHash: entryHash(w.state.entryHasher, head.LastHash, data)}
	var line []byte
	if w.state.unfinished {
		line = append(line, '\n')
	}
	line = fmt.Appendf(line, `{"sequence":%d,"previous_hash":"%s","entry_hash":"%s","data":`,
		next.Sequence, head.LastHash, next.LastHash)
	line = append(append(line, data...), '}', '\n')
	if _, err := w.out.Write(line); err != nil {
		w.failed = true
		return Head{}, err
	}
	w.state.head, w.state.unfinished = next, false
	return next, nil
}

// AppendAudited writes the record of a decision as it is (LOG-9). The metadata is JSON text.
func (w *LogWriter) AppendAudited(policy *Policy, request *Request, decision *Decision, metadata []byte) (Head, error) {
	record, err := auditRecord(policy, request, decision, metadata)
	if err != nil {
		return Head{}, err
	}
	return w.append(record)
}

// AppendVerifiedAudited refuses a decision that does not replay, and writes nothing of it (LOG-9).
func (w *LogWriter) AppendVerifiedAudited(
	policy *Policy, request *Request, decision *Decision, metadata []byte,
) (Head, error) {
	if _, valid := policy.Replays(request, decision); !valid {
		return Head{}, refuse(LogDecisionNotReplayed, "decision")
	}
	return w.AppendAudited(policy, request, decision, metadata)
}
