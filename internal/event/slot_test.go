package event_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Whatever the plan, its slots follow each other with the pause, none reaches over the end, one
// more would, and walk-ins are as many as asked, spread evenly.
func TestPlansLayOutWhatFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := event.SlotPlan{
			From: day(
				0,
				rapid.IntRange(0, 23).Draw(t, "hour"),
				rapid.IntRange(0, 59).Draw(t, "minute"),
			),
			Minutes: rapid.IntRange(5, 720).Draw(t, "minutes"),
			Pause:   rapid.IntRange(0, 240).Draw(t, "pause"),
			WalkIns: rapid.IntRange(0, 30).Draw(t, "walk-ins"),
		}
		p.To = p.From.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "length")) * time.Minute)
		length, pause := time.Duration(p.Minutes)*time.Minute, time.Duration(p.Pause)*time.Minute
		times := p.Times()
		next, walkIns, run := p.From, 0, 0
		var runs []int // bookable slots between one kept for walk-ins and the next
		for _, s := range times {
			if !s.StartsAt.Equal(next) || s.EndsAt.Sub(s.StartsAt) != length || s.EndsAt.After(p.To) {
				t.Fatalf("%+v in %v", s, times)
			}
			next = s.EndsAt.Add(pause)
			if run++; s.WalkIn {
				walkIns++
				runs = append(runs, run)
				run = 0
			}
		}
		if !next.Add(length).After(p.To) {
			t.Fatalf("one more fits after %v", times)
		}
		if walkIns != min(p.WalkIns, len(times)) {
			t.Fatalf("%d of %d kept for walk-ins, asked for %d", walkIns, len(times), p.WalkIns)
		}
		if len(runs) > 0 && slices.Max(runs)-slices.Min(runs) > 1 {
			t.Fatalf("spread unevenly: %v", runs)
		}
	})
}

// desks is a published event tomorrow with a consultation of three tables, 13:00 to 17:00, beside a
// talk without reservation and one with seats.
func (w *town) desks() (e event.Event, at event.Part) {
	w.Helper()
	in := gathering("相談会", 1)
	o := &in.Occurrences[0]
	o.StartsAt, o.EndsAt = day(1, 13, 0), day(1, 17, 0)
	o.Parts = append(o.Parts, event.PartInput{Name: "講演", Reservation: event.NoReservation}, event.PartInput{
		Name:        "個別の相談",
		Reservation: event.Slot,
		Booths: []event.BoothInput{
			{Organization: "kiyose"},
			{Organization: "bunkyo", Offers: "くらし"},
			{Name: "弁護士"},
		},
	})
	e = w.publish("kiyose", in)
	return e, e.Occurrences[0].Parts[2]
}

func booths(p event.Part, numbers ...int) (ids []uuid.UUID) {
	for _, n := range numbers {
		ids = append(ids, p.Booths[n].ID)
	}
	return ids
}

func (w *town) layOut(e event.Event, at event.Part, plan event.SlotPlan) ([]event.BoothSlot, error) {
	if plan.From.IsZero() {
		plan.From, plan.To = day(1, 13, 0), day(1, 15, 0)
	}
	if plan.Minutes == 0 {
		plan.Minutes, plan.Pause = 30, 10
	}
	return w.events.LayOutSlots(w.ctx, w.by["kiyose"], e.ID, e.Occurrences[0].ID, at.ID, plan)
}

// book has somebody take a slot.
func (w *town) book(e event.Event, slot event.BoothSlot) {
	w.Helper()
	var outcome string
	err := w.bundle.Pool(
		w.T,
	).QueryRow(
		w.ctx,
		`select outcome from set_config('app.now', $3::text, false), ticket_take_slots($1, array[$2::uuid],
			gen_random_uuid(), sha256('a'), null)`,
		e.ID,
		slot.ID,
		noon.Format(time.RFC3339),
	).Scan(
		&outcome,
	)
	if err != nil || outcome != "granted" {
		w.Fatalf("book a slot: %s, %v", outcome, err)
	}
}

func TestSlotsAreLaidOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, at := w.desks()
	before := e.Occurrences[0].Sequence
	if got := at.Registration(&e.Occurrences[0], noon); got != event.RegistrationNotYet {
		t.Errorf("before anything is laid out: %s", got)
	}
	slots, err := w.layOut(e, at, event.SlotPlan{Booths: booths(at, 0, 1), WalkIns: 1, Parties: 2})
	if err != nil || len(slots) != 6 {
		t.Fatalf("%d slots, %v", len(slots), err)
	}
	for _, s := range slots {
		if s.WalkIn != s.StartsAt.Equal(day(1, 14, 20)) || s.Parties != 2 || len(s.Booths) != 1 || !s.Accepting ||
			s.Band() != event.BandAvailable {
			t.Errorf("slot %+v", s)
		}
	}
	// Bunkyo and the lawyer sit together from 15:00 on: both are occupied.
	later := event.SlotPlan{
		Booths:   booths(at, 1, 2),
		Together: true,
		From:     day(1, 15, 0),
		To:       day(1, 15, 50),
		Minutes:  50,
	}
	if slots, err = w.layOut(
		e,
		at,
		later,
	); err != nil || len(slots) != 7 ||
		!slices.Equal(slots[6].Booths, booths(at, 1, 2)) {
		t.Fatalf("%d slots, %v", len(slots), err)
	}
	e = must[event.Event](t)(w.events.Published(w.ctx, e.ID))
	// A plan moves SEQUENCE once, however many slots it makes; the part's rule, which came with the
	// first, stands in no calendar [I11].
	if o := e.Occurrences[0]; o.Sequence != before+2 || o.Parts[2].Slots.Free != 5 || o.Parts[2].Slots.WalkIns != 2 ||
		len(o.Parts[2].Quotas) != 0 {
		t.Errorf("sequence %d after %d, %+v, %+v", o.Sequence, before, o.Parts[2].Slots, o.Parts[2].Quotas)
	}
	for what, tt := range map[string]struct {
		plan event.SlotPlan
		want error
	}{
		"taken": {event.SlotPlan{Booths: booths(at, 2, 0)}, event.ErrSlotOverlaps},
		"in a joint slot": {
			event.SlotPlan{Booths: booths(at, 2), From: day(1, 15, 30), To: day(1, 16, 0)},
			event.ErrSlotOverlaps,
		},
		"past the end": {
			event.SlotPlan{Booths: booths(at, 0), From: day(1, 16, 45), To: day(1, 17, 15)},
			event.ErrSlotOutside,
		},
		"nothing fits": {
			event.SlotPlan{Booths: booths(at, 0), From: day(1, 16, 0), To: day(1, 16, 20)},
			event.ErrInvalid,
		},
		"no booth":        {event.SlotPlan{}, event.ErrInvalid},
		"a foreign booth": {event.SlotPlan{Booths: []uuid.UUID{uuid.New()}}, event.ErrInvalid},
		"a booth twice":   {event.SlotPlan{Booths: booths(at, 0, 0)}, event.ErrInvalid},
		"inverted": {
			event.SlotPlan{Booths: booths(at, 0), From: day(1, 15, 0), To: day(1, 14, 0)},
			event.ErrInvalid,
		},
		"too many": {
			event.SlotPlan{Booths: booths(at, 0), From: day(1, 13, 0), To: day(30, 13, 0), Minutes: 5},
			event.ErrInvalid,
		},
		"more walk-ins": {
			event.SlotPlan{Booths: booths(at, 0), From: day(1, 16, 0), To: day(1, 16, 40), WalkIns: 2},
			event.ErrInvalid,
		},
		"a hundred parties": {event.SlotPlan{Booths: booths(at, 0), Parties: 100}, event.ErrInvalid},
	} {
		if _, err := w.layOut(e, at, tt.plan); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", what, err, tt.want)
		}
	}
	if _, err := w.layOut(
		e,
		e.Occurrences[0].Parts[0],
		event.SlotPlan{Booths: booths(at, 0)},
	); !errors.Is(
		err,
		event.ErrWithoutSlots,
	) {
		t.Errorf("a part with seats: %v", err)
	}
	if _, err := w.layOut(
		e,
		event.Part{ID: uuid.New()},
		event.SlotPlan{Booths: booths(at, 0)},
	); !errors.Is(
		err,
		event.ErrPartUnknown,
	) {
		t.Errorf("no part: %v", err)
	}
	if _, err := w.events.LayOutSlots(
		w.ctx,
		w.by["bunkyo"],
		e.ID,
		e.Occurrences[0].ID,
		at.ID,
		event.SlotPlan{Booths: booths(at, 0), From: day(1, 16, 0), To: day(1, 17, 0), Minutes: 30},
	); !errors.Is(
		err,
		event.ErrNotOwner,
	) {
		t.Errorf("a neighbour: %v", err)
	}
	// Anew, shorter.
	if slots, err = w.layOut(
		e,
		at,
		event.SlotPlan{Booths: booths(at, 0, 1), Minutes: 20, Pause: 5, Replace: true},
	); err != nil ||
		len(slots) != 11 {
		t.Errorf("anew: %d slots, %v", len(slots), err)
	}
}

