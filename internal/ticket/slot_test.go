package ticket

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// desk is an event whose first part has slots.
type desk struct {
	testkit.Event
	slots []uuid.UUID
}

// desk lays out slots of half an hour that begin so many minutes after the start, each at a table
// of its own.
func (k *kit) desk(t testing.TB, minutes ...int) desk {
	t.Helper()
	d := desk{
		Event: k.event(
			t,
			testkit.EventOptions{
				Length: 6 * time.Hour,
				Parts:  []testkit.PartOptions{{Reservation: "slot", Quotas: []testkit.QuotaOptions{}}},
			},
		),
	}
	for _, m := range minutes {
		d.slots = append(d.slots, d.Slot(t, k.admin, d.StartsAt.Add(time.Duration(m)*time.Minute), 30*time.Minute))
	}
	return d
}

func (d desk) ask(slots ...int) Request {
	r := Request{EventID: d.ID, QuotaID: d.slots[slots[0]], Seats: 1}
	for _, s := range slots[1:] {
		r.Slots = append(r.Slots, d.slots[s])
	}
	return r
}

func held(t Ticket) []uuid.UUID {
	var ids []uuid.UUID
	for _, s := range t.Slots() {
		ids = append(ids, s.ID)
	}
	return ids
}

// sound holds counters against rows, whatever happened before.
func (k *kit) sound(t testing.TB) {
	t.Helper()
	for what, query := range map[string]string{
		"counters differ from what tickets hold": `select count(*) from slot s join quota_counter c using (quota_id)
			where c.taken <> (select count(*) from ticket_slot h where h.slot_id = s.quota_id)`,
		"slots are oversold": `select count(*) from slot s where (select count(*) from ticket_slot h
			where h.slot_id = s.quota_id) > s.parties`,
		"pairs of one ticket's slots overlap or lie too " +
			"close": `select count(*) from ticket_slot a join ticket_slot b on a.ticket_id = b.ticket_id
				and a.slot_id < b.slot_id
			where tstzrange(a.starts_at, a.ends_at + interval '5 minutes') && tstzrange(b.starts_at,
			  b.ends_at + interval '5 minutes')
			  and not (a.ends_at + interval '5 minutes' <= b.starts_at
			  or b.ends_at + interval '5 minutes' <= a.starts_at)`,
		"tickets hold slots that they should not, or " +
			"none": `select count(*) from ticket t join slot_rule r on r.quota_id = t.quota_id
			where (t.status = 'confirmed') <> exists (select from ticket_slot h where h.ticket_id = t.id)`,
		"parts count other than their tickets": `select count(*) from slot_rule r join quota_counter c using (quota_id)
			where c.taken <> (select count(*) from ticket t where t.quota_id = r.quota_id and t.status = 'confirmed')`,
	} {
		if n := k.number(t, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

func TestSeveralSlotsOnOneTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0, 35, 120)
	r := d.ask(2, 0, 1)
	r.Secret, r.Nickname = newSecret(t), "すずめ"
	code, got := k.take(t, r)
	if !slices.Equal(held(got), d.slots) || got.Status != Confirmed || got.PartID != d.Parts[0].ID ||
		!got.Slots()[1].StartsAt.Equal(d.StartsAt.Add(35*time.Minute)) {
		t.Fatalf("ticket = %+v", got)
	}
	// The secret is the name of the request: the same again in any order, and nothing else.
	again := d.ask(0, 1, 2)
	again.Secret, again.Nickname = r.Secret, r.Nickname
	if _, same := k.take(t, again); same.ID != got.ID {
		t.Errorf("the same again gave another ticket: %+v", same)
	}
	for what, other := range map[string]Request{"fewer": d.ask(0, 1), "one": d.ask(0), "another name": d.ask(0, 1, 2)} {
		other.Secret = r.Secret
		_, _, err := k.service.Take(t.Context(), other)
		wantError(t, what, err, ErrPayloadDiffers)
	}
	if _, err := k.service.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	if n := k.number(t, "select sum(taken) from quota_counter"); n != 0 {
		t.Errorf("%d places are still taken after the cancellation", n)
	}
	if _, gone := k.take(t, again); gone.Status != Cancelled || len(gone.Slots()) != 0 {
		t.Errorf("asked again after the cancellation: %+v", gone)
	}
	_, err := k.service.Cancel(t.Context(), code)
	wantError(t, "cancelled again", err, ErrCancelled)
	k.sound(t)
}

func TestSlotsAreRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d, other := k.desk(t, 0, 15, 34, 35, 120, 180, 240), k.desk(t, 0)
	second := d.Event
	second.OccurrenceID = k.otherDate(t, &second)
	elsewhere := second.Slot(t, k.admin, d.StartsAt.AddDate(0, 0, 1), 30*time.Minute)
	walkIn, closed := d.Slot(
		t,
		k.admin,
		d.StartsAt.Add(5*time.Hour),
		30*time.Minute,
	), d.Slot(
		t,
		k.admin,
		d.StartsAt.Add(5*time.Hour),
		30*time.Minute,
	)
	k.exec(t, "update slot set walk_in = true where quota_id = $1", walkIn)
	k.exec(t, "update slot set closed = true where quota_id = $1", closed)
	k.take(t, d.ask(4))
	with := func(ids ...uuid.UUID) Request {
		return Request{EventID: d.ID, QuotaID: ids[0], Slots: ids[1:], Seats: 1}
	}
	many := with(d.slots[0])
	for range MostSlots {
		many.Slots = append(many.Slots, uuid.New())
	}
	for what, tt := range map[string]struct {
		r      Request
		want   error
		blamed int
	}{
		"overlap":             {d.ask(0, 1), ErrSlotsOverlap, 2},
		"too close to walk":   {d.ask(0, 2), ErrSlotsOverlap, 2},
		"four of three":       {d.ask(0, 3, 5, 6), ErrTooManySlots, 0},
		"more than one reads": {many, ErrTooManySlots, 0},
		"one of two is full":  {d.ask(0, 4), ErrSlotFull, 1},
		"full alone":          {d.ask(4), ErrSlotFull, 1},
		"another event's":     {with(d.slots[0], other.slots[0]), ErrSlotUnknown, 1},
		"made up":             {with(d.slots[0], uuid.New()), ErrSlotUnknown, 1},
		"made up alone":       {with(uuid.New()), ErrQuotaUnknown, 0},
		"two dates":           {with(d.slots[0], elsewhere), ErrSlotsTwoDates, 0},
		"kept for walk-ins":   {with(walkIn), ErrSlotWalkIn, 1},
		"closed":              {with(d.slots[0], closed), ErrSlotClosed, 1},
		"for two":             {Request{EventID: d.ID, QuotaID: d.slots[0], Seats: 2}, ErrTooManySeats, 1},
		"full, willing to wait": {
			Request{EventID: d.ID, QuotaID: d.slots[4], Seats: 1, Wait: WaitQuota},
			ErrSlotFull,
			1,
		},
	} {
		_, _, err := k.service.Take(t.Context(), tt.r)
		wantError(t, what, err, tt.want)
		if f, ok := fault.As(err); !ok || len(f.Fields) != tt.blamed {
			t.Errorf("%s: %v names %v", what, err, f)
		}
	}
	if n := k.number(t, "select count(*) from ticket"); n != 1 {
		t.Errorf("%d tickets", n)
	}
	k.exec(t, "update part set closes_at = ends_at where id = $1", d.Parts[0].ID)
	k.clock.Set(d.StartsAt)
	_, _, err := k.service.Take(t.Context(), d.ask(0))
	wantError(t, "a slot that has begun", err, ErrSlotPast)
	k.take(t, d.ask(3))
	k.exec(t, "update part set closes_at = null where id = $1", d.Parts[0].ID)
	_, _, err = k.service.Take(t.Context(), d.ask(5))
	wantError(t, "registration is over", err, ErrClosed)
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", d.OccurrenceID)
	_, _, err = k.service.Take(t.Context(), d.ask(5))
	wantError(t, "put off", err, ErrNotAccepting)
	k.sound(t)
}

