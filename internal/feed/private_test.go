package feed_test

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

func TestPrivateCalendarSaysNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("ひきこもりUX女子会", 7)
	in.Occurrences[0].Parts = []event.PartInput{
		{Reservation: event.Seat, Quotas: []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 5}}},
	}
	e := b.publish(in)
	code, _, err := b.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Occurrences[0].Parts[0].Quotas[0].ID, Seats: 1, Nickname: "すずめ"},
	)
	if err != nil {
		t.Fatal(err)
	}
	token, err := b.tickets.StartCalendar(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	path := "/c/" + token.Reveal() + ".ics"
	first := get(t, b.server, "GET", path)
	text := body(t, first)
	if got := calendar(t, text).Events(); len(got) != 1 {
		t.Fatalf("%d entries", len(got))
	}
	for _, want := range []string{
		"SUMMARY:予定\r\n",
		"CLASS:PRIVATE\r\n",
		"DTSTART;TZID=Asia/Tokyo:20261129T140000\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for _, word := range []string{
		"女子会",
		"UX",
		"joshikai",
		"市民センター",
		"kiyose",
		"すずめ",
		"tonari",
		"Tonari",
		"となり",
		e.ID.String(),
		code.Reveal(),
		token.Reveal(),
		"ひきこもり",
		"お茶",
	} {
		if strings.Contains(text, word) {
			t.Errorf("the calendar says %q:\n%s", word, text)
		}
		for name, values := range first.Header {
			if strings.Contains(strings.Join(values, " "), word) {
				t.Errorf("header %s says %q", name, word)
			}
		}
	}
	if r := get(
		t,
		b.server,
		"GET",
		path,
		"If-None-Match",
		first.Header.Get("ETag"),
	); r.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %d", r.StatusCode)
	}
	// What it doesn't know it refuses, as public feeds do [I3]; and no date says when it changed,
	// as none is kept that finely.
	if r := get(t, b.server, "GET", path+"?place=online"); r.StatusCode != 400 {
		t.Errorf("an unknown parameter: %d", r.StatusCode)
	}
	if r := get(
		t,
		b.server,
		"GET",
		path+"?fbclid=1",
		"If-Modified-Since",
		b.clock.Now().Add(time.Hour).Format(http.TimeFormat),
	); r.StatusCode != 200 ||
		r.Header.Get("Last-Modified") != "" {
		t.Errorf("by date: %d %v", r.StatusCode, r.Header)
	}
	sequence := func() int {
		for line := range strings.SplitSeq(body(t, get(t, b.server, "GET", path)), "\r\n") {
			if s, ok := strings.CutPrefix(line, "SEQUENCE:"); ok {
				n, err := strconv.Atoi(s)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
		}
		return 0
	}
	before := sequence()
	if _, err := b.events.CancelOccurrence(t.Context(), b.author, e.ID, e.Occurrences[0].ID, "会場の都合です"); err != nil {
		t.Fatal(err)
	}
	if text := body(
		t,
		get(t, b.server, "GET", path),
	); !strings.Contains(text, "SUMMARY:【中止】") && !strings.Contains(text, "SUMMARY:予定（中止）") ||
		strings.Contains(text, "会場の都合") {
		t.Errorf("cancelled:\n%s", text)
	}
	if after := sequence(); after <= before {
		t.Errorf("SEQUENCE went from %d to %d", before, after)
	}
	// A day after the end it is empty, as one that never was.
	b.clock.Advance(9 * 24 * time.Hour)
	never, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := never.Calendar(1)
	if err != nil {
		t.Fatal(err)
	}
	dead, unknown := get(t, b.server, "GET", path), get(t, b.server, "GET", "/c/"+other.Reveal()+".ics")
	if body(t, dead) != body(t, unknown) || dead.StatusCode != 200 ||
		dead.Header.Get("ETag") != unknown.Header.Get("ETag") {
		t.Error("a dead calendar can be told from one that never was")
	}
	for _, wrong := range []string{
		"/c/x.ics",
		"/c/" + other.Reveal(),
		"/c/" + strings.ToLower(other.Reveal()) + ".ics",
	} {
		if r := get(t, b.server, "GET", wrong); r.StatusCode != 404 {
			t.Errorf("%s: %d", wrong, r.StatusCode)
		}
	}
}

func TestPrivateCalendarOfADrawSaysNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("パンを焼く会", 7)
	closes := in.Occurrences[0].StartsAt.AddDate(0, 0, -2)
	in.Occurrences[0].Parts = []event.PartInput{
		{
			Reservation: event.Lottery,
			ClosesAt:    &closes,
			Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 1}},
		},
	}
	e := b.publish(in)
	var paths []string
	for range 2 {
		code, _, err := b.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: e.Occurrences[0].Parts[0].Quotas[0].ID, Seats: 1},
		)
		if err != nil {
			t.Fatal(err)
		}
		token, err := b.tickets.StartCalendar(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, "/c/"+token.Reveal()+".ics")
	}
	line := func(path, name string) string {
		for l := range strings.SplitSeq(body(t, get(t, b.server, "GET", path)), "\r\n") {
			if value, ok := strings.CutPrefix(l, name+":"); ok {
				return value
			}
		}
		return ""
	}
	var before []int
	for _, path := range paths {
		if got := line(path, "SUMMARY") + " " + line(path, "STATUS"); got != "予定（結果待ち） TENTATIVE" {
			t.Errorf("before the draw: %q", got)
		}
		n, err := strconv.Atoi(line(path, "SEQUENCE"))
		if err != nil {
			t.Fatal(err)
		}
		before = append(before, n)
	}
	b.clock.Set(closes)
	db := testkit.Open(t, postgres.Options{URL: b.bundle.LoginURL, Worker: 1, Clock: b.clock})
	if n, err := draw.Lots(t.Context(), db); n != 2 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	var after []string
	for i, path := range paths {
		after = append(after, line(path, "SUMMARY"))
		if n, err := strconv.Atoi(line(path, "SEQUENCE")); err != nil || n <= before[i] {
			t.Errorf("SEQUENCE went from %d to %d, %v", before[i], n, err)
		}
	}
	slices.Sort(after)
	if !slices.Equal(after, []string{"予定", "予定（とりやめ）"}) {
		t.Errorf("after the draw: %q", after)
	}
}

// Who waits sees in the calendar, too, until when a seat may come.
func TestPrivateCalendarTellsTheLastMoment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("ひきこもりUX女子会", 7)
	in.Occurrences[0].Parts = []event.PartInput{
		{
			Reservation: event.Seat,
			WaitingList: true,
			Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 1}},
		},
	}
	e := b.publish(in)
	part := e.Occurrences[0].Parts[0]
	take := func(wait ticket.Reach) string {
		code, _, err := b.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: part.Quotas[0].ID, Seats: 1, Wait: wait},
		)
		if err != nil {
			t.Fatal(err)
		}
		token, err := b.tickets.StartCalendar(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		return body(t, get(t, b.server, "GET", "/c/"+token.Reveal()+".ics"))
	}
	if seated := take(ticket.NoWait); strings.Contains(seated, "DESCRIPTION") {
		t.Errorf("who has a seat is told:\n%s", seated)
	}
	waits := take(ticket.WaitQuota)
	if !strings.Contains(waits, "SUMMARY:予定（空き待ち）\r\n") ||
		!strings.Contains(waits, "DESCRIPTION:11月28日（土）14:00までに決まります。\r\n") {
		t.Errorf("who waits is told:\n%s", waits)
	}
}
