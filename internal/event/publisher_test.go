package event_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// member gives another member of a town, with a role.
func (w *town) member(slug string, role staff.Role) staff.Author {
	w.Helper()
	of := w.by[slug].Organization
	return staff.Author{
		Organization: of,
		Actor:        postgres.StaffActor(testkit.NewStaff(w.T, w.bundle.Pool(w.T), of, string(role))),
	}
}

func monthly() event.SeriesInput {
	return event.SeriesInput{
		Rule:       "FREQ=MONTHLY;BYDAY=3SA,4SA",
		RuleText:   "毎月第3・第4土曜日のどちらか",
		Choose:     event.ChooseOne,
		FirstMonth: "2026-12",
		Template: event.Template{
			StartsTime: "14:00",
			EndsTime:   "16:00",
			Place:      event.Place{Kind: event.InPerson, Name: "市民センター"},
		},
	}
}

// [S5] Every way of changing an event, tried by an editor: as a draft it is the editor's, once
// published it is a publisher's.
func TestWhatIsPublishedIsChangedByAPublisher(t *testing.T) {
	t.Parallel()
	k := setupRooms(t)
	editor, publisher := k.member("kiyose", staff.Editor), k.member("kiyose", staff.Publisher)
	free := k.booked(k.own.B, 20)
	in := in(k.booked(k.own.A, 20).ID, 20)
	in.Occurrences = append(in.Occurrences, gathering("", 27).Occurrences...)
	in.Occurrences[1].Parts = []event.PartInput{{Reservation: event.Slot, Booths: []event.BoothInput{{Name: "相談室"}}}}
	e := must[event.Event](t)(k.events.Create(k.ctx, editor, in))
	e = must[event.Event](t)(k.events.CreateSeries(k.ctx, editor, e.ID, monthly()))
	roomy, plain := e.Occurrences[0], e.Occurrences[1]
	desks := plain.Parts[0]
	plan := event.SlotPlan{Booths: []uuid.UUID{desks.Booths[0].ID}, From: plain.StartsAt, To: plain.EndsAt, Minutes: 30}
	slots := must[[]event.BoothSlot](t)(k.events.LayOutSlots(k.ctx, editor, e.ID, plain.ID, desks.ID, plan))
	title, website, note, partners := "べつの会", "https://example.jp/", "室内履きをお持ちください。", event.Partners
	parts := roomy.PartInputs()
	parts[0].Quotas[0].Capacity = 99
	online := plain.PartInputs()
	online[0].JoiningLink = &event.JoiningLinkInput{URL: "https://meet.example/x"}
	closed := true
	starts, ends, soon := day(20, 14, 0), day(20, 15, 0), day(20, 15, 30)
	from, to := day(20, 13, 30), day(20, 17, 30)
	type act struct {
		what string
		do   func(by staff.Author) error
	}
	acts := []act{ // in an order in which all of them work
		{"title", func(by staff.Author) error {
			return drop(k.events.Change(k.ctx, by, e.ID, event.Change{Title: &title}))
		}},
		{"the same title", func(by staff.Author) error {
			return drop(k.events.Change(k.ctx, by, e.ID, event.Change{Title: &e.Title}))
		}},
		{"website", func(by staff.Author) error {
			return drop(k.events.Change(k.ctx, by, e.ID, event.Change{Website: &website}))
		}},
		{"visibility", func(by staff.Author) error {
			return drop(k.events.Change(k.ctx, by, e.ID, event.Change{Visibility: &partners}))
		}},
		{"organisers", func(by staff.Author) error {
			return drop(
				k.events.Change(
					k.ctx,
					by,
					e.ID,
					event.Change{Organisers: &[]event.OrganiserInput{{Organization: "bunkyo", Role: event.CoHost}}},
				),
			)
		}},
		{"add date", func(by staff.Author) error {
			return drop(k.events.AddOccurrence(k.ctx, by, e.ID, gathering("", 30).Occurrences[0]))
		}},
		{"capacity", func(by staff.Author) error {
			return drop(k.events.ChangeOccurrence(k.ctx, by, e.ID, roomy.ID, event.OccurrenceChange{Parts: &parts}))
		}},
		{"move date", func(by staff.Author) error {
			return drop(
				k.events.ChangeOccurrence(
					k.ctx,
					by,
					e.ID,
					roomy.ID,
					event.OccurrenceChange{StartsAt: &starts, EndsAt: &ends},
				),
			)
		}},
		{"note of a date", func(by staff.Author) error {
			return drop(k.events.ChangeOccurrence(k.ctx, by, e.ID, plain.ID, event.OccurrenceChange{Note: &note}))
		}},
		{"joining link", func(by staff.Author) error {
			return drop(k.events.ChangeOccurrence(k.ctx, by, e.ID, plain.ID, event.OccurrenceChange{Parts: &online}))
		}},
		{
			"room",
			func(by staff.Author) error { return drop(k.events.SetRoom(k.ctx, by, e.ID, roomy.ID, nil, &free.ID)) },
		},
		{"relocate", func(by staff.Author) error {
			return drop(
				k.events.Relocate(k.ctx, by, e.ID, roomy.ID, event.Relocation{StartsAt: &starts, EndsAt: &soon}),
			)
		}},
		{"booking with its date", func(by staff.Author) error {
			return drop(
				k.events.MoveBooking(k.ctx, by, k.staff(e).Booking.ID, booking.Move{StartsAt: &from, EndsAt: &to}),
			)
		}},
		{"give up the booking", func(by staff.Author) error {
			return drop(
				k.bookings.Cancel(
					k.ctx,
					by,
					k.staff(e).Booking.ID,
					"",
				),
			)
		}},
		{"slot", func(by staff.Author) error {
			return drop(k.events.ChangeSlot(k.ctx, by, e.ID, slots[0].ID, event.SlotChange{Closed: &closed}))
		}},
		{"delete slot", func(by staff.Author) error { return k.events.DeleteSlot(k.ctx, by, e.ID, slots[1].ID) }},
		{"slots", func(by staff.Author) error {
			plan.Replace = true
			return drop(k.events.LayOutSlots(k.ctx, by, e.ID, plain.ID, desks.ID, plan))
		}},
		{"slot rule", func(by staff.Author) error {
			return drop(k.events.SetSlotRule(k.ctx, by, e.ID, plain.ID, desks.ID, event.SlotRule{MaxSlots: 2}))
		}},
		{
			"series",
			func(by staff.Author) error { return drop(k.events.ChangeSeries(k.ctx, by, e.Series.ID, monthly())) },
		},
		{"month", func(by staff.Author) error {
			return drop(
				k.events.DecideMonth(
					k.ctx,
					by,
					e.Series.ID,
					clock.NewDate(2026, 12, 1),
					event.MonthChoice{Dates: []clock.Date{clock.NewDate(2026, 12, 19)}},
				),
			)
		}},
		{
			"postpone date",
			func(by staff.Author) error { return drop(k.events.PostponeOccurrence(k.ctx, by, e.ID, plain.ID, "")) },
		},
		{
			"cancel date",
			func(by staff.Author) error { return drop(k.events.CancelOccurrence(k.ctx, by, e.ID, plain.ID, "")) },
		},
		{"postpone", func(by staff.Author) error { return drop(k.events.Postpone(k.ctx, by, e.ID, "")) }},
		{"cancel", func(by staff.Author) error { return drop(k.events.Cancel(k.ctx, by, e.ID, "")) }},
	}
	k.want("an editor publishes", drop(k.events.Publish(k.ctx, editor, e.ID)), event.ErrPublisherOnly)
	must[event.Event](t)(k.events.Submit(k.ctx, editor, e.ID))
	must[event.Event](t)(k.events.Change(k.ctx, editor, e.ID, event.Change{Website: &website}))
	must[event.Event](t)(k.events.Publish(k.ctx, publisher, e.ID))
	before := k.fingerprint(e.ID)
	for _, a := range acts {
		if err := a.do(editor); !errors.Is(err, event.ErrPublisherOnly) {
			t.Errorf("%s by an editor: %v", a.what, err)
		}
	}
	if after := k.fingerprint(e.ID); after != before {
		t.Errorf("an editor changed what is published:\n%s\n%s", before, after)
	}
	// A copy is a draft, and so an editor's.
	must[event.Event](t)(k.events.Copy(k.ctx, editor, e.ID, 7))
	for _, a := range acts { // and the acts themselves are good
		if err := a.do(publisher); err != nil {
			t.Errorf("%s by a publisher: %v", a.what, err)
		}
	}
	k.want(
		"a cancelled event",
		drop(k.events.Change(k.ctx, editor, e.ID, event.Change{Title: &title})),
		event.ErrPublisherOnly,
	)
}

