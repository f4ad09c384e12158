package event_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// town is a place to test in: three municipalities, a partner group, their staff and a clock that
// stands still.
type town struct {
	*testing.T
	ctx    context.Context
	bundle *testkit.Bundle
	db     *postgres.DB
	events *event.Service
	search *search.Service
	clock  *clock.Fake
	by     map[string]staff.Author
}

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, clock.Tokyo) // a Sunday

func setup(t *testing.T) *town {
	t.Helper()
	w := &town{
		T:      t,
		ctx:    t.Context(),
		bundle: testkit.Database(t),
		clock:  clock.NewFake(noon),
		by:     map[string]staff.Author{},
	}
	pool := w.bundle.Pool(t)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := pool.Exec(w.ctx, sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`insert into organization (kind, slug, code, name, position) values
		('municipality', 'kiyose', '132217', '清瀬市', 1), ('municipality', 'bunkyo', '131059', '文京区', 2),
		  ('municipality', 'toshima', '131164', '豊島区', 3)`)
	exec(
		`insert into organization (kind, slug, name, registered_by, position)
			select 'partner_group', 'rakunokai', '楽の会リーラ', id, 4 from organization where slug = 'toshima'`,
	)
	exec(`insert into partnership (slug, name) values ('ux', '広域連携')`)
	exec(
		`insert into partnership_member select p.id, o.id, o.position from partnership p, organization o
			where o.slug in ('kiyose', 'bunkyo')`,
	)
	exec(
		`insert into staff (organization_id, email, password_hash, role)
			select id, 'staff@' || slug || '.example', 'x', 'admin' from organization`,
	)
	rows, err := pool.Query(
		w.ctx,
		`select o.slug, o.id, s.id from organization o join staff s on s.organization_id = o.id`,
	)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var slug string
		var org, member uuid.UUID
		if err := rows.Scan(&slug, &org, &member); err != nil {
			t.Fatal(err)
		}
		w.by[slug] = staff.Author{Organization: org, Actor: postgres.StaffActor(member)}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	db := testkit.Open(t, postgres.Options{URL: w.bundle.LoginURL, Public: 4, Staff: 4, Clock: w.clock})
	w.db = db
	directory := organization.NewDirectory(db)
	w.events = event.NewService(db, directory, nil)
	w.search = search.NewService(db, directory)
	return w
}

// day gives noon plus days at hh:mm in Tokyo.
func day(days, hour, minute int) time.Time { return clock.DateOf(noon).AddDays(days).At(hour, minute) }

// gathering is a plain event on some days.
func gathering(title string, days ...int) event.Input {
	in := event.Input{Kind: "joshikai", Title: title, AudienceTags: []event.AudienceTag{"women"}}
	for _, d := range days {
		in.Occurrences = append(in.Occurrences, event.OccurrenceInput{
			StartsAt: day(
				d,
				14,
				0,
			),
			EndsAt: day(d, 16, 0),
			Place:  event.Place{Kind: event.InPerson, Name: "市民センター", AreaCode: "132217"},
			Parts: []event.PartInput{
				{
					Reservation: event.Seat,
					Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 10, MaxSeats: 3}},
				},
			},
		})
	}
	return in
}

// drawn is a part of gathering's date that is drawn by lot a week before.
func drawn(days int) event.PartInput {
	closes := day(days-7, 18, 0)
	return event.PartInput{
		Reservation: event.Lottery,
		ClosesAt:    &closes,
		Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 10, MaxSeats: 3}},
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// create makes an event and publishes it.
func (w *town) publish(slug string, in event.Input) event.Event {
	w.Helper()
	e := must[event.Event](w.T)(w.events.Create(w.ctx, w.by[slug], in))
	return must[event.Event](w.T)(w.events.Publish(w.ctx, w.by[slug], e.ID))
}

func (w *town) titles(f search.Filter) []string {
	w.Helper()
	var titles []string
	for {
		page := must[search.Page](w.T)(w.search.List(w.ctx, f))
		for _, item := range page.Items {
			titles = append(titles, item.Event.Title)
		}
		if page.Next == nil {
			return titles
		}
		f.After = *page.Next
	}
}
