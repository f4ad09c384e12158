package feed_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Seven towns hold one gathering. It moves to a room of another town in one call, and whoever
// follows any of the seven, or has a ticket, sees it there.
func TestADateMovesToAnotherTownInEveryFeed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pool := b.bundle.Pool(t)
	in := gathering("女子会", 20)
	towns := []string{"kiyose", "bunkyo", "kunitachi", "musashino", "higashiyamato", "hino", "toshima"}
	authors := map[string]staff.Author{"kiyose": b.author, "bunkyo": b.other}
	for _, slug := range towns {
		if slug != "kiyose" && slug != "bunkyo" {
			town := testkit.NewOrganization(t, pool, slug)
			authors[slug] = staff.Author{
				Organization: town,
				Actor:        postgres.StaffActor(testkit.NewStaff(t, pool, town, "publisher")),
			}
		}
		in.Organisers = append(in.Organisers, event.OrganiserInput{Organization: slug, Role: event.Host})
	}
	own := testkit.NewHall(t, pool, b.author.Organization, testkit.HallOptions{})
	lent := testkit.NewHall(
		t,
		pool,
		authors["toshima"].Organization,
		testkit.HallOptions{Partners: []uuid.UUID{b.author.Organization}, Slug: "ux7"},
	)
	if _, err := pool.Exec(
		t.Context(),
		"update facility set name = '清瀬の会館', address = '清瀬市中里' where id = $1",
		own.FacilityID,
	); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(
		t.Context(),
		"update facility set latitude = 35.73, longitude = 139.71 where id = $1",
		lent.FacilityID,
	); err != nil {
		t.Fatal(err)
	}
	db := testkit.Open(t, postgres.Options{URL: b.bundle.LoginURL, Public: 1, Staff: 2, Clock: b.clock})
	directory := organization.NewDirectory(db)
	bookings := booking.NewService(db, directory, board.NewService(db, directory, nil, nil))
	as := func(slug string) staff.Author {
		return staff.Author{Organization: authors[slug].Organization, Actor: authors[slug].Actor}
	}
	day := clock.DateOf(noon).AddDays(20)
	place := func(room uuid.UUID) booking.Booking {
		t.Helper()
		k, err := bookings.Place(
			t.Context(),
			as("kiyose"),
			booking.Request{RoomID: room, StartsAt: day.At(13, 0), EndsAt: day.At(17, 0), Title: "女子会"},
		)
		if err == nil && k.Status == booking.Requested {
			if _, err = bookings.Approve(t.Context(), as("toshima"), k.ID, ""); err == nil {
				_, err = bookings.Confirm(t.Context(), as("kiyose"), k.ID)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first, second := place(own.A), place(lent.Whole)
	in.Occurrences[0].Place, in.Occurrences[0].BookingID = event.Place{Kind: event.InPerson}, &first.ID
	in.Occurrences[0].Parts = []event.PartInput{
		{Reservation: event.Seat, Quotas: []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 10}}},
	}
	e := b.publish(in)
	for _, slug := range towns {
		if slug == "kiyose" {
			continue
		}
		if _, err := b.events.Decide(t.Context(), authors[slug], e.ID, true, 0); err != nil {
			t.Fatal(err)
		}
	}
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
	feeds := []string{"/feeds/partnerships/ux.ics", "/feeds/events/" + e.ID.String() + ".ics"}
	for _, slug := range towns {
		feeds = append(feeds, "/feeds/organizations/"+slug+".ics")
	}
	read := func(path string) (uid, location string, sequence int, text string) {
		t.Helper()
		text = body(t, get(t, b.server, http.MethodGet, path))
		events := calendar(t, text).Events()
		if len(events) != 1 {
			t.Fatalf("%s: %d entries", path, len(events))
		}
		if p := events[0].GetProperty(ics.ComponentPropertyLocation); p != nil {
			location = p.Value
		}
		if p := events[0].GetProperty(ics.ComponentPropertySequence); p != nil {
			sequence, _ = strconv.Atoi(p.Value)
		}
		return events[0].Id(), location, sequence, text
	}
	type entry struct {
		uid      string
		sequence int
	}
	before := map[string]entry{}
	for _, path := range append(feeds, privatePath(token)) {
		uid, location, sequence, _ := read(path)
		if path != privatePath(token) && !strings.Contains(location, "清瀬の会館 ホールA面") {
			t.Errorf("%s: before, at %q", path, location)
		}
		before[path] = entry{uid, sequence}
	}
	if _, err := b.events.Relocate(
		t.Context(),
		b.author,
		e.ID,
		e.Occurrences[0].ID,
		event.Relocation{BookingID: &second.ID},
	); err != nil {
		t.Fatal(err)
	}
	for path, was := range before {
		uid, location, sequence, text := read(path)
		if uid != was.uid || sequence <= was.sequence {
			t.Errorf("%s: UID %s SEQUENCE %d, before %s %d", path, uid, sequence, was.uid, was.sequence)
		}
		if path == privatePath(token) {
			if strings.Contains(text, "市民会館") {
				t.Error("the private calendar tells the place")
			}
			continue
		}
		if !strings.Contains(location, "市民会館 ホール全面") || !strings.Contains(text, "GEO:35.73") {
			t.Errorf("%s: at %q\n%s", path, location, text)
		}
	}
}

func privatePath(token secret.Calendar) string { return "/c/" + token.Reveal() + ".ics" }