func TestSlotsAreChanged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, at := w.desks()
	slots, err := w.layOut(e, at, event.SlotPlan{Booths: booths(at, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	yes, no, three, zero := true, false, 3, 0
	change := func(slot uuid.UUID, c event.SlotChange) (event.BoothSlot, error) {
		return w.events.ChangeSlot(w.ctx, w.by["kiyose"], e.ID, slot, c)
	}
	p := &at
	if s, err := change(
		slots[0].ID,
		event.SlotChange{Closed: &yes},
	); err != nil ||
		s.State(p, noon) != event.SlotClosed {
		t.Errorf("close: %+v, %v", s, err)
	}
	if s, err := change(slots[0].ID, event.SlotChange{Closed: &no}); err != nil || s.State(p, noon) != event.SlotOpen {
		t.Errorf("open: %+v, %v", s, err)
	}
	if s, err := change(
		slots[0].ID,
		event.SlotChange{WalkIn: &yes, Parties: &three},
	); err != nil || s.State(p, noon) != event.SlotWalkIn ||
		s.Parties != 3 {
		t.Errorf("keep for walk-ins: %+v, %v", s, err)
	}
	if _, err := change(slots[0].ID, event.SlotChange{Parties: &zero}); !errors.Is(err, event.ErrInvalid) {
		t.Errorf("for nobody: %v", err)
	}
	if _, err := change(uuid.New(), event.SlotChange{Closed: &yes}); !errors.Is(err, event.ErrSlotUnknown) {
		t.Errorf("unknown: %v", err)
	}
	// Somebody holds the second.
	w.book(e, slots[1])
	if _, err := change(slots[1].ID, event.SlotChange{WalkIn: &yes}); !errors.Is(err, event.ErrBelowTaken) {
		t.Errorf("a booked slot becomes one for walk-ins: %v", err)
	}
	if err := w.events.DeleteSlot(w.ctx, w.by["kiyose"], e.ID, slots[1].ID); !errors.Is(err, event.ErrTicketsHeld) {
		t.Errorf("a booked slot goes: %v", err)
	}
	if _, err := w.layOut(
		e,
		at,
		event.SlotPlan{Booths: booths(at, 0, 1), Replace: true},
	); !errors.Is(
		err,
		event.ErrTicketsHeld,
	) {
		t.Errorf("a booked slot is replaced: %v", err)
	}
	if err := w.events.DeleteSlot(w.ctx, w.by["kiyose"], e.ID, slots[2].ID); err != nil {
		t.Errorf("a free slot: %v", err)
	}
	if err := w.events.DeleteSlot(w.ctx, w.by["kiyose"], e.ID, slots[2].ID); !errors.Is(err, event.ErrSlotUnknown) {
		t.Errorf("once more: %v", err)
	}
	if _, err := w.events.SetSlotRule(
		w.ctx,
		w.by["kiyose"],
		e.ID,
		e.Occurrences[0].ID,
		at.ID,
		event.SlotRule{MaxSlots: 11},
	); !errors.Is(
		err,
		event.ErrInvalid,
	) {
		t.Errorf("eleven slots a ticket: %v", err)
	}
	found := must[[]event.BoothSlot](t)(w.events.Slots(w.ctx, e.ID))
	for _, s := range found {
		if s.ID == slots[1].ID && (s.Band() != event.BandFull || s.State(p, noon) != event.SlotFull) {
			t.Errorf("booked: %+v", s)
		}
	}
}

// Tables keep their slots when parts are written anew, and can't go while they have any; a moved
// date takes slots and holders along.
func TestSlotsFollowTheirTablesAndDate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, at := w.desks()
	slots, err := w.layOut(e, at, event.SlotPlan{Booths: booths(at, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	w.book(e, slots[0])
	o := e.Occurrences[0]
	rewrite := func(change func(p *event.PartInput)) (event.Event, error) {
		parts := o.PartInputs()
		change(&parts[2])
		return w.events.ChangeOccurrence(w.ctx, w.by["kiyose"], e.ID, o.ID, event.OccurrenceChange{Parts: &parts})
	}
	after, err := rewrite(func(p *event.PartInput) {
		p.Booths = []event.BoothInput{
			{Name: "保健師"},
			{Organization: "bunkyo", Offers: "家計"},
			{Organization: "kiyose"},
		} // the lawyer goes, ids are not told
	})
	if err != nil {
		t.Fatal(err)
	}
	tables := after.Occurrences[0].Parts[2].Booths
	if tables[1].ID != at.Booths[1].ID || tables[2].ID != at.Booths[0].ID || tables[1].Offers != "家計" ||
		tables[0].Name != "保健師" {
		t.Errorf("tables %+v", tables)
	}
	if _, err := rewrite(
		func(p *event.PartInput) { p.Booths = p.Booths[:1] },
	); !errors.Is(
		err,
		event.ErrBoothHasSlots,
	) {
		t.Errorf("a table with slots goes: %v", err)
	}
	narrow := day(1, 13, 30)
	if _, err := rewrite(func(p *event.PartInput) { p.StartsAt, p.Booths = &narrow, nil }); err == nil {
		t.Error("a part leaves its slots behind")
	}
	if _, err := rewrite(func(p *event.PartInput) {
		p.StartsAt, p.Booths = &narrow, []event.BoothInput{{Organization: "bunkyo"}, {Organization: "kiyose"}}
	}); !errors.Is(err, event.ErrSlotOutside) {
		t.Errorf("a part that starts after its slots: %v", err)
	}
	// Forty minutes later each slot stands where the next one stood.
	starts := o.StartsAt.Add(40 * time.Minute)
	if _, err := w.events.ChangeOccurrence(
		w.ctx,
		w.by["kiyose"],
		e.ID,
		o.ID,
		event.OccurrenceChange{StartsAt: &starts},
	); err != nil {
		t.Fatal(err)
	}
	moved := must[[]event.BoothSlot](t)(w.events.Slots(w.ctx, e.ID))
	if len(moved) != 6 || !moved[0].StartsAt.Equal(starts) {
		t.Errorf("moved: %+v", moved)
	}
	var late int
	if err := w.bundle.Pool(
		t,
	).QueryRow(
		w.ctx,
		`select count(*) from slot s join slot_booth b on b.slot_id = s.quota_id
			left join ticket_slot h on h.slot_id = s.quota_id
		where lower(b.during) <> s.starts_at or upper(b.during) <> s.ends_at or h.starts_at <> s.starts_at
		  or lower(h.span) <> s.starts_at`,
	).Scan(
		&late,
	); err != nil ||
		late != 0 {
		t.Errorf("%d tables or holders stayed behind, %v", late, err)
	}
}

func TestTwoPlansAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, at := w.desks()
	var group sync.WaitGroup
	var mu sync.Mutex
	done, refused := 0, 0
	for i := range 8 {
		group.Go(func() {
			_, err := w.layOut(e, at, event.SlotPlan{Booths: booths(at, i%3, (i+1)%3), Together: i%2 == 0})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case errors.Is(err, event.ErrSlotOverlaps):
				refused++
			default:
				t.Errorf("LayOutSlots: %v", err)
			}
		})
	}
	group.Wait()
	if done != 1 || refused != 7 {
		t.Errorf("%d plans done, %d refused", done, refused)
	}
}

func TestSittings(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := gathering("講演会", 1)
	first := in.Occurrences[0].Parts[0]
	first.Sitting = "講演会"
	in.Occurrences[0].Parts = []event.PartInput{first, {Reservation: event.NoReservation}, first}
	e := w.publish("kiyose", in)
	o := e.Occurrences[0]
	if a, b, c := o.SittingOf(
		o.Parts[0].ID,
	), o.SittingOf(
		o.Parts[1].ID,
	), o.SittingOf(
		o.Parts[2].ID,
	); a.Number != 1 || a.Of != 2 || b != nil || c.Number != 2 ||
		c.Name != "講演会" {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
}
