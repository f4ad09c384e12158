package ical

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// jst is a wall time in Tokyo.
func jst(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, tokyo)
}

func testCalendar() Calendar {
	return Calendar{
		Name:        "豊島区のイベント",
		Description: "となりまち、豊島区の予定です。",
		URL:         "https://tonarimachi.example/organizations/toshima",
		Color:       "teal",
		Refresh:     time.Hour,
		ProductID:   "-//Tonarimachi//Tonarimachi//JA",
	}
}

// fullEntry has every property an entry can have.
func fullEntry() Entry {
	return Entry{
		UID:      "0198c2a4-7d1e-4c5b-9d51-3f0b7c1a2e44@tonarimachi.example",
		Sequence: 3,
		Stamp:    time.Date(2026, 5, 2, 3, 4, 5, 0, time.UTC),
		Start:    jst(time.June, 6, 13, 30),
		End:      jst(time.June, 6, 16, 0),
		Title:    "ひきこもりUX女子会",
		Description: "予約はいりません。途中で出ても、聞くだけでもかまいません。\n" +
			"定員は約60人; 満席のときは、隣の「つながる待合室」もあります, どうぞ。",
		Location:        "としまセンタースクエア（豊島区役所本庁舎1階）",
		URL:             "https://tonarimachi.example/events/0198c2a4",
		Geo:             &Geo{Latitude: 35.732, Longitude: 139.7155},
		Categories:      []string{"女子会・居場所", "予約不要"},
		ConferenceURL:   "https://meet.example/abc?pwd=1,2;3",
		ConferenceLabel: "オンライン会場",
	}
}

// numbered is an entry of a town's everyday size, different for every n.
func numbered(n int) Entry {
	start := jst(time.January, 10, 9, 0).Add(time.Duration(n) * 97 * time.Minute)
	return Entry{
		UID:      fmt.Sprintf("%08x-%04x-4c5b-9d51-3f0b7c1a2e44@tonarimachi.example", uint32(n)*2654435761, n&0xffff),
		Sequence: n % 5,
		Stamp:    time.Date(2026, 5, 2, 3, n/60%60, n%60, 0, time.UTC),
		Start:    start,
		End:      start.Add(2 * time.Hour),
		Title:    fmt.Sprintf("となりまち交流会 第%d回（%s）", n+1, towns[n%len(towns)]),
		Description: fmt.Sprintf("どなたでもお越しください。受付番号は%dです。\n途中で出ても、聞くだけでもかまいません。"+
			"手話通訳と託児は%d日前までに会場へお知らせください。", n*7919, n%9+1),
		Location:   towns[n*7%len(towns)] + "生涯学習館 " + fmt.Sprint(n%12+1) + "号室",
		URL:        fmt.Sprintf("https://tonarimachi.example/events/%08x", uint32(n)*2654435761),
		Geo:        &Geo{Latitude: 35.6 + float64(n%311)/1000, Longitude: 139.4 + float64(n%467)/1000},
		Categories: []string{kinds[n%len(kinds)]},
	}
}

var (
	towns = []string{"千代田区", "文京区", "台東区", "豊島区", "足立区", "武蔵野市", "日野市", "国立市", "東大和市", "清瀬市"}
	kinds = []string{"居場所", "講演会", "相談会", "家族会"}
)

func numberedEntries(n int) []Entry {
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = numbered(i)
	}
	return entries
}

// apart copies entries so that no text shares memory with the original, as if
// they had been read from the database anew.
func apart(entries []Entry) []Entry {
	copies := make([]Entry, len(entries))
	for i := range entries {
		c := entries[i].clone()
		for _, text := range []*string{
			&c.UID,
			&c.Title,
			&c.Description,
			&c.Location,
			&c.URL,
			&c.ConferenceURL,
			&c.ConferenceLabel,
		} {
			*text = strings.Clone(*text)
		}
		for j := range c.Categories {
			c.Categories[j] = strings.Clone(c.Categories[j])
		}
		copies[i] = c
	}
	return copies
}

func mustFragment(t *testing.T, e Entry) string {
	t.Helper()
	fragment, err := Fragment(e)
	if err != nil {
		t.Fatalf("Fragment: %v", err)
	}
	return string(fragment)
}

func mustBuild(t testing.TB, b *Builder, c Calendar, entries []Entry) *Document {
	t.Helper()
	doc, err := b.Build(c, entries)
	if err != nil {
		t.Fatalf("Build: %v", err)
	}
	return doc
}

// unfold joins folded lines (RFC 5545 §3.1) and splits them.
func unfold(s string) []string {
	s = strings.ReplaceAll(s, "\r\n ", "")
	return strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n")
}

// property returns the one unfolded line of a property, its name included.
func property(t *testing.T, folded, name string) string {
	t.Helper()
	var found []string
	for _, content := range unfold(folded) {
		if rest, ok := strings.CutPrefix(content, name); ok && (rest[0] == ':' || rest[0] == ';') {
			found = append(found, content)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s stands %d times, want once:\n%s", name, len(found), folded)
	}
	return found[0]
}

// parseBack reads a fragment with golang-ical, inside a whole feed.
func parseBack(t *testing.T, fragment string) *ics.VEvent {
	t.Helper()
	return parseBackWith(t, mustHeader(t, testCalendar()), fragment)
}

func parseBackWith(t *testing.T, head, fragment string) *ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(head + fragment + footer))
	if err != nil {
		t.Fatalf("parse back: %v\n%q", err, fragment)
	}
	if n := len(cal.Events()); n != 1 {
		t.Fatalf("parsed %d events, want 1\n%q", n, fragment)
	}
	return cal.Events()[0]
}

func checkLines(t testing.TB, body []byte) {
	t.Helper()
	for _, fault := range lineFaults(body) {
		t.Error(fault)
	}
}

// lineFaults finds what no feed may have: a bare CR or LF, a line over 75
// octets, a broken character, a control, a fold inside an escape.
func lineFaults(body []byte) (faults []string) {
	report := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if !bytes.HasSuffix(body, []byte(crlf)) {
		report("body doesn't end with CRLF: %q", body[max(0, len(body)-20):])
	}
	backslashes := 0 // trailing, of the content line so far
	for physical := range bytes.SplitSeq(bytes.TrimSuffix(body, []byte(crlf)), []byte(crlf)) {
		if len(physical) > maxOctets {
			report("line of %d octets: %q", len(physical), physical)
		}
		if !utf8.Valid(physical) {
			report("invalid UTF-8 in %q", physical)
		}
		if bytes.ContainsFunc(physical, unsafe) {
			report("control in %q", physical)
		}
		if len(physical) == 0 {
			report("empty line")
		}
		content, continued := bytes.CutPrefix(physical, []byte(" "))
		if continued && backslashes%2 == 1 {
			report("fold inside an escape before %q", physical)
		}
		trailing := len(content) - len(bytes.TrimRight(content, `\`))
		if continued && trailing == len(content) {
			trailing += backslashes
		}
		backslashes = trailing
	}
	return faults
}

// clone shares nothing with e that could be changed.
func (e *Entry) clone() Entry {
	c := *e
	c.Categories = slices.Clone(e.Categories)
	if e.Geo != nil {
		geo := *e.Geo
		c.Geo = &geo
	}
	return c
}

func shuffled(entries []Entry, swaps []int) []Entry {
	out := slices.Clone(entries)
	for i, s := range swaps {
		j := i % len(out)
		k := s % len(out)
		out[j], out[k] = out[k], out[j]
	}
	return out
}
