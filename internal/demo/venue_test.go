package demo_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestVenues(t *testing.T) {
	t.Parallel()
	b, book := loaded(t, onTuesday)
	// The second time nothing is made twice.
	if err := demo.Load(t.Context(), b.services, book); err != nil {
		t.Fatal(err)
	}
	venues := b.services.Venues
	facilities, err := venues.Facilities(t.Context(), venue.FacilityFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(facilities.Items) != 11 {
		t.Errorf("%d facilities, want 11", len(facilities.Items))
	}
	for slug, want := range map[string]int{"ux-joshikai": 12, "bunkyo-chiyoda-taito": 4} {
		rooms, err := venues.Rooms(t.Context(), venue.RoomFilter{Partnership: slug, Limit: 100})
		if err != nil || len(rooms.Items) != want {
			t.Errorf("%s has %d rooms, %v, want %d", slug, len(rooms.Items), err, want)
		}
	}
	rooms, err := venues.Rooms(t.Context(), venue.RoomFilter{Organization: "toshima", Limit: 100})
	if err != nil || len(rooms.Items) != 5 {
		t.Fatalf("toshima has %d rooms, %v", len(rooms.Items), err)
	}
	whole := rooms.Items[0]
	if whole.Capacity != 80 || len(whole.Spaces) != 3 || len(whole.Terms) != 3 || whole.Facility.Name != "としまセンタースクエア" {
		t.Errorf("the square is %+v", whole.RoomInput)
	}
	// 北千住 is its owner's alone.
	if hidden, err := venues.Rooms(
		t.Context(),
		venue.RoomFilter{Organization: "adachi"},
	); err != nil ||
		len(hidden.Items) != 0 {
		t.Errorf("adachi shows %d rooms, %v", len(hidden.Items), err)
	}
}
