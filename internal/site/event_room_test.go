package site_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func TestThePageOfAnEventTellsOfItsRoom(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r := k.hall()
	directory := organization.NewDirectory(k.db)
	bookings := booking.NewService(k.db, directory, board.NewService(k.db, directory, nil, rand.Reader))
	by := staff.Author{Organization: k.by["toshima"].Organization, Actor: k.by["toshima"].Actor}
	day := clock.DateOf(k.clock.Now()).AddDays(20)
	b, err := bookings.Place(
		t.Context(),
		by,
		booking.Request{RoomID: r.ID, StartsAt: day.At(13, 0), EndsAt: day.At(17, 0), Title: "会"},
	)
	if err != nil {
		t.Fatal(err)
	}
	e := k.publish("toshima", event.Input{Kind: "ibasho", Title: "部屋のある会", Occurrences: []event.OccurrenceInput{{
		StartsAt: day.At(14, 0), EndsAt: day.At(16, 0), Place: event.Place{Kind: event.InPerson}, BookingID: &b.ID,
	}}})
	page := k.page("/events/" + e.ID.String())
	place := page.Find("section[aria-labelledby=place]")
	if href, _ := place.Find("a.more").Attr("href"); href != "/rooms/"+r.ID.String() {
		t.Errorf("the room's page is at %q", href)
	}
	if got := text(
		place,
	); !strings.Contains(got, "区民センター<b> 全面") || !strings.Contains(got, "バリアフリー") ||
		!strings.Contains(got, "南池袋") {
		t.Errorf("the place: %s", got)
	}
	if n := place.Find(
		"ul li",
	).Length(); n < 1 || place.Find("a[href^='https://www.google.com/maps/']").Length() != 1 ||
		strings.Contains(text(place), "ほかの日") {
		t.Errorf("%d lines of the place: %s", n, text(place))
	}
	if _, err := bookings.Cancel(t.Context(), by, b.ID, "工事"); err != nil {
		t.Fatal(err)
	}
	place = k.page("/events/" + e.ID.String()).Find("section[aria-labelledby=place]")
	if got := text(place); !strings.Contains(got, "会場を調整しています") || place.Find("a").Length() != 0 {
		t.Errorf("the place after the room was lost: %s", got)
	}
}

// Dates in different towns each tell where they are and how to get there; the place below says
// whose it is.
func TestEachDateTellsItsOwnPlace(t *testing.T) {
	t.Parallel()
	k := setup(t)
	day := clock.DateOf(k.clock.Now()).AddDays(20)
	on := func(days int, name, access string) event.OccurrenceInput {
		d := day.AddDays(days)
		return event.OccurrenceInput{
			StartsAt: d.At(14, 0),
			EndsAt:   d.At(16, 0),
			Place:    event.Place{Kind: event.InPerson, Name: name, Address: name + "1丁目", Access: access},
		}
	}
	e := k.publish(
		"toshima",
		event.Input{
			Kind:  "ibasho",
			Title: "まわる会",
			Occurrences: []event.OccurrenceInput{
				on(0, "北会館", "北駅から3分"),
				on(7, "南会館", "南駅から9分"),
				on(14, "北会館", "北駅から3分"),
			},
		},
	)
	page := k.page("/events/" + e.ID.String())
	dates := page.Find("section.panel:has(.occ-head)")
	for i, want := range []string{"北会館", "南会館", "北会館"} {
		got := dates.Eq(i)
		if name := text(got.Find(".occ-when")); !strings.Contains(name, want) {
			t.Errorf("date %d says %q", i, name)
		}
		if n := got.Find(
			"details:contains('行き方')",
		).Length(); n != i%2 ||
			i == 1 && !strings.Contains(text(got), "南駅から9分") {
			t.Errorf("date %d tells %d times how to get there: %s", i, n, text(got))
		}
	}
	if got := text(
		page.Find("section[aria-labelledby=place]"),
	); !strings.Contains(got, "12月12日（土）の会場です") ||
		!strings.Contains(got, "北駅から3分") {
		t.Errorf("the place: %s", got)
	}
}
