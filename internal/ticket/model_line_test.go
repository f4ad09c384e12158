package ticket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// eventModel is what two dates of an event, with their line, ought to be: a plain list of tickets,
// looked through from the front.
type eventModel struct {
	now     time.Time
	dates   []*modelDate
	tickets []*heldTicket
	seen    map[string]int // how often what happened
}

type modelDate struct {
	event            testkit.Event
	capacity, taken  int
	accepting        bool
	startsAt, served time.Time // served: until when the line is
}

type heldTicket struct {
	code    secret.Ticket
	mac     []byte
	status  Status
	seats   int
	date    *modelDate
	wishes  []*modelDate
	contact bool
	until   time.Time // of an offer
}

// untilByDay is the rule for offers, told another way than the database tells it: the first full
// hour by day that is a day of waking on, but no later than the line is served; zero when less than
// two hours by day are left.
func untilByDay(made, served time.Time) time.Time {
	byDay := func(at time.Time) bool {
		day := clock.DateOf(at)
		return at.After(day.At(7, 0)) && !at.After(day.At(22, 0))
	}
	begins := made
	if day := clock.DateOf(made); made.Before(day.At(7, 0)) {
		begins = day.At(7, 0)
	} else if !made.Before(day.At(22, 0)) {
		begins = day.AddDays(1).At(7, 0)
	}
	until := begins.Add(24 * time.Hour)
	for !until.Equal(until.Truncate(time.Hour)) || !byDay(until) {
		until = until.Truncate(time.Hour).Add(time.Hour)
	}
	if served.Before(until) {
		until = served
		for !byDay(until) {
			until = until.Add(-time.Minute).Truncate(time.Minute)
		}
	}
	if until.Before(begins.Add(2 * time.Hour)) {
		return time.Time{}
	}
	return until
}

func (m *eventModel) room(d *modelDate) int { return d.capacity - d.taken }

// serve gives what room there is to the line.
func (m *eventModel) serve(d *modelDate) {
	for _, t := range m.tickets {
		if t.status != Waiting || !slices.Contains(t.wishes, d) || t.seats > m.room(d) || !d.accepting ||
			!m.now.Before(d.served) {
			continue
		}
		t.status, t.date, t.wishes = Confirmed, d, nil
		if until := untilByDay(m.now, d.served); t.contact && !until.IsZero() {
			t.status, t.until = Offered, until
			m.seen["offered"]++
		} else {
			m.seen["promoted"]++
		}
		d.taken += t.seats
	}
}

// end takes a ticket to a state that holds nothing.
func (m *eventModel) end(t *heldTicket, status Status) {
	held := t.status.HoldsSeats()
	t.status, t.contact, t.wishes, t.until = status, false, nil, time.Time{}
	if held {
		t.date.taken -= t.seats
		m.serve(t.date)
	}
}

func (m *eventModel) late(t *heldTicket) bool {
	return t.status == Offered && t.date.accepting && (!m.now.Before(t.until) || !m.now.Before(t.date.startsAt))
}

// lapse is the worker's round.
func (m *eventModel) lapse() int {
	n := 0
	for {
		var first *heldTicket
		for _, t := range m.tickets {
			if m.late(t) &&
				(first == nil || t.until.Before(first.until) || t.until.Equal(first.until) && bytes.Compare(
					idOf(t),
					idOf(first),
				) < 0) {
				first = t
			}
		}
		if first == nil {
			break
		}
		d := first.date
		for _, t := range m.tickets { // all of that date in one statement, then the line
			if t.date == d && m.late(t) {
				d.taken -= t.seats
				t.status, t.contact, t.until = Lapsed, false, time.Time{}
				n++
				m.seen["lapsed"]++
			}
		}
		m.serve(d)
	}
	for _, t := range m.tickets {
		if t.status != Waiting {
			continue
		}
		hope := false
		for _, w := range t.wishes {
			hope = hope || m.now.Before(w.served)
		}
		if !hope {
			m.end(t, Lapsed)
			n++
		}
	}
	return n
}

