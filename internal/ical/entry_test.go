package ical

import (
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; run with -update if that is meant\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestFragmentGolden(t *testing.T) {
	t.Parallel()
	base := Entry{
		UID:   "a@tonarimachi.example",
		Stamp: jst(time.May, 1, 9, 0),
		Start: jst(time.June, 6, 13, 30),
		Title: "相談会",
	}
	with := func(change func(*Entry)) Entry {
		e := base
		change(&e)
		return e
	}
	tests := map[string]Entry{
		"full":      fullEntry(),
		"least":     base,
		"cancelled": with(func(e *Entry) { e.Status, e.Mark, e.Sequence = Cancelled, MarkCancelled, 2 }),
		"moved":     with(func(e *Entry) { e.Mark, e.Sequence, e.Start = MarkMoved, 1, jst(time.June, 13, 13, 30) }),
		"postponed": with(func(e *Entry) { e.Status, e.Mark, e.Sequence = Tentative, MarkPostponed, 1 }),
		"allday": with(func(e *Entry) {
			e.AllDay, e.Start, e.End = true, jst(time.June, 6, 0, 0), jst(time.June, 8, 0, 0)
		}),
		"hostile": with(func(e *Entry) {
			e.Title = "会\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n\u202Eesrever\u2069\x00\x1b[31m\xff\xfe"
			e.Description = "一\r\nEND:VEVENT\r\n二\u2028三\u0085四\tタブ\\n,;:\""
			e.Location = "場所\nATTACH:http://evil.example"
			e.URL = "javascript:alert(1)"
			e.ConferenceURL = "https://meet.example/\"x y\"/部屋"
			e.ConferenceLabel = "会場\";VALUE=TEXT:\r\nX-EVIL:1 ^n \\"
			e.Categories = []string{"a,b;c", "", "\r\n", "d\\"}
			e.Geo = &Geo{Latitude: math.NaN(), Longitude: 1}
		}),
	}
	for name, e := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fragment := mustFragment(t, e)
			checkLines(t, []byte(fragment))
			golden(t, "event-"+name+".ics", []byte(fragment))
		})
	}
}

func TestFragmentRefusesTheImpossible(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*Entry){
		"no uid":              func(e *Entry) { e.UID = "" },
		"uid with line break": func(e *Entry) { e.UID = "a\r\nMETHOD:CANCEL" },
		"uid with space":      func(e *Entry) { e.UID = "a b" },
		"uid not ASCII":       func(e *Entry) { e.UID = "会@x" },
		"uid invalid UTF-8":   func(e *Entry) { e.UID = "a\xff" },
		"uid too long":        func(e *Entry) { e.UID = strings.Repeat("a", 256) },
		"negative sequence":   func(e *Entry) { e.Sequence = -1 },
		"huge sequence":       func(e *Entry) { e.Sequence = math.MaxInt32 + 1 },
		"no stamp":            func(e *Entry) { e.Stamp = time.Time{} },
		"no start":            func(e *Entry) { e.Start = time.Time{} },
		"year 10000":          func(e *Entry) { e.Start = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"year 0 end":          func(e *Entry) { e.End = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) },
		"end before start":    func(e *Entry) { e.End = e.Start.Add(-time.Second) },
		"unknown status":      func(e *Entry) { e.Status = 7 },
		"unknown mark":        func(e *Entry) { e.Mark = -1 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			change(&e)
			if got, err := Fragment(e); !errors.Is(err, ErrInvalidEntry) || got != nil {
				t.Errorf("Fragment = %q, %v; want ErrInvalidEntry", got, err)
			}
		})
	}
}