// otherDate gives the event a second date a day later and makes e speak of it.
func (k *kit) otherDate(t testing.TB, e *testkit.Event) uuid.UUID {
	t.Helper()
	var occurrence, part uuid.UUID
	err := k.admin.QueryRow(t.Context(), `
		with o as (insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind)
		  values ($1, $2, $3, $4, 'in_person') returning id)
		select o.id, gen_random_uuid() from o`,
		e.OrganizationID,
		e.ID,
		e.StartsAt.AddDate(0, 0, 1),
		e.EndsAt.AddDate(0, 0, 1),
	).Scan(
		&occurrence,
		&part,
	)
	if err != nil {
		t.Fatal(err)
	}
	k.exec(
		t,
		`insert into part (organization_id, event_id, occurrence_id, id, position, starts_at, ends_at, reservation)
			values ($1, $2, $3, $4, 0, $5, $6, 'slot')`,
		e.OrganizationID,
		e.ID,
		occurrence,
		part,
		e.StartsAt.AddDate(0, 0, 1),
		e.EndsAt.AddDate(0, 0, 1),
	)
	e.Parts = []testkit.Part{{ID: part}}
	return occurrence
}

func TestSlotsAreExchanged(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0, 30, 120, 200)
	ids := func(slots ...int) (out []uuid.UUID) {
		for _, s := range slots {
			out = append(out, d.slots[s])
		}
		return out
	}
	code, _ := k.take(t, d.ask(0, 2))
	change := func(take, give []uuid.UUID) (Ticket, error) {
		return k.service.ChangeSlots(t.Context(), code, take, give)
	}
	for range 2 { // the second time it is done already
		got, err := change(ids(1), ids(0))
		if err != nil || !slices.Equal(held(got), ids(1, 2)) {
			t.Fatalf("exchange: %v, %v", held(got), err)
		}
	}
	other, _ := k.take(t, d.ask(3))
	for what, tt := range map[string]struct {
		take, give []uuid.UUID
		want       error
	}{
		"nothing":               {nil, nil, ErrSlotChange},
		"back what is not held": {nil, ids(0), ErrSlotNotHeld},
		"back everything":       {nil, ids(1, 2), ErrLastSlot},
		"too close":             {ids(0), nil, ErrSlotsOverlap},
		"somebody's":            {ids(3), ids(1), ErrSlotFull},
		"unknown":               {[]uuid.UUID{uuid.New()}, ids(1), ErrSlotUnknown},
	} {
		_, err := change(tt.take, tt.give)
		wantError(t, what, err, tt.want)
		if got, err := k.service.Look(t.Context(), code); err != nil || !slices.Equal(held(got), ids(1, 2)) {
			t.Errorf("%s: the refused change left %v, %v", what, held(got), err)
		}
	}
	if _, err := k.service.Cancel(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if got, err := change(ids(3), nil); err != nil || len(got.Slots()) != 3 {
		t.Errorf("a third: %v, %v", held(got), err)
	}
	_, err := k.service.ChangeSlots(t.Context(), newSecret(t), ids(0), nil)
	wantError(t, "nobody's", err, ErrUnknown)
	seat, _ := k.take(t, ask(k.seats(t, 3), 1))
	_, err = k.service.ChangeSlots(t.Context(), seat, ids(0), nil)
	wantError(t, "a ticket for a seat", err, ErrNoSlots)
	_, err = k.service.ChangeSlots(t.Context(), other, ids(0), nil)
	wantError(t, "a cancelled ticket", err, ErrNotConfirmed)
	k.exec(t, "update part set closes_at = ends_at where event_id = $1", d.ID)
	k.clock.Set(d.StartsAt.Add(40 * time.Minute))
	_, err = change(nil, ids(1))
	wantError(t, "back what has begun", err, ErrSlotPast)
	k.sound(t)
}

