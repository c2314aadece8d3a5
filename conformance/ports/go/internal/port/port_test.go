package port

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestServe holds the conversation of docs/protocol.md, with a question that nobody knows and one that is no question.
func TestServe(t *testing.T) {
	questions := strings.Join([]string{
		`{"type":"hello","protocol":[1],"judge":"0.1.0","spec":"1.0","vectors":"1.0.0"}`,
		`{"type":"run","seq":"1","op":"echo","given":{},"input":{"type":"u64","value":"18446744073709551615"},"new":1}`,
		`{"type":"run","seq":"2","op":"input.validate","given":{},"input":{}}`,
		`{"type":"run","seq":"3","op":"nothing","given":{},"input":{}}`,
		`{"type":"run","seq":"4","op":"integer","given":{},"input":{"type":"u8","value":"256"}}`,
		`{"type":"bye"}`,
		`{"type":"run","seq":"5","op":"echo","given":{},"input":{"type":"u8","value":"1"}}`,
	}, "\n")
	var answers strings.Builder
	if err := Serve(strings.NewReader(questions), &answers); err != nil {
		t.Fatal(err)
	}
	said := strings.Split(strings.TrimSuffix(answers.String(), "\n"), "\n")
	if len(said) != 5 {
		t.Fatalf("%d answers: %s", len(said), answers.String())
	}
	for i, key := range []string{"features", "ok", "fault", "unsupported", "error"} {
		var answer map[string]any
		if err := json.Unmarshal([]byte(said[i]), &answer); err != nil || answer[key] == nil {
			t.Errorf("no %s in %s: %v", key, said[i], err)
		}
	}
	if said[4] != `{"error":{"at":"value","code":"INTEGER_OUT_OF_RANGE"},"seq":"4","type":"result"}` {
		t.Error(said[4])
	}
}