func TestMarksAndStatus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status              Status
		mark                Mark
		title               string
		wantStatus, wantSum string
	}{
		{Confirmed, Unmarked, "相談会", "CONFIRMED", "相談会"},
		{Cancelled, MarkCancelled, "相談会", "CANCELLED", "【中止】相談会"},
		{Confirmed, MarkMoved, "相談会", "CONFIRMED", "【日程変更】相談会"},
		{Tentative, MarkPostponed, "相談会", "TENTATIVE", "【延期】相談会"},
		{Cancelled, MarkCancelled, "【中止】相談会", "CANCELLED", "【中止】相談会"},
		{Cancelled, MarkCancelled, "", "CANCELLED", "【中止】"},
	}
	for _, tt := range tests {
		t.Run(tt.wantSum, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.Status, e.Mark, e.Title = tt.status, tt.mark, tt.title
			fragment := mustFragment(t, e)
			if got := property(t, fragment, "STATUS"); got != "STATUS:"+tt.wantStatus {
				t.Errorf("got %s, want %s", got, tt.wantStatus)
			}
			if got := property(t, fragment, "SUMMARY"); got != "SUMMARY:"+tt.wantSum {
				t.Errorf("got %s, want %s", got, tt.wantSum)
			}
			if got := property(t, fragment, "UID"); got != "UID:"+e.UID {
				t.Errorf("UID changed: %s", got)
			}
		})
	}
}

