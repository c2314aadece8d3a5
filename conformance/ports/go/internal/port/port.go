// Package port puts package calybris behind the line protocol CAP/1 (docs/protocol.md). It computes no rule: it reads
// and writes the records of docs/operations.md.
package port

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"calybris-port/calybris"
)

// Version is that of the port; Spec that of the specification which it implements.
const (
	Version = "0.1.0"
	Spec    = "1.0"
)

// operation answers a question.
type operation func(given, input record) (any, error)

var operations = map[string]operation{
	"echo":                echo,
	"integer":             readsInteger,
	"policy.validate":     validatePolicy,
	"input.validate":      validateInput,
	"decide":              underPolicy(decide),
	"trace":               underPolicy(trace),
	"utility":             underPolicy(utility),
	"explain":             underPolicy(explain),
	"digest.policy":       digestPolicy,
	"digest.input":        digestInput,
	"digest.decision":     digestDecision,
	"hex.decode":          decodeHex,
	"verify.decision":     underPolicy(verifyDecision),
	"verify.digest":       verifyDigest,
	"verify.bundle":       underPolicy(verifyBundle),
	"verify.canonical":    verifyCanonical,
	"verify.certificate":  underPolicy(certify),
	"config.validate":     validateConfig,
	"input.build":         buildInput,
	"model.build":         buildModel,
	"policy.build":        buildPolicy,
	"digest.ledger":       digestLedger,
	"ledger.conservation": conservation,
	"ledger.restore":      restore,
	"budget.script":       budgetScript,
	"finance.prove":       prove,
	"finance.certify":     certifyLedger,
	"snapshot.save":       saveSnapshot,
	"snapshot.load":       loadSnapshot,
	"wal.append":          appendPayload,
	"wal.append_parts":    appendParts,
	"wal.append_audited":  appendAudited,
	"wal.verify":          verifyLog,
	"wal.replay":          replayLog,
	"proof.seal":          underPolicy(sealProof),
	"proof.validate":      validateProof,
	"recovery.plan":       planRecovery,
	"accumulate":          accumulate,
}

// frames are the operations that read the bytes of a question themselves, because they must be fast.
var frames = map[string]func(given, input json.RawMessage) (any, error){
	"decide.rows": decideRows,
}

// extras are the features that a port claims beside its operations.
var extras = []string{
	"constructor.try_new", "constructor.try_new_trusted", "constructor.unchecked", "catalog.series", "input.unchecked",
	"widths.named", "budget.query", "budget.snapshot", "append.unverified", "replay.policies", "accumulate.million",
}

// features are all that the port claims.
func features() []string {
	claimed := slices.Clone(extras)
	for name := range operations {
		claimed = append(claimed, name)
	}
	for name := range frames {
		claimed = append(claimed, name)
	}
	slices.Sort(claimed)
	return claimed
}

func ready() object {
	return object{
		"type":     "ready",
		"protocol": 1,
		"implementation": object{
			"name": "calybris-go", "version": Version, "language": "go", "source": "conformance/ports/go",
		},
		"spec":          Spec,
		"features":      features(),
		"max_in_flight": 64,
	}
}

// message is what the judge sends. Keys that are not known are ignored.
type message struct {
	Type  string          `json:"type"`
	Seq   string          `json:"seq"`
	Op    string          `json:"op"`
	Given json.RawMessage `json:"given"`
	Input json.RawMessage `json:"input"`
}

// Serve answers line by line until bye, or the end of input.
func Serve(questions io.Reader, answers io.Writer) error {
	lines := bufio.NewReaderSize(questions, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			reply, bye := replyTo(line)
			if bye {
				return nil
			}
			if err := writeLine(answers, reply); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func replyTo(line []byte) (reply object, bye bool) {
	var asked message
	if err := json.Unmarshal(line, &asked); err != nil {
		return object{"type": "result", "seq": asked.Seq, "fault": object{"detail": err.Error()}}, false
	}
	switch asked.Type {
	case "hello":
		return ready(), false
	case "bye":
		return nil, true
	}
	reply = answerBytes(asked.Op, asked.Given, asked.Input)
	reply["type"], reply["seq"] = "result", asked.Seq
	return reply, false
}

// writeLine writes one line with one call, so that nothing waits in a buffer.
func writeLine(answers io.Writer, reply object) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reply); err != nil {
		return err
	}
	_, err := answers.Write(line.Bytes())
	return err
}

// answerBytes is what the port says to a question of which the two objects are not read yet.
func answerBytes(op string, given, input json.RawMessage) object {
	if run, isFrame := frames[op]; isFrame {
		return answered(func() (any, error) { return run(given, input) })
	}
	var objects [2]map[string]any
	for i, text := range []json.RawMessage{given, input} {
		if err := json.Unmarshal(text, &objects[i]); len(text) > 0 && err != nil {
			return object{"fault": object{"detail": err.Error()}}
		}
	}
	return Answer(op, objects[0], objects[1])
}

// Answer is what the port says to one question: exactly one of ok, error, fault and unsupported.
func Answer(op string, given, input map[string]any) map[string]any {
	run, known := operations[op]
	if !known {
		return object{"unsupported": object{"feature": op}}
	}
	return answered(func() (any, error) {
		var refused error
		ok, err := run(record{given, "", &refused}, record{input, "", &refused})
		if refused != nil {
			err = refused
		}
		return ok, err
	})
}

// answered is what comes of an operation. A panic is a fault, and the next question is still answered.
func answered(run func() (any, error)) (reply object) {
	defer func() {
		if panicked := recover(); panicked != nil {
			reply = object{"fault": object{"detail": fmt.Sprint(panicked), "trace": string(debug.Stack())}}
		}
	}()
	ok, err := run()
	var refusal *calybris.Refusal
	switch {
	case errors.As(err, &refusal):
		return object{"error": refusedAs(refusal)}
	case err != nil:
		return object{"fault": object{"detail": err.Error()}}
	}
	if hashed, isDigest := ok.(digested); isDigest {
		digest := calybris.DigestOf(hashed.preimage).String()
		return object{"ok": object{"digest_hex": digest}, "preimage_hex": hex.EncodeToString(hashed.preimage)}
	}
	return object{"ok": ok}
}

func refusedAs(refusal *calybris.Refusal) object {
	return object{"code": refusal.Code, "at": refusal.At}
}