func TestManyWantOneSlot(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	d := k.desk(t, 0, 60, 120)
	k.exec(t, "update slot set parties = 3 where quota_id = $1", d.slots[0])
	var group sync.WaitGroup
	var mu sync.Mutex
	got := map[uuid.UUID]int{}
	for i := range 90 {
		group.Go(func() {
			r := []Request{d.ask(0), d.ask(1, 0), d.ask(0, 1, 2)}[i%3]
			_, ticket, err := replicas[i%2].Take(t.Context(), r)
			mu.Lock()
			defer mu.Unlock()
			for _, id := range held(ticket) {
				got[id]++
			}
			if err != nil && !errors.Is(err, ErrSlotFull) {
				t.Errorf("Take: %v", err)
			}
		})
	}
	group.Wait()
	if got[d.slots[0]] != 3 || got[d.slots[1]] > 1 || got[d.slots[2]] > 1 {
		t.Errorf("promised: %v", got)
	}
	k.sound(t)
}

// Two tickets in many tabs: take, exchange, give back and cancel at once, through two replicas.
func TestSlotsUnderFire(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	d := k.desk(t, 0, 20, 40, 60, 80, 100, 120, 140)
	codes := make([]secret.Ticket, 6)
	for i := range codes {
		codes[i] = newSecret(t)
	}
	allowed := []error{
		ErrSlotFull,
		ErrSlotsOverlap,
		ErrTooManySlots,
		ErrSlotNotHeld,
		ErrLastSlot,
		ErrUnknown,
		ErrNotConfirmed,
		ErrPayloadDiffers,
		ErrCancelled,
	}
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			for range 40 {
				s, code := replicas[rand.IntN(2)], codes[rand.IntN(len(codes))]
				some := func() []uuid.UUID {
					a, b := rand.IntN(len(d.slots)), rand.IntN(len(d.slots))
					return [][]uuid.UUID{nil, {d.slots[a]}, {d.slots[a], d.slots[b]}}[rand.IntN(3)]
				}
				var err error
				switch rand.IntN(8) {
				case 0, 1, 2:
					r := d.ask(rand.IntN(len(d.slots)), rand.IntN(len(d.slots)))
					if rand.IntN(2) == 0 {
						r.Secret = code
					}
					_, _, err = s.Take(t.Context(), r)
				case 3:
					_, err = s.Cancel(t.Context(), code)
				default:
					if take, give := some(), some(); len(take)+len(give) > 0 {
						_, err = s.ChangeSlots(t.Context(), code, take, give)
					}
				}
				if err != nil && !slices.ContainsFunc(allowed, func(e error) bool { return errors.Is(err, e) }) {
					t.Errorf("a caller heard %v", err)
				}
			}
		})
	}
	group.Wait()
	k.sound(t)
}