func drop[T any](_ T, err error) error { return err }

// fingerprint is everything of an event that a change could touch.
func (w *town) fingerprint(id uuid.UUID) (f string) {
	w.Helper()
	err := w.bundle.Pool(w.T).QueryRow(w.ctx, `select md5(string_agg(x, '|' order by x)) from (
		select e::text x from event e where id = $1 union all select o::text from event_organiser o
		  where event_id = $1 union all select o::text from occurrence o where event_id = $1
		union all select p::text from part p where event_id = $1 union all select q::text from quota_counter q
		  where event_id = $1 union all select s::text from slot s where event_id = $1
		union all select s::text from series s where event_id = $1 union all select r::text from event_room r
		  where event_id = $1) all_rows`,
		id,
	).Scan(&f)
	if err != nil {
		w.Fatal(err)
	}
	return f
}

// [S5] The database keeps it by itself, whatever the program asks, and holds the same roles to be
// publishers as the permission table does.
func TestTheDatabaseKeepsWhatIsPublished(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish("kiyose", gathering("女子会", 10))
	for _, role := range []staff.Role{staff.Editor, staff.Publisher, staff.Admin} {
		by := w.member("kiyose", role)
		for _, sql := range []string{
			"update event set title = 'x' || length(title) where id = $1",
			"update event set published_at = null, status = 'draft' where id = $1",
			"update occurrence set note = note || 'x' where event_id = $1",
			"update part set name = name || 'x' where event_id = $1",
			"update quota_counter set capacity = capacity + 1 where event_id = $1",
			"insert into event_organiser (organization_id, event_id, organiser_id, role) select app_organization(), " +
				"$1, o.id, 'co_host' from organization o where o.slug = 'toshima'",
			"delete from event_organiser where event_id = $1 and approval = 'pending'",
			"delete from event where id = $1",
		} {
			undone := errors.New("undone")
			err := w.db.InOrganization(w.ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
				if _, err := tx.Pgx.Exec(w.ctx, sql, e.ID); err != nil {
					return err
				}
				return undone
			})
			switch refused := errors.Is(err, event.ErrPublisherOnly); {
			case refused == role.May(staff.EventsPublish) && sql[:6] != "delete":
				t.Errorf("%s as %s: %v", sql, role, err)
			case !refused && !errors.Is(err, undone):
				t.Errorf("%s as %s: %v", sql, role, err)
			}
		}
	}
	// Nobody known is no publisher, nor is one who was shut out.
	disabled := w.member("kiyose", staff.Admin)
	if _, err := w.bundle.Pool(
		t,
	).Exec(
		w.ctx,
		"update staff set disabled_at = now() where id = $1",
		disabled.Actor.ID,
	); err != nil {
		t.Fatal(err)
	}
	title := "べつの会"
	for what, actor := range map[string]postgres.Actor{
		"unknown": postgres.StaffActor(uuid.New()), "another town's": w.by["bunkyo"].Actor, "shut out": disabled.Actor,
	} {
		_, err := w.events.Change(
			w.ctx,
			staff.Author{Organization: w.by["kiyose"].Organization, Actor: actor},
			e.ID,
			event.Change{Title: &title},
		)
		if !errors.Is(err, event.ErrPublisherOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
