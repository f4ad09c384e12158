package ical

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever the texts, a fragment is one VEVENT that parses and has no more
// lines than the values it was given.
func FuzzFragment(f *testing.F) {
	f.Add(
		"a@b",
		"会\r\nBEGIN:VALARM",
		"一\n二",
		"場所",
		"https://a.example/",
		"https://m.example/",
		"名\"",
		"分類",
		int64(1_780_000_000),
		int64(3600),
		35.7,
		139.7,
		0,
		0,
		false,
	)
	f.Add(
		"u",
		`,,,;;;\\\\`,
		strings.Repeat(`\,`, 80),
		strings.Repeat("🎉", 40),
		"tel:1",
		"tel:1",
		`\`,
		"",
		int64(0),
		int64(-1),
		91.0,
		0.0,
		2,
		1,
		true,
	)
	f.Add(
		"u",
		"\xff\u202E",
		"\u2028\u0085",
		"\t",
		"::",
		"http://[::1]/",
		"^\"",
		" ",
		int64(-62_135_000_000),
		int64(0),
		math.NaN(),
		0.0,
		1,
		3,
		false,
	)
	f.Add("x\r\n", "", "", "", "", "", "", "", int64(253_402_300_800), int64(1), 0.0, 0.0, 9, 9, true)

	c := testCalendar()
	head, err := c.header()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, uid, title, description, location, page, conference, label, category string,
		start, length int64, latitude, longitude float64, status, mark int, allDay bool,
	) {
		e := Entry{
			UID:             uid,
			Stamp:           time.Unix(start, 0),
			Start:           time.Unix(start, 0),
			End:             time.Unix(start, 0).Add(time.Duration(length)),
			AllDay:          allDay,
			Status:          Status(status),
			Mark:            Mark(mark),
			Title:           title,
			Description:     description,
			Location:        location,
			URL:             page,
			Geo:             &Geo{latitude, longitude},
			Categories:      []string{category, category},
			ConferenceURL:   conference,
			ConferenceLabel: label,
		}
		fragment, err := Fragment(e)
		if err != nil {
			if !errors.Is(err, ErrInvalidEntry) {
				t.Fatalf("Fragment: %v", err)
			}
			return
		}
		checkLines(t, fragment)
		var names []string
		for _, content := range unfold(string(fragment)) {
			name, value, found := strings.Cut(content, ":")
			if !found || strings.TrimSpace(value) == "" {
				t.Errorf("no value in %q", content)
			}
			name, _, _ = strings.Cut(name, ";")
			names = append(names, name)
		}
		if i := firstDisorder(names); i >= 0 {
			t.Fatalf("unexpected property %s in %v", names[i], names)
		}
		event := parseBackWith(t, string(head), string(fragment))
		if len(event.Components) != 0 || len(event.Properties) != len(names)-2 {
			t.Errorf(
				"parsed %d properties and %d components of %v",
				len(event.Properties),
				len(event.Components),
				names,
			)
		}
		if got := event.GetProperty("SUMMARY"); e.summary() != "" && got.Value != e.summary() {
			t.Errorf("SUMMARY %q, want %q", got.Value, e.summary())
		}
		if got, want := event.GetProperty("LOCATION"), line(location); want != "" && got.Value != want {
			t.Errorf("LOCATION %q, want %q", got.Value, want)
		}
		if got, want := event.GetProperty(
			"DESCRIPTION",
		), paragraphs(
			description,
		); got != nil &&
			!strings.HasPrefix(got.Value, want) {
			t.Errorf("DESCRIPTION %q, want %q first", got.Value, want)
		}
	})
}

// propertyOrder is the only order in which the lines of a VEVENT may stand.
var propertyOrder = []string{"BEGIN", "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "STATUS",
	"SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "CATEGORIES", "CATEGORIES", "URL", "CONFERENCE", "END"}

// firstDisorder returns the index of the first name that isn't expected where
// it stands, or -1; an injected line can't hide from it.
func firstDisorder(names []string) int {
	next := 0
	for i, name := range names {
		at := slices.Index(propertyOrder[next:], name)
		if at < 0 {
			return i
		}
		next += at + 1
	}
	if names[0] != "BEGIN" || names[len(names)-1] != "END" {
		return 0
	}
	return -1
}

// Any content line unfolds to itself.
func FuzzFold(f *testing.F) {
	f.Add("SUMMARY:abc")
	f.Add("DESCRIPTION:" + strings.Repeat(`\,`, 100))
	f.Add(strings.Repeat("あ", 60) + `\` + strings.Repeat("🎉", 30))
	f.Add(strings.Repeat(" ", 200) + strings.Repeat(`\`, 151))
	f.Fuzz(func(t *testing.T, content string) {
		content = strings.Map(func(r rune) rune {
			if unsafe(r) {
				return -1
			}
			return r
		}, content)
		if content == "" || !utf8.ValidString(content) {
			return
		}
		folded := appendFolded(nil, content)
		checkLines(t, folded)
		if got := unfold(string(folded)); len(got) != 1 || got[0] != content {
			t.Errorf("unfolds to %q, want %q", got, content)
		}
	})
}
