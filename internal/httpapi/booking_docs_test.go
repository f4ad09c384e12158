package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	shellBlock    = regexp.MustCompile("(?s)```sh\n(.*?)```")
	shellVariable = regexp.MustCompile(`\$\{?([A-Z_]+)\}?`)
	assignment    = regexp.MustCompile(`^([A-Z]+)=\$\((.*) \| jq -r (\S+)\)$`)
)

// shell runs what docs/booking.md has of it: curl with -s, -X, -H, -d and -o, variables, and jq for
// one value.
type shell struct {
	*testing.T
	variables map[string]string
	file      string // what -o wrote
}

func (s *shell) words(line string) (words []string) {
	s.Helper()
	var word strings.Builder
	quoted, started := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == '"':
			quoted, started = !quoted, true
		case c == ' ' && !quoted:
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteByte(c)
			started = true
		}
	}
	if quoted {
		s.Fatalf("an open quote in %s", line)
	}
	if started {
		words = append(words, word.String())
	}
	for i, w := range words {
		words[i] = shellVariable.ReplaceAllStringFunc(w, func(name string) string {
			value, ok := s.variables[strings.Trim(name, "${}")]
			if !ok {
				s.Fatalf("%s is not set in %s", name, line)
			}
			return value
		})
	}
	return words
}

func (s *shell) curl(line string) []byte {
	s.Helper()
	words := s.words(line)
	method, target, body, into := http.MethodGet, "", "", ""
	header := http.Header{}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "-s":
		case "-X":
			i++
			method = words[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			header.Set(name, value)
		case "-d":
			i++
			body = words[i]
		case "-o":
			i++
			into = words[i]
		default:
			target = words[i]
		}
	}
	r, err := http.NewRequestWithContext(s.Context(), method, target, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	r.Header = header
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	answer, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode >= 300 {
		s.Fatalf("%s: %d %s (%v)", line, w.StatusCode, answer, err)
	}
	if into != "" {
		s.file = string(answer)
	}
	return answer
}

// jq gives the value at a path such as .items[0].id.
func (s *shell) jq(document []byte, path string) string {
	s.Helper()
	var at any
	if err := json.NewDecoder(bytes.NewReader(document)).Decode(&at); err != nil {
		s.Fatal(err)
	}
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		switch here := at.(type) {
		case map[string]any:
			at = here[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(here) {
				s.Fatalf("%s leads nowhere in %s", path, document)
			}
			at = here[n]
		}
	}
	text, ok := at.(string)
	if !ok {
		s.Fatalf("%s is no text in %s", path, document)
	}
	return text
}

func TestTheStepsOfTheBookingGuide(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.newHall(t)
	server := httptest.NewServer(b.echo)
	defer server.Close()
	guide, err := os.ReadFile("../../docs/booking.md")
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{T: t, variables: map[string]string{
		"BASE":           server.URL,
		"BORROWER":       "bunkyo",
		"LENDER":         "toshima",
		"BORROWER_TOKEN": b.foreign,
		"LENDER_TOKEN":   b.publisher,
		"PARTNERSHIP":    "ux",
		"DAY":            b.bookingDay().String(),
	}}
	ran := 0
	for _, block := range shellBlock.FindAllStringSubmatch(string(guide), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			ran++
			if parts := assignment.FindStringSubmatch(line); parts != nil {
				s.variables[parts[1]] = s.jq(s.curl(parts[2]), parts[3])
				continue
			}
			s.curl(line)
		}
	}
	if ran != 11 || !strings.HasPrefix(s.file, "%PDF-") {
		t.Errorf("%d steps ended with %.20q", ran, s.file)
	}
}