// A path around the functions, a superuser's even, meets the constraints; without them overlaps and
// overselling are seen.
func TestTheConstraintsKeepSlots(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0, 32, 120)
	_, first := k.take(t, d.ask(0))
	k.take(t, d.ask(2))
	insert := func(slot uuid.UUID) error {
		_, err := k.admin.Exec(
			t.Context(),
			`insert into ticket_slot (organization_id, event_id, part_id, slot_id, ticket_id, starts_at, ends_at, span)
			select s.organization_id, s.event_id, s.part_id, s.quota_id, $1, s.starts_at, s.ends_at,
			  tstzrange(s.starts_at, s.ends_at + interval '5 minutes') from slot s where s.quota_id = $2`,
			first.ID,
			slot,
		)
		return err
	}
	if err := insert(d.slots[1]); !postgres.Violates(err, "ticket_slot_apart") {
		t.Errorf("too close: %v", err)
	}
	if err := insert(d.slots[2]); !postgres.Violates(err, "quota_counter_taken_within_capacity") {
		t.Errorf("one place, two parties: %v", err)
	}
	booth := `insert into slot_booth (organization_id, event_id, part_id, slot_id, booth_id, during)
		select organization_id, event_id, part_id, $1, booth_id, during from slot_booth where slot_id = $2`
	if _, err := k.admin.Exec(
		t.Context(),
		booth,
		d.slots[1],
		d.slots[0],
	); !postgres.Violates(
		err,
		"slot_booth_one_at_a_time",
	) {
		t.Errorf("a booth in two slots: %v", err)
	}
	k.exec(t, "alter table ticket_slot drop constraint ticket_slot_apart")
	k.exec(t, "alter table quota_counter drop constraint quota_counter_taken_within_capacity")
	k.exec(t, "alter table slot_booth drop constraint slot_booth_one_at_a_time")
	for _, slot := range d.slots[1:] {
		if err := insert(slot); err != nil {
			t.Errorf("without the constraints: %v", err)
		}
	}
	k.exec(t, booth, d.slots[1], d.slots[0])
	oversold := k.number(
		t,
		`select count(*) from slot s where (select count(*) from ticket_slot h
			where h.slot_id = s.quota_id) > s.parties`,
	)
	close := k.number(
		t,
		`select count(*) from ticket_slot a join ticket_slot b on a.ticket_id = b.ticket_id and a.slot_id < b.slot_id
			and a.span && b.span`,
	)
	twice := k.number(
		t,
		`select count(*) from slot_booth a join slot_booth b on a.booth_id = b.booth_id and a.slot_id < b.slot_id
			and a.during && b.during`,
	)
	if oversold != 1 || close != 1 || twice != 1 {
		t.Errorf(
			"without the constraints %d oversold, %d too close, %d booths twice: want 1 of each",
			oversold,
			close,
			twice,
		)
	}
}

