package ical

import (
	"errors"
	"hash/maphash"
	"math"
	"strings"
	"testing"
	"time"
)

func TestTextsAreCleaned(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{ // as one line, and as paragraphs
		" a ":                       {"a", "a"},
		"a\tb":                      {"a b", "a b"},
		"a\nb":                      {"a b", "a\nb"},
		"a\r\nb":                    {"a b", "a\nb"},
		"a\u2028b\u2029c":           {"a b c", "a\nb\nc"},
		"a\x00\x1f\x7f\u0085b":      {"ab", "ab"},
		"a\xffb":                    {"a\uFFFDb", "a\uFFFDb"},
		"\u202Aa\u202Cb\u202Ec":     {"abc", "abc"},
		"\u2066a\u2067b\u2069c":     {"abc", "abc"},
		"\uFEFFa":                   {"a", "a"},
		"a\u2027b\u202Fc":           {"a\u2027b\u202Fc", "a\u2027b\u202Fc"},
		"a\u2065b\u206Ac\uFEFEd":    {"a\u2065b\u206Ac\uFEFEd", "a\u2065b\u206Ac\uFEFEd"},
		"a\uFF00b":                  {"a\uFF00b", "a\uFF00b"},
		"\n\n a \n\n":               {"a", "a"},
		"a\u0020\u007E\u00A0\u3000": {"a \u007E", "a \u007E"},
	} {
		if got := line(in); got != want[0] {
			t.Errorf("%q as a line: %q, want %q", in, got, want[0])
		}
		if got := paragraphs(in); got != want[1] {
			t.Errorf("%q as paragraphs: %q, want %q", in, got, want[1])
		}
	}
}