func idOf(t *heldTicket) []byte { id := t.date.event.Quota(); return id[:] }

// take says what becomes of a request, and of the ticket if there is one.
func (m *eventModel) take(d *modelDate, seats int, reach Reach) (*heldTicket, error) {
	switch {
	case !d.accepting:
		return nil, ErrNotAccepting
	case seats > modelMaxSeats:
		return nil, ErrTooManySeats
	case seats <= m.room(d):
		d.taken += seats
		return &heldTicket{status: Confirmed, seats: seats, date: d}, nil
	case reach == NoWait:
		return nil, ErrFull
	case !m.now.Before(d.served):
		return nil, ErrNoList
	}
	t := &heldTicket{status: Waiting, seats: seats, date: d}
	for _, other := range m.dates {
		if (other == d || reach == WaitAnyDate) && other.accepting && m.now.Before(other.served) &&
			other.capacity >= seats {
			t.wishes = append(t.wishes, other)
		}
	}
	if t.wishes == nil {
		return nil, ErrFull
	}
	for _, w := range t.wishes {
		if seats <= m.room(w) {
			w.taken += seats
			return &heldTicket{status: Confirmed, seats: seats, date: w}, nil
		}
	}
	return t, nil
}

// A thousand walks of fifty steps through quotas, line, offers and contacts, each step held against
// the model.
func TestProofQuotasAndTheirLineAgainstTheirModel(t *testing.T) {
	t.Parallel()
	for i := range testkit.Size(1, 10) { // rapid.Check does a hundred runs
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			k := setup(t)
			runs, steps, seen := 0, 0, map[string]int{}
			rapid.Check(t, func(rt *rapid.T) {
				runs++
				k.walk(t, rt, &steps, seen)
			})
			testkit.Figure(t, "%d walks, %d steps in all; %v", runs, steps, seen)
			for _, what := range []string{"promoted", "offered", "accepted", "lapsed"} {
				if seen[what] < 1 {
					t.Errorf("%d times %s in all walks: they don't go there", seen[what], what)
				}
			}
		})
	}
}

type walker struct {
	*kit
	t *testing.T
	m *eventModel
}

func (k *kit) walk(t *testing.T, rt *rapid.T, steps *int, seen map[string]int) {
	start := clock.NewDate(2026, time.December, 7).At(9, 0)
	k.clock.Set(start)
	w := &walker{kit: k, t: t, m: &eventModel{now: start, seen: seen}}
	k.exec(t, "truncate ticket cascade") // the worker's rounds are for all events, those of earlier walks too
	w.stage(rt)
	step := func(do func(rt *rapid.T)) func(*rapid.T) {
		return func(rt *rapid.T) { *steps++; do(rt) }
	}
	// rapid prefers what comes first in the alphabet.
	rt.Repeat(map[string]func(*rapid.T){
		"a wait": step(
			w.wait,
		),
		"b cancel a held one": step(w.cancelHeld),
		"c wait":              step(w.wait),
		"d let time pass":     step(w.time),
		"e lapse":             step(w.lapse),
		"f take":              step(w.takeAny),
		"g accept": step(
			w.accept,
		),
		"h capacity":      step(w.capacity),
		"i contact":       step(w.contact),
		"j cancel":        step(w.cancel),
		"k confirm":       step(w.confirm),
		"l put off or on": step(w.putOff),
		"":                w.compare,
	})
}

