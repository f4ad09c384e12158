package demo_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// One draw of rooms takes applications, another is drawn and waits for answers; a second start
// makes none twice.
func TestDrawsOfRooms(t *testing.T) {
	t.Parallel()
	b, _ := loaded(t, onTuesday)
	b.load(t)
	page, err := b.services.Rounds.List(t.Context(), round.Filter{})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d draws, %v", len(page.Items), err)
	}
	for _, r := range page.Items {
		entries, err := r.Entries()
		if err != nil || !r.Keeps(b.clock.Now()) {
			t.Errorf("%s keeps nothing, %v", r.Name, err)
		}
		given := 0
		for _, e := range entries {
			if e.Pool != "" {
				given++
			}
		}
		switch r.Lender.Slug {
		case "bunkyo":
			if _, n, err := b.services.Rounds.GetOwn(
				t.Context(),
				r.Lender.ID,
				r.ID,
			); r.State != round.Open || n != 2 ||
				err != nil {
				t.Errorf("%s has %d applications, %v", r.State, n, err)
			}
		case "toshima":
			if r.State != round.Drawn || len(entries) != 4 || given < 3 || !r.DrawnAt.Before(b.clock.Now()) {
				t.Errorf("%s: %d of %d given at %v", r.State, given, len(entries), r.DrawnAt)
			}
		}
	}
	states := map[booking.Status]int{}
	for _, slug := range []string{"kunitachi", "hino", "musashino", "kiyose"} {
		view, err := b.directory.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		town, err := view.BySlug(slug)
		if err != nil {
			t.Fatal(err)
		}
		all, err := b.services.Rounds.Applications(t.Context(), town.ID, page.Items[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		more, err := b.services.Rounds.Applications(t.Context(), town.ID, page.Items[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range append(all, more...) {
			states[a.Status]++
		}
	}
	if states[booking.Requested] != 1 || states[booking.Held] < 2 {
		t.Errorf("results stand as %v", states)
	}
}
