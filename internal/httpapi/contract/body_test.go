package contract

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Any body at all: a value or a fault of the caller, never a panic.
func FuzzBody(f *testing.F) {
	for _, seed := range append(takeBodies(f), `{"a":[1,{"b":null}],"c":1e5}`, strings.Repeat("[", 40)) {
		f.Add([]byte(seed))
	}
	var schemas []*Operation
	operations, err := Operations()
	if err != nil {
		f.Fatal(err)
	}
	for _, o := range operations {
		if o.Body != nil {
			schemas = append(schemas, o)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, err := DecodeJSON(raw)
		var plain any
		if err == nil && json.Unmarshal(raw, &plain) != nil {
			t.Fatalf("%q was read, encoding/json refuses it", raw)
		}
		if err != nil {
			if fault.KindOf(err) != fault.KindMalformed {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		for _, o := range schemas {
			if err := Validate(o.Body, value); err != nil && fault.KindOf(err) != fault.KindInvalid {
				t.Fatalf("%s %q: %v", o.ID, raw, err)
			}
		}
	})
}

// takeBodies are bodies of takeSeat, right and wrong, each written as a Go string.
func takeBodies(t testing.TB) (bodies []string) {
	t.Helper()
	file, err := os.ReadFile("../testdata/take_bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		body, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}
