package ical

import (
	"bytes"
	"compress/gzip"
	"errors"
	"hash/crc32"
	"hash/maphash"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"
)

// inflate reads the gzip form as one member, its checksum and length included.
func inflate(t testing.TB, doc *Document) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(doc.Gzip))
	if err != nil {
		t.Fatalf("gzip: %v", err)
	}
	r.Multistream(false)
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("gunzip: %v", err)
	}
	return body
}

func checkDocument(t testing.TB, doc *Document) {
	t.Helper()
	if !bytes.Equal(inflate(t, doc), doc.Body()) {
		t.Error("the gzip form differs from the body")
	}
	checkLines(t, doc.Body())
	if got := bytes.Count(doc.Body(), []byte("BEGIN:VEVENT\r\n")); got != doc.Events {
		t.Errorf("%d VEVENTs, Events = %d", got, doc.Events)
	}
	if doc.Size != len(doc.Body()) {
		t.Errorf("Size = %d for %d octets", doc.Size, len(doc.Body()))
	}
	strong := regexp.MustCompile(`^"[0-9a-f]{32}(-gzip)?"$`)
	if !strong.MatchString(doc.ETag) || !strong.MatchString(doc.GzipETag) || doc.ETag == doc.GzipETag {
		t.Errorf("tags %s and %s", doc.ETag, doc.GzipETag)
	}
}

func sameDocument(t interface {
	Helper()
	Errorf(string, ...any)
}, got, want *Document) {
	t.Helper()
	switch {
	case !bytes.Equal(got.Body(), want.Body()):
		t.Errorf("bodies differ: %d and %d octets", len(got.Body()), len(want.Body()))
	case !bytes.Equal(got.Gzip, want.Gzip):
		t.Errorf("gzip forms differ: %d and %d octets", len(got.Gzip), len(want.Gzip))
	case got.ETag != want.ETag || got.GzipETag != want.GzipETag:
		t.Errorf("tags differ: %s %s and %s %s", got.ETag, got.GzipETag, want.ETag, want.GzipETag)
	case !got.LastModified.Equal(want.LastModified) || got.Events != want.Events:
		t.Errorf("%v %d, want %v %d", got.LastModified, got.Events, want.LastModified, want.Events)
	}
}

func TestBuildGolden(t *testing.T) {
	t.Parallel()
	cancelled := numbered(1)
	cancelled.Status, cancelled.Mark = Cancelled, MarkCancelled
	doc := mustBuild(t, NewBuilder(0), testCalendar(), []Entry{fullEntry(), numbered(0), cancelled})
	checkDocument(t, doc)
	golden(t, "feed.ics", doc.Body())
}

func TestBuildSizes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, chunkMin - 1, chunkMin, chunkMin + 1, chunkMax, chunkMax + 1, 1000} {
		doc := mustBuild(t, NewBuilder(0), testCalendar(), numberedEntries(n))
		checkDocument(t, doc)
		cal, err := ics.ParseCalendar(bytes.NewReader(doc.Body()))
		if err != nil {
			t.Fatalf("%d events: %v", n, err)
		}
		if got := len(cal.Events()); got != n || doc.Events != n {
			t.Errorf("parsed %d events, Events = %d, want %d", got, doc.Events, n)
		}
		if got := len(cal.Timezones()); got != 1 {
			t.Errorf("%d time zones, want 1", got)
		}
	}
}