func TestMentionsWantsTheWholeAddress(t *testing.T) {
	t.Parallel()
	const address = "https://a.example/b"
	for text, want := range map[string]bool{
		"":                                 false,
		"https://a.example/":               false,
		address:                            true,
		"see " + address:                   true,
		address + " is it":                 true,
		address + "\nis it":                true,
		address + "からどうぞ":                  true,
		address + "c":                      false,
		address + "!":                      false,
		address + "\x7f":                   false,
		address + "\x80":                   true,
		address + "/c":                     false,
		address + "c, or " + address:       true,
		address + "c, or " + address + "d": false,
	} {
		if got := mentions(text, address); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAddressesAreOfASCII(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" ": "%20", "!": "!", "~": "~", "\x7f": "%7F", "\x1f": "%1F", "\x00": "%00",
		"\"<>\\^`{|}": "%22%3C%3E%5C%5E%60%7B%7C%7D",
		"あ":           "%E3%81%82", "az09-._": "az09-._", "%20": "%20",
	} {
		if got := asciiURI(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"tel:+81312345678":        "tel:+81312345678",
		"tel://host":              "tel://host",
		"tel:":                    "",
		"mailto:a@b.example":      "",
		"https:opaque":            "",
		"https://a.example":       "https://a.example",
		"https://user@a.example/": "",
	} {
		if got := webAddress(in, "https", "tel"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEntriesAreRefusedAtTheEdges(t *testing.T) {
	t.Parallel()
	first, last := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	uid := func(n int) string { return strings.Repeat("a", n) }
	for name, tt := range map[string]struct{ fine, refused func(*Entry) }{
		"the longest UID":     {func(e *Entry) { e.UID = uid(255) }, func(e *Entry) { e.UID = uid(256) }},
		"the shortest UID":    {func(e *Entry) { e.UID = uid(1) }, func(e *Entry) { e.UID = "" }},
		"the first character": {func(e *Entry) { e.UID = "!" }, func(e *Entry) { e.UID = " " }},
		"the last character":  {func(e *Entry) { e.UID = "~" }, func(e *Entry) { e.UID = "\x7f" }},
		"beyond ASCII":        {func(e *Entry) { e.UID = "~" }, func(e *Entry) { e.UID = "\u0080" }},
		"no-break space":      {func(e *Entry) { e.UID = "~" }, func(e *Entry) { e.UID = "a\u00A0" }},
		"the first sequence":  {func(e *Entry) { e.Sequence = 0 }, func(e *Entry) { e.Sequence = -1 }},
		"the last sequence": {
			func(e *Entry) { e.Sequence = math.MaxInt32 },
			func(e *Entry) { e.Sequence = math.MaxInt32 + 1 },
		},
		"the first stamp": {func(e *Entry) { e.Stamp = first }, func(e *Entry) { e.Stamp = first.Add(-1) }},
		"the last stamp":  {func(e *Entry) { e.Stamp = last.Add(-1) }, func(e *Entry) { e.Stamp = last }},
		"the first start": {func(e *Entry) { e.Start = first }, func(e *Entry) { e.Start = first.Add(-1) }},
		"the last start": {
			func(e *Entry) { e.Start, e.End = last.Add(-1), time.Time{} },
			func(e *Entry) { e.Start, e.End = last, time.Time{} },
		},
		"the last end": {func(e *Entry) { e.End = last.Add(-1) }, func(e *Entry) { e.End = last }},
		"an end as it starts": {
			func(e *Entry) { e.End = e.Start },
			func(e *Entry) { e.End = e.Start.Add(-1) },
		},
		"the first status": {func(e *Entry) { e.Status = Confirmed }, func(e *Entry) { e.Status = Confirmed - 1 }},
		"the last status":  {func(e *Entry) { e.Status = Cancelled }, func(e *Entry) { e.Status = Cancelled + 1 }},
		"the first mark":   {func(e *Entry) { e.Mark = Unmarked }, func(e *Entry) { e.Mark = Unmarked - 1 }},
		"the last mark":    {func(e *Entry) { e.Mark = MarkPostponed }, func(e *Entry) { e.Mark = MarkPostponed + 1 }},
	} {
		fine, refused := fullEntry(), fullEntry()
		tt.fine(&fine)
		tt.refused(&refused)
		if err := fine.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := refused.check(); !errors.Is(err, ErrInvalidEntry) {
			t.Errorf("%s, and one more: %v", name, err)
		}
		if _, err := refused.render(); !errors.Is(err, ErrInvalidEntry) {
			t.Errorf("%s, and one more, is rendered: %v", name, err)
		}
	}
}

func TestTimesAtTheEdges(t *testing.T) {
	t.Parallel()
	start := jst(time.June, 6, 13, 30)
	e := fullEntry()
	e.Start = start
	for name, tt := range map[string]struct {
		end  time.Time
		want string
	}{
		"a second later":         {start.Add(time.Second), "DTEND;TZID=Asia/Tokyo:20260606T133001"},
		"before the next second": {start.Add(time.Second - 1), ""},
	} {
		e.End = tt.end
		fragment := mustFragment(t, e)
		if tt.want == "" {
			if strings.Contains(fragment, "DTEND") {
				t.Errorf("%s: DTEND in\n%s", name, fragment)
			}
		} else if got := property(t, fragment, "DTEND"); got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	midnight := jst(time.June, 7, 0, 0)
	e.AllDay = true
	for name, tt := range map[string]struct {
		start, end time.Time
		want       string
	}{
		"to midnight": {midnight.Add(-time.Hour), midnight, ""},
		"a moment past midnight": {
			midnight.Add(-time.Hour),
			midnight.Add(1),
			"DTEND;VALUE=DATE:20260608",
		},
		"from a moment before midnight past it": {midnight.Add(-1), midnight.Add(1), "DTEND;VALUE=DATE:20260608"},
		"from midnight to the next":             {midnight.AddDate(0, 0, -1), midnight, ""},
		"from midnight past the next": {
			midnight.AddDate(0, 0, -1),
			midnight.Add(1),
			"DTEND;VALUE=DATE:20260608",
		},
		"a moment before midnight, to it": {midnight.Add(-1), midnight, ""},
	} {
		e.Start, e.End = tt.start, tt.end
		fragment := mustFragment(t, e)
		if tt.want == "" {
			if strings.Contains(fragment, "DTEND") {
				t.Errorf("%s: DTEND in\n%s", name, fragment)
			}
		} else if got := property(t, fragment, "DTEND"); got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for at, want := range map[time.Time]time.Time{
		midnight:         midnight,
		midnight.Add(-1): midnight,
		midnight.Add(1):  midnight.AddDate(0, 0, 1),
	} {
		if got := nextMidnight(at); !got.Equal(want) {
			t.Errorf("the midnight from %s on: %s", at, got)
		}
	}
}

func TestGeoAtTheEdges(t *testing.T) {
	t.Parallel()
	for g, want := range map[Geo]bool{
		{90, 180}:       true,
		{-90, -180}:     true,
		{90.1, 0}:       false,
		{-90.1, 0}:      false,
		{0, 180.1}:      false,
		{0, -180.1}:     false,
		{91, 181}:       false,
		{-91, -181}:     false,
		{90.5, 0}:       false,
		{0, math.NaN()}: false,
	} {
		if got := g.valid(); got != want {
			t.Errorf("%v: %v", g, got)
		}
	}
	if got := (&Geo{35.1234567, -139.7654321}).String(); got != "35.123457;-139.765432" {
		t.Error(got)
	}
}

func TestColoursAreWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"": false, "a": true, "z": true, "A": true, "Z": true, "teal": true,
		"`": false, "{": false, "@": false, "[": false,
		"t-l": false, "1": false, "青": false,
	} {
		if got := colorName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestRefreshIsOfWholeSeconds(t *testing.T) {
	t.Parallel()
	c := testCalendar()
	for refresh, want := range map[time.Duration]bool{time.Second: true, time.Second - 1: false, 0: false} {
		c.Refresh = refresh
		if got := strings.Contains(mustHeader(t, c), "PUBLISHED-TTL"); got != want {
			t.Errorf("%s: %v", refresh, got)
		}
	}
	for d, want := range map[time.Duration]string{
		time.Second: "PT1S", 59 * time.Second: "PT59S", 60 * time.Second: "PT1M", 61 * time.Second: "PT1M1S",
		59 * time.Minute: "PT59M", 61 * time.Minute: "PT1H1M", 25 * time.Hour: "PT25H",
		3599 * time.Second: "PT59M59S", 3600 * time.Second: "PT1H", 3601 * time.Second: "PT1H0M1S",
	} {
		if got := duration(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

func TestAChunkEndsAtTheEdges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ events, cut, want int }{ // cut: behind which event, from 1; 0 for none
		{0, 0, 0},
		{1, 1, 1},
		{64, 10, 64},
		{65, 63, 65},
		{65, 64, 64},
		{65, 65, 65},
		{100, 65, 65},
		{256, 0, 256},
		{257, 256, 256},
		{257, 257, 256},
		{300, 255, 255},
		{300, 0, 256},
	} {
		frags := make([]*fragment, tt.events)
		for i := range frags {
			frags[i] = &fragment{cut: i+1 == tt.cut}
		}
		if got := chunkEnd(frags); got != tt.want {
			t.Errorf("%d events, cut behind %d: %d, want %d", tt.events, tt.cut, got, tt.want)
		}
	}
	for first, want := range map[byte]bool{0: true, 1: false, 31: false, 32: true, 33: false, 64: true} {
		if got := cutsAfter(digest{3: first}); got != want {
			t.Errorf("after %d: %v", first, got)
		}
	}
	if got := (&chunk{deflated: make([]byte, 10)}).cost(); got != 266 {
		t.Errorf("a chunk of 10 octets costs %d", got)
	}
	if got := (&fragment{bytes: make([]byte, 3, 10), uid: "abcd"}).cost(); got != 270 {
		t.Errorf("a fragment of 14 octets costs %d", got)
	}
	if crcShift(0) != crcOne {
		t.Errorf("nothing is shifted by %08x", crcShift(0))
	}
}

func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	for memory, want := range map[int][2]int{
		80: {30, 10}, 8: {3, 1}, 1: {0, 0}, 0: {24 << 20, 8 << 20}, -1: {24 << 20, 8 << 20},
	} {
		b := NewBuilder(memory)
		if b.fragments.limit != want[0] || b.chunks.limit != want[1] {
			t.Errorf("of %d: %d and %d", memory, b.fragments.limit, b.chunks.limit)
		}
	}
}

// The header tells neither time nor name, so that equal content has equal bytes.
func TestGzipHeader(t *testing.T) {
	t.Parallel()
	if got, want := string(joinGzip(nil)[:10]), "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"; got != want {
		t.Errorf("%x", got)
	}
}

func TestGenerationsTurnAtTheirLimit(t *testing.T) {
	t.Parallel()
	g := newGenerations[string](10, func(n int) int { return n })
	has := func(key string) bool { _, ok := g.get(key); return ok }
	g.put("a", 4)
	g.put("b", 6)
	if g.turns != 0 || g.spent != 10 || len(g.young) != 2 {
		t.Fatalf("full to the limit: %+v", g)
	}
	g.put("b", 5) // in place of what was there
	if g.turns != 0 || g.spent != 9 {
		t.Fatalf("put twice: %+v", g)
	}
	g.put("c", 2)
	if g.turns != 1 || g.spent != 0 || len(g.young) != 0 || len(g.old) != 3 {
		t.Fatalf("one beyond: %+v", g)
	}
	if value, ok := g.get("a"); !ok || value != 4 || g.spent != 4 || len(g.old) != 2 || len(g.young) != 1 {
		t.Fatalf("asked for, it is young again: %v %v %+v", value, ok, g)
	}
	if has("d") || g.spent != 4 {
		t.Fatalf("one that is not there: %+v", g)
	}
	g.put("d", 7)
	if g.turns != 2 || has("b") || has("c") || !has("a") || !has("d") {
		t.Fatalf("what nobody asked for is gone: %+v", g)
	}
}

func TestTheNewerOfTwo(t *testing.T) {
	t.Parallel()
	at := jst(time.May, 1, 9, 0)
	f := func(sequence int, stamp time.Time, bytes string) *fragment {
		return &fragment{uid: "u", sequence: sequence, stamp: stamp, bytes: []byte(bytes)}
	}
	for name, tt := range map[string]struct {
		a, b *fragment
		want bool
	}{
		"by sequence":       {f(2, at, "a"), f(1, at.Add(1), "b"), true},
		"by stamp":          {f(1, at.Add(1), "a"), f(1, at, "b"), true},
		"by bytes":          {f(1, at, "b"), f(1, at, "a"), true},
		"older by sequence": {f(1, at.Add(1), "b"), f(2, at, "a"), false},
		"the same":          {f(1, at, "a"), f(1, at, "a"), false},
	} {
		if got := tt.a.newer(tt.b); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
		for _, both := range [][]*fragment{{tt.a, tt.b}, {tt.b, tt.a}} {
			if kept := newest(both); len(kept) != 1 || tt.want && kept[0] != tt.a {
				t.Errorf("%s: kept %v", name, kept)
			}
		}
	}
	one, two := &fragment{start: 1, uid: "b"}, &fragment{start: 1, uid: "c"}
	if feedOrder(one, two) >= 0 || feedOrder(two, one) <= 0 || feedOrder(one, one) != 0 ||
		feedOrder(&fragment{start: 2, uid: "a"}, one) <= 0 {
		t.Error("the order of a feed is by start and UID")
	}
}

// Whatever is changed in an entry changes its sum; its key hangs on the UID alone.
func TestTheSumStandsForEveryValue(t *testing.T) {
	t.Parallel()
	seed := maphash.MakeSeed()
	plain := fullEntry()
	plain.Geo = &Geo{35, 139}
	key, sum := plain.hash(seed)
	for name, change := range map[string]func(*Entry){
		"sequence":         func(e *Entry) { e.Sequence++ },
		"stamp":            func(e *Entry) { e.Stamp = e.Stamp.Add(1) },
		"stamp's second":   func(e *Entry) { e.Stamp = e.Stamp.Add(time.Second) },
		"start":            func(e *Entry) { e.Start = e.Start.Add(time.Second) },
		"end":              func(e *Entry) { e.End = e.End.Add(time.Second) },
		"all day":          func(e *Entry) { e.AllDay = !e.AllDay },
		"private":          func(e *Entry) { e.Private = !e.Private },
		"all day, private": func(e *Entry) { e.AllDay, e.Private = !e.AllDay, !e.Private },
		"status":           func(e *Entry) { e.Status = (e.Status + 1) % 3 },
		"mark":             func(e *Entry) { e.Mark = (e.Mark + 1) % 4 },
		"title":            func(e *Entry) { e.Title += "x" },
		"description":      func(e *Entry) { e.Description += "x" },
		"location":         func(e *Entry) { e.Location += "x" },
		"URL":              func(e *Entry) { e.URL += "x" },
		"conference":       func(e *Entry) { e.ConferenceURL += "x" },
		"label":            func(e *Entry) { e.ConferenceLabel += "x" },
		"title for place":  func(e *Entry) { e.Title, e.Location = e.Location, e.Title },
		"latitude":         func(e *Entry) { e.Geo = &Geo{35.000001, 139} },
		"longitude":        func(e *Entry) { e.Geo = &Geo{35, 139.000001} },
		"no place":         func(e *Entry) { e.Geo = nil },
		"categories":       func(e *Entry) { e.Categories = append([]string{"x"}, e.Categories...) },
		"no categories":    func(e *Entry) { e.Categories = nil },
	} {
		e := fullEntry()
		e.Geo = &Geo{35, 139}
		change(&e)
		if k, s := e.hash(seed); k != key || s == sum {
			t.Errorf("%s: key %v, sum %v", name, k == key, s == sum)
		}
	}
	plain.UID += "x"
	if k, s := plain.hash(seed); k == key || s == sum {
		t.Error("another UID has the same key or sum")
	}
}

func TestUnitsOfALine(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"a": 1, "\x7f": 1, "é": 2, "あ": 3, "🎉": 4, `\`: 1, `\,`: 2, `\あ`: 4, `\🎉`: 5, `\\,`: 2, "\x80": 1,
	} {
		if got := unit(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	for room, want := range map[int]int{0: 0, 1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 6, 7: 6} {
		if got := foldAt(`aあ\,`, room); got != want {
			t.Errorf("in %d octets: %d, want %d", room, got, want)
		}
	}
}
