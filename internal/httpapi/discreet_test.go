package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

// Every route that a ticket's or a door's holder uses, the later ones too: whoever asks with what
// nobody holds, or breaks the database, hears one size that is kept nowhere, and no header or log
// repeats what was presented.
func TestEveryHoldersRouteIsDiscreet(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const presented = "7BEBM6F474KRN78C7XN5T5G7MC"
	check := func(when string, line route, q req) {
		t.Helper()
		r := b.do(t, q)
		h := r.Header
		if len(r.raw) == 0 || len(r.raw)%1024 != 0 || h.Get("Content-Encoding") != "" {
			t.Errorf("%s %s: %d with %d bytes", line.operation, when, r.StatusCode, len(r.raw))
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Set-Cookie") != "" ||
			h.Get("ETag") != "" ||
			h.Get("Last-Modified") != "" {
			t.Errorf("%s %s: %v", line.operation, when, h)
		}
		for name, values := range h {
			if strings.Contains(strings.ToUpper(strings.Join(values, " ")), presented) {
				t.Errorf("%s %s: %s repeats the code", line.operation, when, name)
			}
		}
	}
	var lines []route
	for _, line := range table {
		if line.rule.access == holderOnly || line.rule.access == doorOnly || line.operation == "takeSeat" {
			lines = append(lines, line)
		}
	}
	if len(lines) < 10 {
		t.Fatalf("only %d routes of holders", len(lines))
	}
	for _, line := range lines {
		good := b.good(line)
		check("with an unknown code", line, good)
		nobody := good
		nobody.auth = ""
		check("with none", line, nobody)
		if line.method != http.MethodGet && good.body != nil {
			spoilt := good
			spoilt.body = obj{"nonsense": true}
			check("with nonsense", line, spoilt)
		}
	}
	if _, err := b.Pool(t).Exec(
		t.Context(),
		"alter table ticket rename to gone; alter table door_link rename to gone_too; alter table quota_counter "+
			"rename to gone_three",
	); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		check("when it is broken", line, b.good(line))
	}
	if logs := b.log.String(); strings.Contains(strings.ToUpper(logs), presented) ||
		strings.Contains(logs, "7BEBM-6F474") {
		t.Error("the log repeats a code")
	}
}
