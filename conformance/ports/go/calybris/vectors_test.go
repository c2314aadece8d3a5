package calybris_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"calybris-port/internal/port"
)

// vectors is where the cases are, from here.
const vectors = "../../../../vectors/v1"

// longCount is how many accumulated decisions are too many for -short.
const longCount = 10_000

type vectorFile struct {
	Op     string
	Count  int
	Groups []struct {
		Given map[string]any
		Cases []vectorCase
	}
}

type vectorCase struct {
	ID     string
	Input  map[string]any
	Expect map[string]any
}

// TestVectors asks the port every case of the vectors, without the judge: all that it is told must be as expected.
func TestVectors(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(vectors, "*", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors in %s: %v", vectors, err)
	}
	for _, path := range paths {
		suite := filepath.Base(filepath.Dir(path))
		t.Run(suite+"/"+filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			askFile(t, path)
		})
	}
}

func askFile(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, group := range file.Groups {
		for _, one := range group.Cases {
			asked++
			if count, counted := one.Input["count"].(string); counted && testing.Short() {
				if number, err := strconv.Atoi(count); err != nil || number > longCount {
					continue
				}
			}
			answer := port.Answer(file.Op, group.Given, one.Input)
			if why := differs(t, answer, one.Expect); why != "" {
				t.Errorf("%s: %s", one.ID, why)
			}
		}
	}
	if asked != file.Count || asked == 0 {
		t.Errorf("%d cases were there, %d were announced", asked, file.Count)
	}
}

// differs compares an answer with what was expected, as the JSON that both are. The steps of a script are its ok.
func differs(t *testing.T, answer, expect map[string]any) string {
	if steps, scripted := expect["steps"]; scripted {
		expect = map[string]any{"ok": map[string]any{"steps": steps}}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	if _, shown := expect["preimage_hex"]; !shown {
		delete(plain, "preimage_hex")
	}
	if reflect.DeepEqual(plain, expect) {
		return ""
	}
	expected, err := json.Marshal(expect)
	if err != nil {
		t.Fatal(err)
	}
	return "answered " + cut(string(text)) + "\nexpected " + cut(string(expected))
}

func cut(text string) string {
	const most = 2_000
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