// stage makes an event with two dates, twenty and thirty days ahead.
func (w *walker) stage(rt *rapid.T) {
	var id uuid.UUID
	for i, days := range []int{20, 30} {
		at := clock.DateOf(w.m.now).AddDays(days).At(rapid.SampledFrom([]int{8, 14, 23}).Draw(rt, "hour"), 0)
		d := &modelDate{
			capacity:  rapid.IntRange(1, 3).Draw(rt, "capacity"),
			accepting: true,
			startsAt:  at,
			served:    at.Add(-24 * time.Hour),
		}
		d.event = w.event(
			w.t,
			testkit.EventOptions{
				StartsAt: at,
				Parts: []testkit.PartOptions{
					{Quotas: []testkit.QuotaOptions{{Capacity: d.capacity, MaxSeats: modelMaxSeats}}},
				},
			},
		)
		if i == 0 {
			id = d.event.ID
		} else {
			d.event = w.adopt(d.event, id)
		}
		w.m.dates = append(w.m.dates, d)
	}
	w.exec(w.t, "update part set waiting_list = true where event_id = $1", id)
	if a, b := w.m.dates[0].event.Quota(), w.m.dates[1].event.Quota(); bytes.Compare(a[:], b[:]) > 0 {
		// A waiting ticket that two dates could serve at once is given the one with the lesser id,
		// after the one asked for: the model goes by order.
		w.m.dates[0], w.m.dates[1] = w.m.dates[1], w.m.dates[0]
	}
}

// adopt makes the date of one event the second date of another.
func (w *walker) adopt(e testkit.Event, id uuid.UUID) testkit.Event {
	tx, err := w.admin.Begin(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(w.t.Context())) }()
	if _, err := tx.Exec(
		w.t.Context(),
		"set local session_replication_role = replica",
	); err != nil { // its rows move together
		w.t.Fatal(err)
	}
	for _, table := range []string{"occurrence", "part", "quota", "quota_counter"} {
		if _, err := tx.Exec(
			w.t.Context(),
			"update "+table+" set event_id = $2 where event_id = $1",
			e.ID,
			id,
		); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := tx.Exec(w.t.Context(), "delete from event where id = $1", e.ID); err != nil {
		w.t.Fatal(err)
	}
	if err := tx.Commit(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	e.ID = id
	return e
}

func (w *walker) date(rt *rapid.T) *modelDate {
	return w.m.dates[rapid.IntRange(0, 1).Draw(rt, "date")]
}

// pick gives a ticket in one of these states, in any when none is named.
func (w *walker) pick(rt *rapid.T, states ...Status) *heldTicket {
	var fit []*heldTicket
	for _, t := range w.m.tickets {
		if states == nil || slices.Contains(states, t.status) {
			fit = append(fit, t)
		}
	}
	if fit == nil {
		rt.Skip("no such ticket")
	}
	return fit[rapid.IntRange(0, len(fit)-1).Draw(rt, "which")]
}

func (w *walker) takeAny(rt *rapid.T) {
	w.take(
		rt,
		rapid.IntRange(1, modelMaxSeats+1).Draw(rt, "seats"),
		rapid.SampledFrom([]Reach{NoWait, WaitQuota}).Draw(rt, "reach"),
	)
}

// wait asks for few seats, and mostly leaves a contact.
func (w *walker) wait(rt *rapid.T) {
	t := w.take(
		rt,
		rapid.IntRange(1, 2).Draw(rt, "seats"),
		rapid.SampledFrom([]Reach{WaitQuota, WaitAnyPart, WaitAnyDate, WaitAnyDate}).Draw(rt, "reach"),
	)
	if t != nil && rapid.IntRange(0, 2).Draw(rt, "contact") > 0 {
		w.leaveContact(w.t, t.code)
		t.contact = true
	}
}

func (w *walker) take(rt *rapid.T, seats int, reach Reach) *heldTicket {
	d := w.date(rt)
	// The date that was asked for comes first where two could serve at once.
	if d == w.m.dates[1] {
		w.m.dates[0], w.m.dates[1] = w.m.dates[1], w.m.dates[0]
		defer func() { w.m.dates[0], w.m.dates[1] = w.m.dates[1], w.m.dates[0] }()
	}
	want, refusal := w.m.take(d, seats, reach)
	r := Request{EventID: d.event.ID, QuotaID: d.event.Quota(), Seats: seats, Secret: newSecret(w.t), Wait: reach}
	_, got, err := w.service.Take(w.t.Context(), r)
	if !errors.Is(err, refusal) {
		rt.Fatalf("Take of %d, %q: %v, want %v", seats, reach, err, refusal)
	}
	if want == nil {
		return nil
	}
	if got.Status != want.status {
		rt.Fatalf("Take of %d, %q: %s, want %s", seats, reach, got.Status, want.status)
	}
	want.code, want.mac = r.Secret, w.keys.TicketMAC(r.Secret)
	w.m.tickets = append(w.m.tickets, want)
	return want
}

func (w *walker) cancel(rt *rapid.T) { w.cancelOne(rt, w.pick(rt)) }

func (w *walker) cancelHeld(rt *rapid.T) { w.cancelOne(rt, w.pick(rt, Confirmed, Offered)) }

func (w *walker) cancelOne(rt *rapid.T, t *heldTicket) {
	_, err := w.service.Cancel(w.t.Context(), t.code)
	if !t.status.Active() {
		if !errors.Is(err, ErrCancelled) {
			rt.Fatalf("Cancel of a %s one: %v", t.status, err)
		}
		return
	}
	if err != nil {
		rt.Fatalf("Cancel of a %s one: %v", t.status, err)
	}
	w.m.end(t, Cancelled)
}

func (w *walker) confirm(rt *rapid.T) { w.confirmOne(rt, w.pick(rt)) }

func (w *walker) accept(rt *rapid.T) { w.confirmOne(rt, w.pick(rt, Offered)) }

func (w *walker) confirmOne(rt *rapid.T, t *heldTicket) {
	var want error
	switch {
	case w.m.late(t):
		w.m.end(t, Lapsed)
		w.m.seen["late"]++
		want = ErrOfferLapsed
	case t.status == Offered:
		t.status, t.until = Confirmed, time.Time{}
		w.m.seen["accepted"]++
	case t.status == Waiting:
		want = ErrNothingAsked
	case t.status == Lapsed:
		want = ErrOfferLapsed
	case t.status == Cancelled:
		want = ErrCancelled
	}
	if _, err := w.service.Confirm(w.t.Context(), t.code); !errors.Is(err, want) {
		rt.Fatalf("Confirm: %v, want %v", err, want)
	}
}

func (w *walker) contact(rt *rapid.T) {
	t := w.pick(rt)
	if !t.status.Active() {
		rt.Skip("over")
	}
	if t.contact {
		w.takeContactBack(w.t, t.code)
	} else {
		w.leaveContact(w.t, t.code)
	}
	t.contact = !t.contact
}

// staff changes something as staff do, at the time of the walk.
func (w *walker) staff(statement string, args ...any) error {
	return w.db.InOrganization(w.t.Context(), w.org, w.publisher, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(w.t.Context(), statement, args...)
		return err
	})
}