func TestSlotsOfAnErasedTicketStayCounted(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0, 60)
	code, _ := k.take(t, d.ask(0, 1))
	k.clock.Set(d.EndsAt.AddDate(0, 0, 8))
	if n, err := NewEraser(k.db).EraseEnded(context.WithoutCancel(t.Context())); n != 1 || err != nil {
		t.Fatalf("EraseEnded = %d, %v", n, err)
	}
	if rows, taken := k.number(
		t,
		"select count(*) from ticket_slot",
	), k.number(
		t,
		"select sum(taken) from quota_counter",
	); rows != 0 ||
		taken != 3 {
		t.Errorf("%d rows, %d counted; want none and 3", rows, taken)
	}
	_, err := k.service.Look(t.Context(), code)
	wantError(t, "the holder", err, ErrUnknown)
	if _, err := k.admin.Exec(
		t.Context(),
		"delete from quota where id = $1",
		d.slots[0],
	); !postgres.Violates(
		err,
		"ticket_quota_fkey",
	) {
		t.Errorf("a slot that was used goes: %v", err)
	}
}

// A slot of somebody else's ticket is seen by nobody.
func TestHeldSlotsAreTheHoldersAlone(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0)
	k.take(t, d.ask(0))
	var seen int
	if err := k.db.PublicPool().QueryRow(
		t.Context(),
		"select count(slot_id) from ticket_slot",
	).Scan(
		&seen,
	); err != nil ||
		seen != 0 {
		t.Errorf("%d seen, %v", seen, err)
	}
	if _, err := k.db.PublicPool().Exec(t.Context(), "select at_door from slot"); err == nil {
		t.Error("the public reads how many came")
	}
	err := k.db.ReadOrganization(t.Context(), k.org, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "select from ticket_slot")
		return err
	})
	if err == nil {
		t.Error("staff read who holds which slot")
	}
}