func TestEntriesAreSortedByStartThenUID(t *testing.T) {
	t.Parallel()
	start := jst(time.June, 1, 10, 0)
	var entries []Entry
	for _, e := range []struct {
		uid  string
		days int
	}{{"c", 0}, {"a", 1}, {"b", 0}, {"d", -1}} {
		entries = append(entries, Entry{UID: e.uid, Stamp: start, Start: start.AddDate(0, 0, e.days), Title: e.uid})
	}
	doc := mustBuild(t, NewBuilder(0), testCalendar(), entries)
	cal, err := ics.ParseCalendar(bytes.NewReader(doc.Body()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, event := range cal.Events() {
		got = append(got, event.Id())
	}
	if want := []string{"d", "b", "c", "a"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(120)
	want := mustBuild(t, NewBuilder(0), testCalendar(), entries)
	rapid.Check(t, func(r *rapid.T) {
		swaps := rapid.SliceOfN(rapid.IntRange(0, len(entries)-1), len(entries), len(entries)).Draw(r, "swaps")
		mixed := shuffled(entries, swaps)
		got, err := NewBuilder(0).Build(testCalendar(), mixed)
		if err != nil {
			r.Fatal(err)
		}
		sameDocument(r, got, want)
	})
}

func TestTagsMoveWithTheContentOnly(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(200)
	b := NewBuilder(0)
	first := mustBuild(t, b, testCalendar(), entries)
	sameDocument(t, mustBuild(t, b, testCalendar(), apart(entries)), first)

	c := testCalendar()
	c.Modified = jst(time.December, 1, 0, 0)
	moved := mustBuild(t, b, c, entries)
	if moved.ETag != first.ETag || !moved.LastModified.Equal(c.Modified) {
		t.Errorf("Modified: tag %s → %s, LastModified %v", first.ETag, moved.ETag, moved.LastModified)
	}

	renamed := testCalendar()
	renamed.Name = "別の名前"
	edited := apart(entries)
	edited[77].Title += "（追加）"
	for name, doc := range map[string]*Document{
		"header": mustBuild(t, b, renamed, entries),
		"title":  mustBuild(t, b, testCalendar(), edited),
		"fewer":  mustBuild(t, b, testCalendar(), entries[:199]),
	} {
		if doc.ETag == first.ETag || doc.GzipETag == first.GzipETag {
			t.Errorf("%s: the tags stayed", name)
		}
	}
}

func TestLastModified(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(3)
	entries[1].Stamp = jst(time.August, 3, 12, 0).Add(999 * time.Millisecond)
	c := testCalendar()
	doc := mustBuild(t, NewBuilder(0), c, entries)
	if want := jst(time.August, 3, 12, 0); !doc.LastModified.Equal(want) || doc.LastModified.Location() != time.UTC {
		t.Errorf("LastModified = %v, want the latest stamp %v in UTC", doc.LastModified, want)
	}
	c.Modified = jst(time.August, 4, 0, 0)
	if doc = mustBuild(t, NewBuilder(0), c, entries[:1]); !doc.LastModified.Equal(c.Modified) {
		t.Errorf("LastModified = %v, want the removal's %v", doc.LastModified, c.Modified)
	}
}

func TestOneUIDStandsOnce(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(5)
	older, newer, latest := fullEntry(), fullEntry(), fullEntry()
	older.Sequence, older.Title = 1, "古い"
	newer.Sequence, newer.Title, newer.Start = 2, "新しい", older.Start.AddDate(0, 0, -7)
	latest.Sequence, latest.Title, latest.Stamp = 2, "最新", newer.Stamp.Add(time.Second)
	want := mustBuild(t, NewBuilder(0), testCalendar(), append(slices.Clone(entries), latest))
	b := NewBuilder(0)
	small := NewBuilder(1) // forgets everything at once
	for _, double := range [][]Entry{
		{older, newer, latest}, {latest, older, newer}, {newer, latest, older}, {latest, latest},
	} {
		all := append(append(slices.Clone(double[:1]), entries...), double[1:]...)
		for range 2 {
			sameDocument(t, mustBuild(t, b, testCalendar(), all), want)
			sameDocument(t, mustBuild(t, small, testCalendar(), all), want)
		}
	}
}

func TestAnEditIsSeenEvenIfTheStampStayed(t *testing.T) {
	t.Parallel()
	b := NewBuilder(0)
	base := fullEntry()
	changes := map[string]func(*Entry){
		"sequence":    func(e *Entry) { e.Sequence++ },
		"stamp":       func(e *Entry) { e.Stamp = e.Stamp.Add(time.Second) },
		"start":       func(e *Entry) { e.Start = e.Start.Add(time.Minute) },
		"end":         func(e *Entry) { e.End = e.End.Add(time.Minute) },
		"all day":     func(e *Entry) { e.AllDay = true },
		"status":      func(e *Entry) { e.Status = Tentative },
		"mark":        func(e *Entry) { e.Mark = MarkMoved },
		"title":       func(e *Entry) { e.Title += "x" },
		"description": func(e *Entry) { e.Description += "x" },
		"location":    func(e *Entry) { e.Location += "x" },
		"url":         func(e *Entry) { e.URL += "x" },
		"geo":         func(e *Entry) { e.Geo.Latitude++ },
		"no geo":      func(e *Entry) { e.Geo = nil },
		"category":    func(e *Entry) { e.Categories[0] += "x" },
		"categories":  func(e *Entry) { e.Categories = e.Categories[:1] },
		"conference":  func(e *Entry) { e.ConferenceURL += "x" },
		"label":       func(e *Entry) { e.ConferenceLabel += "x" },
	}
	for name, change := range changes {
		before := mustBuild(t, b, testCalendar(), []Entry{base})
		e := base.clone()
		change(&e)
		after := mustBuild(t, b, testCalendar(), []Entry{e})
		if bytes.Equal(before.Body(), after.Body()) || before.ETag == after.ETag {
			t.Errorf("%s: the change isn't seen", name)
		}
	}
}

func TestTheCallersSlicesStayTheCallers(t *testing.T) {
	t.Parallel()
	b := NewBuilder(0)
	entries := []Entry{fullEntry()}
	before := mustBuild(t, b, testCalendar(), entries)
	entries[0].Categories[0], entries[0].Geo.Latitude = "別", 1
	after := mustBuild(t, b, testCalendar(), entries)
	if before.ETag == after.ETag {
		t.Error("a change in place isn't seen")
	}
}

func TestBuildNamesTheBadEntry(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(3)
	entries[1].Start = time.Time{}
	doc, err := NewBuilder(0).Build(testCalendar(), entries)
	if !errors.Is(err, ErrInvalidEntry) || doc != nil || !strings.Contains(err.Error(), entries[1].UID) {
		t.Errorf("Build = %v, %v", doc, err)
	}
}

// However a feed came about, its bytes are those of a fresh build.
func TestReuseEqualsAFreshBuild(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		b := NewBuilder(rapid.SampledFrom([]int{1, 60_000, 200_000, DefaultMemory}).Draw(r, "memory"))
		next := rapid.IntRange(0, 150).Draw(r, "events")
		entries := numberedEntries(next)
		for range rapid.IntRange(1, 4).Draw(r, "steps") {
			at := func() int { return rapid.IntRange(0, max(0, len(entries)-1)).Draw(r, "at") }
			switch action := rapid.SampledFrom([]string{"edit", "insert", "remove", "move", "copy"}).Draw(
				r,
				"action",
			); {
			case action == "insert" || len(entries) == 0:
				e := numbered(next)
				e.Start = e.Start.AddDate(0, 0, -rapid.IntRange(0, 60).Draw(r, "days"))
				entries = append(entries, e)
				next++
			case action == "edit":
				i := at()
				entries[i].Title += "改"
				entries[i].Sequence++
			case action == "remove":
				i := at()
				entries = slices.Delete(entries, i, i+1)
			case action == "move":
				i := at()
				entries[i].Start = entries[i].Start.AddDate(0, 0, -7)
			case action == "copy":
				entries = apart(entries)
			}
			got, err := b.Build(testCalendar(), entries)
			if err != nil {
				r.Fatal(err)
			}
			want, err := NewBuilder(0).Build(testCalendar(), entries)
			if err != nil {
				r.Fatal(err)
			}
			sameDocument(r, got, want)
		}
	})
}

// An event added, edited or removed anywhere costs the chunks around it.
func TestAChangeCostsAFewChunks(t *testing.T) {
	t.Parallel()
	entries := numberedEntries(2000)
	b := NewBuilder(0)
	mustBuild(t, b, testCalendar(), entries)
	kept := func() int { return len(b.chunks.young) + len(b.chunks.old) }
	all := kept()
	if all < 2000/chunkMax || all > 2000/chunkMin+2 {
		t.Fatalf("%d chunks for 2,000 events", all)
	}
	extra := numbered(5000)
	for name, tt := range map[string]struct {
		entries []Entry
		most    int
	}{
		"same":            {apart(entries), 0},
		"edit":            {slices.Concat(entries[:1000], []Entry{edited(entries[1000])}, entries[1001:]), 1},
		"insert in front": {slices.Concat([]Entry{early(extra, entries[0])}, entries), 6},
		"remove first":    {entries[1:], 6},
		"remove middle":   {slices.Concat(entries[:1000], entries[1001:]), 6},
		"append":          {slices.Concat(entries, []Entry{extra}), 1},
	} {
		before := kept()
		checkDocument(t, mustBuild(t, b, testCalendar(), tt.entries))
		if cost := kept() - before; cost > tt.most {
			t.Errorf("%s: %d of %d chunks deflated, want %d at most", name, cost, all, tt.most)
		}
	}
}

func edited(e Entry) Entry {
	e.Title += "（変更）"
	e.Sequence++
	e.Stamp = e.Stamp.Add(time.Minute)
	return e
}

func early(e, than Entry) Entry {
	e.Start, e.End = than.Start.Add(-time.Hour), than.Start
	return e
}

func TestChunkSizesStayInBounds(t *testing.T) {
	t.Parallel()
	frags := make([]*fragment, 5000)
	seed := maphash.MakeSeed()
	for i, e := range numberedEntries(len(frags)) {
		f, err := newFragment(&e, seed)
		if err != nil {
			t.Fatal(err)
		}
		frags[i] = f
	}
	var sizes []int
	for rest := frags; len(rest) > 0; rest = rest[sizes[len(sizes)-1]:] {
		sizes = append(sizes, chunkEnd(rest))
	}
	for _, n := range sizes[:len(sizes)-1] {
		if n < chunkMin || n > chunkMax {
			t.Errorf("chunk of %d events", n)
		}
	}
	if mean := len(frags) / len(sizes); mean < chunkMin+chunkCut/2 || mean > chunkMin+2*chunkCut {
		t.Errorf("mean chunk of %d events", mean)
	}
	for _, f := range frags {
		f.cut = false
	}
	if got := chunkEnd(frags); got != chunkMax {
		t.Errorf("without a boundary: chunk of %d events, want %d", got, chunkMax)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const memory = 256 << 10
	b := NewBuilder(memory)
	for round := range 6 {
		entries := make([]Entry, 200)
		for i := range entries {
			entries[i] = numbered(round*len(entries) + i)
		}
		checkDocument(t, mustBuild(t, b, testCalendar(), entries))
		kept := 0
		for _, half := range []map[uint64]*fragment{b.fragments.young, b.fragments.old} {
			for _, f := range half {
				kept += f.cost()
			}
		}
		for _, half := range []map[digest]*chunk{b.chunks.young, b.chunks.old} {
			for _, c := range half {
				kept += c.cost()
			}
		}
		if kept > memory+memory/10 {
			t.Fatalf("round %d: %d octets kept of %d allowed", round, kept, memory)
		}
	}
}

func TestBuilderIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	for _, memory := range []int{DefaultMemory, 60_000} {
		b := NewBuilder(memory)
		var wg sync.WaitGroup
		for worker := range 8 {
			entries := numberedEntries(100 + worker%3)
			entries[worker%3].Title = "同時"
			want := mustBuild(t, NewBuilder(0), testCalendar(), entries)
			wg.Go(func() {
				for range 5 {
					got, err := b.Build(testCalendar(), apart(entries))
					if err != nil {
						t.Error(err)
						return
					}
					sameDocument(t, got, want)
				}
			})
		}
		wg.Wait()
	}
}

func TestCombinedCRC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := rapid.SliceOf(rapid.Byte()).Draw(r, "a")
		b := rapid.SliceOf(rapid.Byte()).Draw(r, "b")
		got := crcMultiply(crc32.ChecksumIEEE(a), crcShift(len(b))) ^ crc32.ChecksumIEEE(b)
		if want := crc32.ChecksumIEEE(slices.Concat(a, b)); got != want {
			r.Errorf("combined %08x, want %08x", got, want)
		}
	})
}
