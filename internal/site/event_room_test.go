package site_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func TestThePageOfAnEventTellsOfItsRoom(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r := k.hall()
	bookings := booking.NewService(k.db, organization.NewDirectory(k.db), nil, rand.Reader)
	by := booking.Author{Organization: k.by["toshima"].Organization, Actor: k.by["toshima"].Actor}
	day := clock.DateOf(k.clock.Now()).AddDays(20)
	b, err := bookings.Place(t.Context(), by, booking.Request{RoomID: r.ID, StartsAt: day.At(13, 0), EndsAt: day.At(17, 0), Title: "会"})
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
	if got := text(place); !strings.Contains(got, "区民センター<b> 全面") || !strings.Contains(got, "バリアフリー：") || !strings.Contains(got, "南池袋") {
		t.Errorf("the place: %s", got)
	}
	if _, err := bookings.Cancel(t.Context(), by, b.ID, "工事"); err != nil {
		t.Fatal(err)
	}
	place = k.page("/events/" + e.ID.String()).Find("section[aria-labelledby=place]")
	if got := text(place); !strings.Contains(got, "会場を調整しています") || place.Find("a").Length() != 0 {
		t.Errorf("the place after the room was lost: %s", got)
	}
}