func (w *walker) capacity(rt *rapid.T) {
	d, to := w.date(rt), rapid.IntRange(0, 8).Draw(rt, "to")
	err := w.staff("update quota_counter set capacity = $2 where quota_id = $1", d.event.Quota(), to)
	if to < d.taken {
		if !postgres.Violates(err, "quota_counter_taken_within_capacity") {
			rt.Fatalf("capacity %d below %d taken: %v", to, d.taken, err)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	larger := to > d.capacity
	if d.capacity = to; larger {
		w.m.serve(d)
	}
}

func (w *walker) putOff(rt *rapid.T) {
	d := w.date(rt)
	if d.accepting && rapid.IntRange(0, 3).Draw(rt, "seldom") > 0 {
		rt.Skip("seldom")
	}
	status := "scheduled"
	if d.accepting {
		status = "postponed"
	}
	if err := w.staff("update occurrence set status = $2 where id = $1", d.event.OccurrenceID, status); err != nil {
		rt.Fatal(err)
	}
	d.accepting = !d.accepting
	if !d.accepting {
		return
	}
	w.m.serve(d)
	for _, t := range w.m.tickets { // whoever was asked has time again
		if t.status != Offered || t.date != d {
			continue
		}
		if until := untilByDay(w.m.now, d.served); !until.IsZero() {
			t.until = until
		} else if t.until.Before(d.startsAt) {
			t.until = d.startsAt
		}
	}
}

func (w *walker) time(rt *rapid.T) {
	minutes := rapid.SampledFrom([]int{1600, 1441, 600, 61, 7}).Draw(rt, "minutes")
	next := w.m.now.Add(time.Duration(minutes) * time.Minute)
	for _, d := range w.m.dates {
		if !next.Before(d.startsAt) {
			rt.Skip("the date has begun")
		}
	}
	w.m.now = next
	w.clock.Set(next)
	if rapid.Bool().Draw(rt, "the worker comes round") {
		w.lapse(rt)
	}
}

func (w *walker) lapse(rt *rapid.T) {
	want := w.m.lapse()
	if got, err := LapseWaiting(w.t.Context(), w.db); err != nil || got != want {
		rt.Fatalf("%d lapsed, %v, want %d", got, err, want)
	}
}

// compare holds everything the database has of the event against the model.
func (w *walker) compare(rt *rapid.T) {
	for _, d := range w.m.dates {
		var capacity, taken, rows int
		var accepting bool
		err := w.admin.QueryRow(w.t.Context(), `
			select c.capacity, c.taken, c.accepting, (select coalesce(sum(t.seats), 0) from ticket t
			  where t.quota_id = c.quota_id and t.status in ('confirmed', 'offered'))
			from quota_counter c where c.quota_id = $1`, d.event.Quota()).Scan(&capacity, &taken, &accepting, &rows)
		if err != nil || capacity != d.capacity || taken != d.taken || rows != d.taken || accepting != d.accepting {
			rt.Fatalf(
				"capacity %d, counter %d, tickets %d, accepting %v, %v; want %d, %d, %v",
				capacity,
				taken,
				rows,
				accepting,
				err,
				d.capacity,
				d.taken,
				d.accepting,
			)
		}
	}
	rows, err := w.admin.Query(w.t.Context(), `
		select t.secret_mac, t.status, t.seats, t.quota_id, o.until, (select count(*) from ticket_wish x
		  where x.ticket_id = t.id),
		  exists (select from ticket_contact c where c.ticket_id = t.id)
		from ticket t left join ticket_offer o on o.ticket_id = t.id where t.event_id = $1`, w.m.dates[0].event.ID)
	if err != nil {
		rt.Fatal(err)
	}
	defer rows.Close()
	known := map[string]*heldTicket{}
	for _, t := range w.m.tickets {
		known[string(t.mac)] = t
	}
	n := 0
	for rows.Next() {
		var mac []byte
		var status Status
		var seats, wishes int
		var quota uuid.UUID
		var until *time.Time
		var contact bool
		if err := rows.Scan(&mac, &status, &seats, &quota, &until, &wishes, &contact); err != nil {
			rt.Fatal(err)
		}
		n++
		t := known[string(mac)]
		if t == nil {
			rt.Fatal("a ticket that nobody took")
		}
		if status != t.status || seats != t.seats || quota != t.date.event.Quota() || wishes != len(t.wishes) ||
			contact != t.contact ||
			(until == nil) != t.until.IsZero() ||
			until != nil && !until.Equal(t.until) {
			rt.Fatalf(
				"ticket %s of %d in %s with %d wishes, contact %v, until %v; want %s of %d in %s with %d, %v, %v",
				status,
				seats,
				quota,
				wishes,
				contact,
				until,
				t.status,
				t.seats,
				t.date.event.Quota(),
				len(t.wishes),
				t.contact,
				t.until,
			)
		}
	}
	if err := rows.Err(); err != nil || n != len(w.m.tickets) {
		rt.Fatalf("%d tickets, %v, want %d", n, err, len(w.m.tickets))
	}
}
