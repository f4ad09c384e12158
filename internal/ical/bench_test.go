package ical

import (
	"bytes"
	"compress/gzip"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

func BenchmarkFragment(b *testing.B) {
	b.ReportAllocs()
	e := numbered(1)
	for b.Loop() {
		if _, err := Fragment(e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuild1000 builds from nothing; Rebuild1000 when nothing changed.
func BenchmarkBuild1000(b *testing.B) {
	b.ReportAllocs()
	entries := numberedEntries(1000)
	for b.Loop() {
		mustBuild(b, NewBuilder(0), testCalendar(), entries)
	}
}

func BenchmarkRebuild1000(b *testing.B) {
	b.ReportAllocs()
	entries := numberedEntries(1000)
	builder := NewBuilder(0)
	mustBuild(b, builder, testCalendar(), entries)
	entries = apart(entries)
	for b.Loop() {
		mustBuild(b, builder, testCalendar(), entries)
	}
}

// BenchmarkEdit5000 rebuilds a feed of 5,000 after one edit, a different event
// each time, and reports how many times faster that is than golang-ical with
// compress/gzip in the same run: for what readers of gzip get, and with the
// uncompressed body joined as well.
func BenchmarkEdit5000(b *testing.B) {
	b.Run("gzip", func(b *testing.B) { benchmarkEdit(b, false) })
	b.Run("both", func(b *testing.B) { benchmarkEdit(b, true) })
}

func benchmarkEdit(b *testing.B, body bool) {
	b.Helper()
	entries := numberedEntries(5000)
	plain := plainTime(b, entries)
	builder := NewBuilder(0)
	doc := mustBuild(b, builder, testCalendar(), entries)
	whole := gzipped(b, doc.Body())
	entries = apart(entries) // no comparison by address
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 1987) % len(entries)
		entries[i].Sequence++
		entries[i].Stamp = entries[i].Stamp.Add(time.Minute)
		entries[i].Title = "変更 " + entries[i].UID[:8]
		if doc := mustBuild(b, builder, testCalendar(), entries); body {
			doc.Body()
		}
	}
	each := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(plain/each, "times-faster")
	b.ReportMetric(plain/1e6, "plain-ms")
	b.ReportMetric(float64(len(doc.Gzip))/float64(len(whole)), "gzip-size-ratio")
}

// BenchmarkPlain5000 is the usual way: golang-ical, then gzip.
func BenchmarkPlain5000(b *testing.B) {
	b.ReportAllocs()
	entries := numberedEntries(5000)
	for b.Loop() {
		gzipped(b, []byte(plainFeed(entries)))
	}
}

func plainTime(b *testing.B, entries []Entry) float64 {
	b.Helper()
	const rounds = 5
	began := time.Now()
	for range rounds {
		gzipped(b, []byte(plainFeed(entries)))
	}
	return float64(time.Since(began)) / rounds
}

func plainFeed(entries []Entry) string {
	cal := ics.NewCalendarFor("tonarimachi")
	for i := range entries {
		e := &entries[i]
		v := cal.AddEvent(e.UID)
		v.SetDtStampTime(e.Stamp)
		v.SetModifiedAt(e.Stamp)
		v.SetSequence(e.Sequence)
		v.SetStartAt(e.Start)
		v.SetEndAt(e.End)
		v.SetStatus(ics.ObjectStatusConfirmed)
		v.SetSummary(e.Title)
		v.SetDescription(e.Description)
		v.SetLocation(e.Location)
		v.SetGeo(e.Geo.Latitude, e.Geo.Longitude)
		v.AddCategory(e.Categories[0])
		v.SetURL(e.URL)
	}
	return cal.Serialize()
}

func gzipped(b *testing.B, body []byte) []byte {
	b.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
