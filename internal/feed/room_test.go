package feed_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A room's calendar tells times; a revoked or unknown link gives an empty one.
func TestRoomCalendarTellsTimesAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	town := testkit.NewOrganization(t, b.pool, "lender")
	h := testkit.NewHall(t, b.pool, town, testkit.HallOptions{Setup: 30})
	by := staff.Author{Organization: town, Actor: postgres.StaffActor(uuid.New())}
	day := clock.DateOf(b.clock.Now()).AddDays(10)
	for _, hour := range []int{10, 13} {
		if _, err := b.bookings.Place(
			t.Context(),
			by,
			booking.Request{RoomID: h.Tea, StartsAt: day.At(hour, 0), EndsAt: day.At(hour+2, 30), Title: "秘密の会議"},
		); err != nil {
			t.Fatal(err)
		}
	}
	issued, err := b.rooms.CreateCalendar(t.Context(), by, h.Tea, "清掃の会社")
	if err != nil {
		t.Fatal(err)
	}
	path := "/r/" + issued.Token.Reveal() + ".ics"
	first := get(t, b.server, "GET", path)
	text := body(t, first)
	events := calendar(t, text).Events()
	if len(events) != 1 { // 9:30 to 15:30: what touches is one
		t.Fatalf("%d entries in %s", len(events), text)
	}
	for _, word := range []string{"秘密", "lender", issued.Token.Reveal()} {
		if strings.Contains(text, word) {
			t.Errorf("the calendar says %q", word)
		}
	}
	if !strings.Contains(text, "T093000\r\n") || !strings.Contains(text, "T153000\r\n") ||
		!strings.Contains(text, "SUMMARY:使用中\r\n") {
		t.Errorf("the calendar is %s", text)
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
	if r := get(t, b.server, "GET", path+"?place=online"); r.StatusCode != http.StatusBadRequest { // [I3]
		t.Errorf("an unknown parameter: %d", r.StatusCode)
	}
	if r := get(
		t,
		b.server,
		"GET",
		path,
		"If-Modified-Since",
		b.clock.Now().AddDate(1, 0, 0).Format(http.TimeFormat),
	); r.StatusCode != http.StatusOK {
		t.Errorf("by a date that it never told: %d", r.StatusCode)
	}
	if err := b.rooms.RevokeCalendar(t.Context(), by, h.Tea, issued.ID); err != nil {
		t.Fatal(err)
	}
	unknown, err := secret.NewRoomCalendar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, dead := range []string{path, "/r/" + unknown.Reveal() + ".ics"} {
		r := get(t, b.server, "GET", dead)
		if empty := body(
			t,
			r,
		); r.StatusCode != http.StatusOK || strings.Contains(empty, "VEVENT") ||
			strings.Contains(empty, "和室") {
			t.Errorf("a dead link: %d %s", r.StatusCode, empty)
		}
	}
	for _, bad := range []string{"/r/x.ics", "/r/" + issued.Token.Reveal(), "/r/" + issued.Token.Reveal() + ".json"} {
		if r := get(t, b.server, "GET", bad); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
}

// What a round keeps is busy too, day by day, in a word of its own; the entry is the same until the
// round is over, whoever books meanwhile.
func TestRoomCalendarShowsWhatARoundKeeps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	town := testkit.NewOrganization(t, b.pool, "lender")
	h := testkit.NewHall(t, b.pool, town, testkit.HallOptions{})
	by := staff.Author{Organization: town, Actor: postgres.StaffActor(uuid.New())}
	now := b.clock.Now()
	first := clock.DateOf(now).AddDays(30)
	r, err := b.rounds.Create(t.Context(), by, round.Input{
		Name:            "ひみつの抽選",
		Rooms:           []uuid.UUID{h.A},
		FirstDay:        first,
		LastDay:         first.AddDays(9),
		OpensAt:         now,
		ClosesAt:        now.AddDate(0, 0, 5),
		DrawsAt:         now.AddDate(0, 0, 6),
		AcceptUntil:     now.AddDate(0, 0, 20),
		ApplicationsMax: 1,
		WishesMax:       1,
	})
	if err != nil {
		t.Fatal(err)
	}
	path := func(room uuid.UUID) string {
		issued, err := b.rooms.CreateCalendar(t.Context(), by, room, "清掃の会社")
		if err != nil {
			t.Fatal(err)
		}
		return "/r/" + issued.Token.Reveal() + ".ics"
	}
	a, beside := path(h.A), path(h.B)
	kept := func() (vevent string) {
		text := body(t, get(t, b.server, "GET", a))
		for _, e := range calendar(t, text).Events() {
			if e.GetProperty("SUMMARY").Value == "抽選のために確保" {
				vevent += e.Serialize(&ics.SerializationConfiguration{MaxLength: 1000, NewLine: "\r\n"})
			}
		}
		if strings.Contains(text, "ひみつ") {
			t.Errorf("the calendar tells the name: %s", text)
		}
		return vevent
	}
	before := kept()
	date := func(d clock.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
	if strings.Count(before, "BEGIN:VEVENT") != 1 ||
		!strings.Contains(before, "DTSTART;VALUE=DATE:"+date(first)+"\r\n") ||
		!strings.Contains(before, "DTEND;VALUE=DATE:"+date(first.AddDays(10))+"\r\n") ||
		strings.Contains(before, "TRANSPARENT") ||
		!strings.Contains(before, r.ID.String()) {
		t.Errorf("kept: %s", before)
	}
	if text := body(t, get(t, b.server, "GET", beside)); strings.Contains(text, "VEVENT") {
		t.Errorf("the room beside it: %s", text)
	}
	if _, err := b.bookings.Place(
		t.Context(),
		by,
		booking.Request{RoomID: h.A, StartsAt: first.At(10, 0), EndsAt: first.At(12, 0), Title: "会議"},
	); err != nil {
		t.Fatal(err)
	}
	if now := kept(); now != before || !strings.Contains(body(t, get(t, b.server, "GET", a)), "SUMMARY:使用中\r\n") {
		t.Errorf("after a booking of the town's own:\n%s\nbefore:\n%s", now, before)
	}
	b.clock.Advance(24 * time.Hour)
	if now := kept(); now != before {
		t.Errorf("a day later: %s", now)
	}
	if _, err := b.rounds.Cancel(t.Context(), by, r.ID); err != nil {
		t.Fatal(err)
	}
	if now := kept(); now != "" {
		t.Errorf("called off, and still there: %s", now)
	}
}