func TestTimesAreTokyoWallTimes(t *testing.T) {
	t.Parallel()
	e := fullEntry()
	paris := time.FixedZone("", 2*60*60)
	e.Start, e.End, e.Stamp = e.Start.In(paris), e.End.UTC(), e.Stamp.In(paris)
	fragment := mustFragment(t, e)
	for name, want := range map[string]string{
		"DTSTART":       "DTSTART;TZID=Asia/Tokyo:20260606T133000",
		"DTEND":         "DTEND;TZID=Asia/Tokyo:20260606T160000",
		"DTSTAMP":       "DTSTAMP:20260502T030405Z",
		"LAST-MODIFIED": "LAST-MODIFIED:20260502T030405Z",
		"SEQUENCE":      "SEQUENCE:3",
	} {
		if got := property(t, fragment, name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEndIsLeftOutWhenItSaysNothing(t *testing.T) {
	t.Parallel()
	start := jst(time.June, 6, 13, 30)
	for name, end := range map[string]time.Time{
		"zero": {}, "start": start, "within the second": start.Add(time.Millisecond),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.Start, e.End = start, end
			if fragment := mustFragment(t, e); strings.Contains(fragment, "DTEND") {
				t.Errorf("DTEND in\n%s", fragment)
			}
		})
	}
}

func TestAllDay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		start, end time.Time
		want       string // DTEND, exclusive
	}{
		"one day":             {jst(time.June, 6, 0, 0), jst(time.June, 7, 0, 0), ""},
		"no end":              {jst(time.June, 6, 0, 0), time.Time{}, ""},
		"two days":            {jst(time.June, 6, 0, 0), jst(time.June, 8, 0, 0), "20260608"},
		"hours of one day":    {jst(time.June, 6, 10, 0), jst(time.June, 6, 17, 0), ""},
		"into the second day": {jst(time.June, 6, 10, 0), jst(time.June, 7, 17, 0), "20260608"},
		"over the end of year": {
			jst(time.December, 31, 0, 0),
			jst(time.December, 31, 0, 0).AddDate(0, 0, 2),
			"20270102",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.AllDay, e.Start, e.End = true, tt.start.UTC(), tt.end
			fragment := mustFragment(t, e)
			if got, want := property(
				t,
				fragment,
				"DTSTART",
			), "DTSTART;VALUE=DATE:"+tt.start.Format(
				wallDate,
			); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if tt.want == "" {
				if strings.Contains(fragment, "DTEND") {
					t.Errorf("DTEND in\n%s", fragment)
				}
			} else if got, want := property(t, fragment, "DTEND"), "DTEND;VALUE=DATE:"+tt.want; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestAddressesThatCannotBeFollowedAreLeftOut(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // input → value of URL, "" for none
		"https://a.example/b?c=d,e;f#g": "https://a.example/b?c=d,e;f#g",
		" HTTP://a.example/ ":           "http://a.example/",
		"https://a.example/部屋":          "https://a.example/%E9%83%A8%E5%B1%8B",
		"https://a.example/\"x\\y\"":    "https://a.example/%22x%5Cy%22",
		"https://a.example/?q=a b\"":    "https://a.example/?q=a%20b%22",
		"https://[::1]:8080/":           "https://[::1]:8080/",
		"":                              "",
		"/events/1":                     "",
		"//a.example/":                  "",
		"http:opaque":                   "",
		"https://":                      "",
		"https://me:pw@a.example/":      "",
		"javascript:alert(1)":           "",
		"data:text/html,x":              "",
		"tel:+81312345678":              "",
		"https://a.example/\r\nX:1":     "",
		"https://a.example/\u202Egpj":   "",
		"https://a.example/\xff":        "",
		"::":                            "",
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.URL = in
			fragment := mustFragment(t, e)
			if want == "" {
				if strings.Contains(fragment, "\r\nURL") {
					t.Errorf("URL in\n%s", fragment)
				}
			} else if got := property(t, fragment, "URL"); got != "URL;VALUE=URI:"+want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestConferenceStandsAsPropertyAndInTheDescription(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url, label, description           string
		wantConference, wantInDescription string
	}{
		"with label": {"https://meet.example/a", "Zoom: 第1部", "説明",
			`CONFERENCE;LABEL="Zoom: 第1部";VALUE=URI:https://meet.example/a`, `説明\n\nZoom: 第1部: https://meet.example/a`},
		"without label or text": {"https://meet.example/a", "", "",
			`CONFERENCE;LABEL="オンライン参加";VALUE=URI:https://meet.example/a`, `オンライン参加: https://meet.example/a`},
		"already mentioned": {"https://meet.example/a", "", "https://meet.example/a からどうぞ",
			`CONFERENCE;LABEL="オンライン参加";VALUE=URI:https://meet.example/a`, `https://meet.example/a からどうぞ`},
		"a longer address mentioned": {"https://meet.example/a", "", "https://meet.example/ab",
			`CONFERENCE;LABEL="オンライン参加";VALUE=URI:https://meet.example/a`,
			`https://meet.example/ab\n\nオンライン参加: https://meet.example/a`},
		"telephone": {"tel:+81-3-1234-5678", "電話", "",
			`CONFERENCE;LABEL="電話";VALUE=URI:tel:+81-3-1234-5678`, `電話: tel:+81-3-1234-5678`},
		"label that would break out": {
			"https://meet.example/a",
			"\"^\\;,:'\r\nX:1",
			"説明",
			`CONFERENCE;LABEL="^'^^＼;,:' X:1";VALUE=URI:https://meet.example/a`,
			`説明\n\n"^\\\;\,:' X:1: https://meet.example/a`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.ConferenceURL, e.ConferenceLabel, e.Description = tt.url, tt.label, tt.description
			fragment := mustFragment(t, e)
			if got := property(t, fragment, "CONFERENCE"); got != tt.wantConference {
				t.Errorf("got %s\nwant %s", got, tt.wantConference)
			}
			if got := property(t, fragment, "DESCRIPTION"); got != "DESCRIPTION:"+tt.wantInDescription {
				t.Errorf("got %s\nwant DESCRIPTION:%s", got, tt.wantInDescription)
			}
			parseBack(t, fragment)
		})
	}
}

func TestGeo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		geo  *Geo
		want string
	}{
		{&Geo{35.732, 139.7155}, "35.732000;139.715500"},
		{&Geo{-90, 180}, "-90.000000;180.000000"},
		{nil, ""},
		{&Geo{91, 0}, ""},
		{&Geo{0, -180.1}, ""},
		{&Geo{math.NaN(), 0}, ""},
		{&Geo{0, math.Inf(1)}, ""},
	} {
		e := fullEntry()
		e.Geo = tt.geo
		fragment := mustFragment(t, e)
		if tt.want == "" {
			if strings.Contains(fragment, "GEO") {
				t.Errorf("%v: GEO in\n%s", tt.geo, fragment)
			}
		} else if got := property(t, fragment, "GEO"); got != "GEO:"+tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestNoEmptyAndNoUnwantedProperties(t *testing.T) {
	t.Parallel()
	blank := Entry{UID: "a@b", Stamp: jst(time.May, 1, 9, 0), Start: jst(time.June, 6, 13, 30),
		Title: " \r\n\t", Description: "\x00\n\n", Location: "\u202A", URL: " ", ConferenceURL: "\n",
		ConferenceLabel: "名", Categories: []string{"", " "}}
	for _, e := range []Entry{blank, fullEntry()} {
		for _, content := range unfold(mustFragment(t, e)) {
			name, value, _ := strings.Cut(content, ":")
			if strings.TrimSpace(value) == "" {
				t.Errorf("empty property %q", content)
			}
			name, _, _ = strings.Cut(name, ";")
			if slices.Contains([]string{"METHOD", "ORGANIZER", "ATTENDEE", "RRULE", "TRIGGER", "ATTACH"}, name) ||
				strings.Contains(content, "VALARM") {
				t.Errorf("unwanted %q", content)
			}
		}
	}
	if got := mustFragment(t, blank); strings.Contains(got, "SUMMARY") || strings.Contains(got, "DESCRIPTION") {
		t.Errorf("blank texts made properties:\n%s", got)
	}
}

// What goes in comes out of golang-ical's parser, cleaned and no more.
func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, line, text string }{
		"header injection": {"会\r\nBEGIN:VALARM", "会 BEGIN:VALARM", "会\nBEGIN:VALARM"},
		"bare CR":          {"a\rb", "ab", "ab"},
		"escapes":          {`,,,;;;\\\\` + "x", `,,,;;;\\\\` + "x", `,,,;;;\\\\` + "x"},
		"escaped looks":    {`a\nb\,c\;`, `a\nb\,c\;`, `a\nb\,c\;`},
		"emoji":            {"👩‍👩‍👧 家族会 🎉", "👩‍👩‍👧 家族会 🎉", "👩‍👩‍👧 家族会 🎉"},
		"bidi": {
			"a\u202Ab\u202Bc\u202Cd\u202De\u202Ef\u2066g\u2067h\u2068i\u2069j",
			"abcdefghij",
			"abcdefghij",
		},
		"controls":      {"a\x00b\x07c\x1bd\x7fe\u0085f\u009fg\uFEFFh", "abcdefgh", "abcdefgh"},
		"separators":    {"a\u2028b\u2029c\td", "a b c d", "a\nb\nc d"},
		"invalid UTF-8": {"a\xffb\xe3\x81", "a\uFFFDb\uFFFD", "a\uFFFDb\uFFFD"},
		"wide space":    {"文京　千代田", "文京　千代田", "文京　千代田"},
		"long title":    {strings.Repeat("長", 10_000), strings.Repeat("長", 10_000), strings.Repeat("長", 10_000)},
		"long escapes":  {strings.Repeat(`,;\`, 3_000), strings.Repeat(`,;\`, 3_000), strings.Repeat(`,;\`, 3_000)},
		"long breaks": {
			"a" + strings.Repeat("\n", 500) + "b",
			"a" + strings.Repeat(" ", 500) + "b",
			"a" + strings.Repeat("\n", 500) + "b",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := fullEntry()
			e.Title, e.Description, e.Location, e.ConferenceURL = tt.in, tt.in, tt.in, ""
			e.Categories = []string{tt.in}
			fragment := mustFragment(t, e)
			checkLines(t, []byte(fragment))
			event := parseBack(t, fragment)
			for p, want := range map[ics.ComponentProperty]string{
				ics.ComponentPropertySummary: tt.line, ics.ComponentPropertyDescription: tt.text,
				ics.ComponentPropertyLocation: tt.line, ics.ComponentPropertyCategories: tt.line,
			} {
				if got := event.GetProperty(p).Value; got != want {
					t.Errorf("%s = %q, want %q", p, got, want)
				}
			}
			if len(event.Components) != 0 {
				t.Errorf("injected components: %v", event.Components)
			}
		})
	}
}

func TestParsedEventHasTheTimesThatWentIn(t *testing.T) {
	t.Parallel()
	e := fullEntry()
	event := parseBack(t, mustFragment(t, e))
	start, err := event.GetStartAt()
	if err != nil || !start.Equal(e.Start) {
		t.Errorf("start = %v, %v; want %v", start, err, e.Start)
	}
	end, err := event.GetEndAt()
	if err != nil || !end.Equal(e.End) {
		t.Errorf("end = %v, %v; want %v", end, err, e.End)
	}
	if got := event.GetProperty(
		"CONFERENCE",
	); got.Value != e.ConferenceURL ||
		got.ICalParameters["LABEL"][0] != e.ConferenceLabel {
		t.Errorf("conference = %+v", got)
	}
	if got := event.GetProperties(ics.ComponentPropertyCategories); len(got) != 2 {
		t.Errorf("categories = %v", got)
	}
}
