package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// seated is how many sit in a slot for walk-ins.
func (d *doorway) seated(slot uuid.UUID) int {
	d.Helper()
	return d.number("select at_door from slot where quota_id = $1", slot)
}

// The times at tables on a phone: marked, taken back, and marked without network.
func TestBrowserDoorPhoneMarksSlots(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	pool := d.bundle.Pool(t)
	now := d.clock.Now()
	day := testkit.NewEvent(
		t,
		pool,
		d.event.OrganizationID,
		testkit.EventOptions{
			StartsAt: now.Add(-time.Hour),
			Length:   4 * time.Hour,
			Parts:    []testkit.PartOptions{{Reservation: "slot", Quotas: []testkit.QuotaOptions{}}},
		},
	)
	table := day.Booth(t, pool, "弁護士")
	booked, walkIn := day.Slot(
		t,
		pool,
		now.Add(time.Hour),
		20*time.Minute,
		table,
	), day.Slot(
		t,
		pool,
		now.Add(2*time.Hour),
		20*time.Minute,
		table,
	)
	if _, err := pool.Exec(
		t.Context(),
		"update slot set walk_in = true, parties = 2 where quota_id = $1",
		walkIn,
	); err != nil {
		t.Fatal(err)
	}
	d.event = day
	issued, err := d.app.Door.CreateLink(t.Context(), d.author(), day.ID, day.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	p := d.phone(browser.Open(t), 360)
	row := func(slot uuid.UUID) string { return fmt.Sprintf(`[data-door-slot="%s"]`, slot) }
	stands := func(slot uuid.UUID, words string) string {
		return fmt.Sprintf(`document.querySelector('%s [data-door-slot-state]')?.textContent === %q`, row(slot), words)
	}
	p.open("/door#" + issued.Token.Reveal())
	p.until(stands(booked, "空き（予約の枠）") + " && " + stands(walkIn, "空き（当日受付） 0/2組") + " && " + allSent)
	p.until(
		fmt.Sprintf(
			`document.querySelector('%s [data-door-marks]').hidden &&
			  document.querySelector('%s [data-door-less]').hidden`,
			row(booked),
			row(walkIn),
		),
	)
	p.axe("slots at the door at 360")
	p.click(row(walkIn) + " [data-door-more]")
	p.until(stands(walkIn, "当日の方 1/2組") + " && " + allSent)
	if got := d.seated(walkIn); got != 1 {
		t.Errorf("%d sit there, want 1", got)
	}
	p.click(row(walkIn) + " [data-door-less]")
	p.until(stands(walkIn, "空き（当日受付） 0/2組") + " && " + allSent)
	if got := d.seated(walkIn); got != 0 {
		t.Errorf("%d sit there after taking back", got)
	}

	p.network(true)
	p.until(`!document.querySelector("[data-door-offline]").hidden`)
	p.click(row(walkIn) + " [data-door-more]")
	p.click(row(walkIn) + " [data-door-more]")
	p.until(stands(walkIn, "当日の方 2/2組") + ` && document.querySelector("[data-door-state]").textContent.includes("1件")`)
	p.until(fmt.Sprintf(`document.activeElement === document.querySelector('%s [data-door-less]')`, row(walkIn)))
	if got := d.seated(walkIn); got != 0 {
		t.Errorf("%d sit there while the phone is cut off", got)
	}
	p.network(false)
	p.until(allSent + " && " + stands(walkIn, "当日の方 2/2組"))
	if got := d.seated(walkIn); got != 2 {
		t.Errorf("sent late: %d sit there, want 2", got)
	}
	// Staff kept fewer places meanwhile: a mark that no longer fits is told, and what the server
	// knows stands.
	if _, err := pool.Exec(
		t.Context(),
		"update slot set at_door = 0, parties = 1 where quota_id = $1",
		walkIn,
	); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "update slot set walk_in = false where quota_id = $1", walkIn); err != nil {
		t.Fatal(err)
	}
	p.click(row(walkIn) + " [data-door-less]")
	p.said("当日受付の枠だけです")
	p.until(stands(walkIn, "空き（予約の枠）") + " && " + allSent)
	if kept := p.kept(); strings.Contains(kept, ":slot:") {
		t.Errorf("the phone keeps %s", kept)
	}
}
