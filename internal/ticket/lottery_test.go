package ticket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// untilClosing is how long applications for lottery() stay open.
const untilClosing = 48 * time.Hour

// lottery is an event whose seats are drawn by lot in two days, one quota a capacity.
func (k *kit) lottery(t testing.TB, capacities ...int) testkit.Event {
	t.Helper()
	part := testkit.PartOptions{Reservation: "lottery", ClosesAt: k.clock.Now().Add(untilClosing)}
	for i, c := range capacities {
		part.Quotas = append(
			part.Quotas,
			testkit.QuotaOptions{Capacity: c, Channel: []string{"in_person", "online"}[i%2]},
		)
	}
	return k.event(t, testkit.EventOptions{Parts: []testkit.PartOptions{part}})
}

// draw lets the worker come round once applications have closed.
func (k *kit) draw(t testing.TB) int {
	t.Helper()
	k.clock.Advance(untilClosing)
	return k.round(t)
}

func (k *kit) round(t testing.TB) int {
	t.Helper()
	n, err := draw.Lots(t.Context(), k.db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) published(t testing.TB, e testkit.Event) draw.Draw {
	t.Helper()
	d, err := k.service.Draw(t.Context(), e.ID, e.Parts[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSeatsAreDrawnByLot(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 5, 3)
	before := k.published(t, e)
	if before.State != draw.Open || before.List != "" || before.Seed != "" || before.Digest != nil {
		t.Errorf("before the closing: %+v", before)
	}
	type applicant struct {
		code   secret.Ticket
		number string
		seats  int
		quota  uuid.UUID
	}
	var all []applicant
	for i := range 9 {
		r := Request{EventID: e.ID, QuotaID: e.Parts[0].Quotas[i/7], Seats: 1 + i%3, Nickname: "そら"}
		code, got := k.take(t, r)
		number, err := code.DrawNumber()
		if err != nil || got.Status != Applied || got.DrawNumber != number || got.Nickname != "そら" {
			t.Fatalf("%+v, %v", got, err)
		}
		r.Secret = code
		if _, again := k.take(t, r); again.ID != got.ID || again.Status != Applied {
			t.Errorf("asked again: %+v", again)
		}
		all = append(all, applicant{code, number, r.Seats, r.QuotaID})
	}
	if n := k.number(t, "select sum(taken) from quota_counter"); n != 0 {
		t.Errorf("applications hold %d seats", n)
	}
	k.cancel(t, all[0].code) // simply leaves
	if k.status(t, all[0].code) != Cancelled {
		t.Error("the application was not taken back")
	}
	if n := k.draw(t); n != 2 {
		t.Errorf("%d steps were done, want the list and the draw", n)
	}
	d := k.published(t, e)
	if d.State != draw.Done || d.Commitment != before.Commitment || len(d.Entries) != 8 {
		t.Fatalf("drawn: %+v", d)
	}
	claim, ok := d.Claim()
	if faults := claim.Faults(); !ok || faults != nil {
		t.Errorf("the draw can't be drawn again: %v", faults)
	}
	// The same by hand, from what is published alone.
	sum := func(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
	if got := sum(
		"tonarimachi lottery commitment v1\n" + e.Parts[0].ID.String() + "\n" + d.Seed + "\n",
	); got != before.Commitment.String() {
		t.Errorf("the seed is not the one that was promised: %s", got)
	}
	if sum(d.List) != d.Digest.String() {
		t.Error("the list is not the one whose digest is published")
	}
	var keys []string
	for _, entry := range d.Entries {
		keys = append(keys, sum("tonarimachi lottery order v1\n"+d.Seed+"\n"+d.Digest.String()+"\n"+entry.Number+"\n"))
	}
	if !slices.IsSorted(keys) {
		t.Error("the entries are not in the order in which they were drawn")
	}
	room := map[uuid.UUID]int{e.Parts[0].Quotas[0]: 5, e.Parts[0].Quotas[1]: 3}
	for _, entry := range d.Entries {
		at := slices.IndexFunc(all, func(a applicant) bool { return a.number == entry.Number })
		if at < 1 || all[at].seats != entry.Seats || all[at].quota != entry.QuotaID {
			t.Fatalf("%+v is nobody's", entry)
		}
		want := NotDrawn
		if entry.Seats <= room[entry.QuotaID] {
			want = Confirmed
			room[entry.QuotaID] -= entry.Seats
		}
		got, err := k.service.Look(t.Context(), all[at].code)
		if err != nil || got.Status != want || draw.Outcome(want) != entry.Outcome || got.DrawNumber != entry.Number {
			t.Errorf("%+v: the ticket is %+v, want %s, %v", entry, got, want, err)
		}
		if (got.Nickname == "") != (want == NotDrawn) {
			t.Errorf("%s has the nickname %q", want, got.Nickname)
		}
		r := Request{EventID: e.ID, QuotaID: entry.QuotaID, Seats: entry.Seats, Nickname: "そら", Secret: all[at].code}
		if _, again := k.take(t, r); again.Status != want {
			t.Errorf("asked again after the draw: %+v", again)
		}
	}
	for i, q := range e.Parts[0].Quotas {
		if want := []int{5, 3}[i] - room[q]; k.taken(t, q) != want {
			t.Errorf("quota %d counts %d seats, want %d", i, k.taken(t, q), want)
		}
	}
	if n := k.round(t); n != 0 {
		t.Errorf("the worker came again and did %d steps", n)
	}
}

func TestNobodyCanReadTheSeedBeforeTheListIsFixed(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	_, mine := k.take(t, ask(e, 1))
	for name, as := range map[string]func(context.Context, func(*postgres.Tx) error) error{
		"public": k.db.InPublic,
		"staff": func(ctx context.Context, fn func(*postgres.Tx) error) error {
			return k.db.InOrganization(ctx, k.org, postgres.StaffActor(uuid.New()), fn)
		},
		"worker": k.db.InWorker,
	} {
		for _, statement := range []string{
			"select seed from lottery_draw", "select seed from lottery_open('" + e.Parts[0].ID.String() + "')",
			"select ticket_id from lottery_entry where number = '" + mine.DrawNumber + "'",
		} {
			rows := 0
			err := as(t.Context(), func(tx *postgres.Tx) error {
				found, err := tx.Pgx.Query(t.Context(), statement)
				if err != nil {
					return err
				}
				defer found.Close()
				for found.Next() {
					rows++
				}
				return found.Err()
			})
			if state, _ := postgres.Constraint(
				err,
			); rows > 0 ||
				err != nil && state != "42501" { // insufficient privilege
				t.Errorf("%s: %s gives %d rows, %v", name, statement, rows, err)
			}
		}
	}
}

func TestApplicationsAreRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	now := k.clock.Now()
	of := func(o testkit.PartOptions) testkit.EventOptions {
		o.Reservation = "lottery"
		if o.ClosesAt.IsZero() {
			o.ClosesAt = now.Add(untilClosing)
		}
		if o.Quotas == nil {
			o.Quotas = []testkit.QuotaOptions{{Capacity: 3}}
		}
		return testkit.EventOptions{Parts: []testkit.PartOptions{o}}
	}
	put := func(o testkit.EventOptions, change func(*testkit.EventOptions)) testkit.EventOptions {
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		event testkit.EventOptions
		seats int
		want  error
	}{
		"not open":        {of(testkit.PartOptions{OpensAt: now.Add(time.Second)}), 1, ErrNotOpen},
		"closed":          {of(testkit.PartOptions{ClosesAt: now}), 1, ErrClosed},
		"too many":        {of(testkit.PartOptions{}), 5, ErrTooManySeats},
		"absurdly many":   {of(testkit.PartOptions{}), 1 << 40, ErrTooManySeats},
		"larger than all": {of(testkit.PartOptions{}), 4, ErrTooLarge},
		"kept for the door": {
			of(testkit.PartOptions{Quotas: []testkit.QuotaOptions{{Channel: "walk_in", Capacity: 3}}}),
			1,
			ErrOtherWay,
		},
		"draft": {
			put(of(testkit.PartOptions{}), func(o *testkit.EventOptions) { o.Status = "draft" }),
			1,
			ErrQuotaUnknown,
		},
		"cancelled": {
			put(of(testkit.PartOptions{}), func(o *testkit.EventOptions) { o.Status = "cancelled" }),
			1,
			ErrNotAccepting,
		},
		"put off": {
			put(of(testkit.PartOptions{}), func(o *testkit.EventOptions) { o.OccurrenceStatus = "postponed" }),
			1,
			ErrNotAccepting,
		},
	} {
		_, _, err := k.service.Take(t.Context(), ask(k.event(t, c.event), c.seats))
		wantError(t, name, err, c.want)
	}
	e := k.lottery(t, 3)
	code, _ := k.take(t, ask(e, 1))
	for name, r := range map[string]Request{
		"other number of seats": {EventID: e.ID, QuotaID: e.Quota(), Seats: 2, Secret: code},
		"other nickname":        {EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Nickname: "ほか", Secret: code},
	} {
		_, _, err := k.service.Take(t.Context(), r)
		wantError(t, name, err, ErrPayloadDiffers)
	}
	k.draw(t)
	_, _, err := k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "after the draw", err, ErrClosed)
	k.exec(t, "update part set closes_at = $2 where id = $1", e.Parts[0].ID, k.clock.Now().Add(time.Hour))
	_, _, err = k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "with a later closing, the list being fixed", err, ErrClosed)
	_, err = k.service.Draw(t.Context(), e.ID, uuid.New())
	wantError(t, "the draw of no part", err, draw.ErrUnknown)
	_, err = k.service.Draw(t.Context(), k.seats(t, 3).ID, e.Parts[0].ID)
	wantError(t, "the draw of another event", err, draw.ErrUnknown)
}

func TestThoseNotDrawnWaitInDrawnOrder(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	k.exec(t, "update part set waiting_list = true where event_id = $1", e.ID)
	codes := map[string]secret.Ticket{}
	for range 8 {
		code, got := k.take(t, ask(e, 1))
		codes[got.DrawNumber] = code
	}
	k.draw(t)
	drawn := k.published(t, e).Entries
	for i, entry := range drawn {
		want := Waiting
		if i < 2 {
			want = Confirmed
		}
		got, err := k.service.Look(t.Context(), codes[entry.Number])
		if err != nil || got.Status != want || (got.WaitsUntil != nil) != (want == Waiting) {
			t.Errorf("place %d: %+v, %v", i+1, got, err)
		}
	}
	// Seats that come free go down the list as it was drawn.
	for i := 2; i < 6; i++ {
		k.cancel(t, codes[drawn[i-2].Number])
		for j, entry := range drawn[i:] {
			want := Waiting
			if j == 0 {
				want = Confirmed
			}
			if got := k.status(t, codes[entry.Number]); got != want {
				t.Errorf("after %d cancellations place %d is %s, want %s", i-1, i+j+1, got, want)
			}
		}
	}
	// The published outcome stays what was drawn.
	if claim, ok := func() (lottery.Claim, bool) { d := k.published(t, e); return d.Claim() }(); !ok ||
		claim.Faults() != nil {
		t.Errorf("later cancellations changed the draw: %v", claim.Faults())
	}
	k.clock.Set(e.StartsAt.Add(-23 * time.Hour))
	if n, err := LapseWaiting(t.Context(), k.db); n != 2 || err != nil {
		t.Errorf("%d waits ended, %v, want 2", n, err)
	}
}

func TestLeavingBetweenListAndDraw(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 1)
	k.exec(t, "update part set draws_at = closes_at + interval '1 day' where event_id = $1", e.ID)
	codes := map[string]secret.Ticket{}
	for range 4 {
		code, got := k.take(t, ask(e, 1))
		codes[got.DrawNumber] = code
	}
	if n := k.draw(t); n != 1 {
		t.Fatalf("%d steps at the closing, want the list alone", n)
	}
	fixed := k.published(t, e)
	if fixed.State != draw.Closed || len(fixed.Entries) != 4 || fixed.Seed != "" || fixed.DrawnAt != nil {
		t.Fatalf("%+v", fixed)
	}
	leaves := fixed.Entries[0].Number
	k.cancel(t, codes[leaves])
	// A new secret comes too late to change the published number.
	fresh, moved, err := k.service.Rotate(t.Context(), codes[fixed.Entries[1].Number])
	if err != nil || moved.DrawNumber != fixed.Entries[1].Number {
		t.Fatalf("%+v, %v", moved, err)
	}
	codes[moved.DrawNumber] = fresh
	for name, statement := range map[string]string{
		"room":     "update quota_counter set capacity = 7 where quota_id = '" + e.Quota().String() + "'",
		"an entry": "update lottery_entry set seats = 2 where number = '" + leaves + "'",
		"the list": "update lottery_draw set entries = 3",
		"the seed": "update lottery_draw set seed = sha256('x'), commitment = lottery_commitment(part_id, sha256('x'))",
		"way back": "update lottery_draw set state = 'open', list_digest = null, entries = null, pool_quotas = null, " +
			"pool_seats = null, closed_at = null",
	} {
		_, err := k.admin.Exec(t.Context(), statement)
		if !postgres.Violates(err, "lottery_list_fixed") && !postgres.Violates(err, "lottery_draw_goes_forward") {
			t.Errorf("%s can be changed after the list was published: %v", name, err)
		}
	}
	k.clock.Advance(24 * time.Hour)
	k.round(t)
	d := k.published(t, e)
	claim, _ := d.Claim()
	if faults := claim.Faults(); faults != nil || d.List != fixed.List {
		t.Errorf("%v", faults)
	}
	confirmed := 0
	for _, entry := range d.Entries {
		got := k.status(t, codes[entry.Number])
		if (got == Cancelled) != (entry.Number == leaves) ||
			(entry.Outcome == draw.OutcomeWithdrawn) != (entry.Number == leaves) {
			t.Errorf("%+v: the ticket is %s", entry, got)
		}
		if got == Confirmed {
			confirmed++
		}
	}
	if confirmed != 1 {
		t.Errorf("%d seats were given, want 1", confirmed)
	}
}

func TestRotatingChangesTheNumberOfAnOpenList(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	code, before := k.take(t, ask(e, 1))
	fresh, after, err := k.service.Rotate(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := fresh.DrawNumber()
	if after.DrawNumber != number || after.DrawNumber == before.DrawNumber || after.Status != Applied {
		t.Errorf("%+v, want the number %s", after, number)
	}
}

func TestWhatIsNotHeldIsNotDrawn(t *testing.T) {
	t.Parallel()
	k := setup(t)
	cancelled, off, putOff, over := k.lottery(t, 2), k.lottery(t, 2), k.lottery(t, 2), k.lottery(t, 2)
	code, _ := k.take(t, ask(putOff, 1))
	dead, _ := k.take(t, ask(cancelled, 1))
	k.exec(t, "update event set status = 'cancelled', cancelled_at = now() where id = $1", cancelled.ID)
	k.exec(t, "update occurrence set status = 'cancelled', cancelled_at = now() where id = $1", off.OccurrenceID)
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", putOff.OccurrenceID)
	k.exec(
		t,
		`update part p set starts_at = $2, ends_at = $3, closes_at = $2
		from (select set_config('app.now', $4, true) as at) test where p.id = $1 and test.at <> ''`,
		over.Parts[0].ID,
		k.clock.Now().Add(time.Hour),
		k.clock.Now().Add(2*time.Hour),
		k.clock.Now().Format(time.RFC3339), // else the database would think of the machine's time of day
	)
	if n := k.draw(t); n != 0 {
		t.Errorf("%d steps were done", n)
	}
	for name, want := range map[string]struct {
		event testkit.Event
		state draw.State
	}{
		"event cancelled": {cancelled, draw.NotHeld},
		"date cancelled":  {off, draw.NotHeld},
		"put off":         {putOff, draw.Open},
		"over":            {over, draw.NotHeld},
	} {
		if d := k.published(t, want.event); d.State != want.state || d.Seed != "" || d.PutOff != (name == "put off") {
			t.Errorf("%s: %+v", name, d)
		}
	}
	k.cancel(t, dead)
	// With its new times the date is open again, and drawn later.
	k.exec(t, "update occurrence set status = 'scheduled' where id = $1", putOff.OccurrenceID)
	k.exec(t, "update part set closes_at = $2 where id = $1", putOff.Parts[0].ID, k.clock.Now().Add(untilClosing))
	k.take(t, ask(putOff, 2))
	if n := k.round(t); n != 0 {
		t.Errorf("%d steps before the new closing", n)
	}
	if n := k.draw(t); n != 2 || len(k.published(t, putOff).Entries) != 2 {
		t.Errorf("%d steps at the new closing", n)
	}
	if s := k.status(t, code); s != Confirmed && s != NotDrawn {
		t.Errorf("the early application is %s", s)
	}
}

func TestTheListGoesWithTheTickets(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	for range 4 {
		k.take(t, ask(e, 1))
	}
	k.draw(t)
	before := k.published(t, e)
	if strings.Count(before.List, "entry ") != 4 {
		t.Fatalf("the list is\n%s", before.List)
	}
	k.clock.Set(e.EndsAt.Add(7*24*time.Hour + time.Second))
	eraser := NewEraser(k.db)
	eraser.batch = 1 // of a list that goes in several steps no part is shown
	if _, err := eraser.EraseEnded(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := k.published(t, e)
	if !after.Erased || after.List != "" || after.Entries != nil || after.State != draw.Done ||
		after.Seed != before.Seed ||
		*after.Digest != *before.Digest {
		t.Errorf("after the erasure: %+v", after)
	}
	if n := k.number(t, "select count(*) from lottery_entry"); n != 0 {
		t.Errorf("%d entries are left", n)
	}
	if _, ok := after.Claim(); ok {
		t.Error("a draw without its list can be checked")
	}
	// Whoever kept the list can still check it.
	kept, _ := before.Claim()
	if faults := kept.Faults(); faults != nil || kept.Digest != after.Digest.String() {
		t.Errorf("%v", faults)
	}
}

// A list of which a part is gone is not shown.
func TestHalfAListIsNotShown(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	for range 3 {
		k.take(t, ask(e, 1))
	}
	k.draw(t)
	k.exec(
		t,
		"update ticket set secret_mac = null, nickname = null, calendar_mac = null where id = (select ticket_id from "+
			"lottery_entry limit 1)",
	)
	if d := k.published(t, e); !d.Erased || d.List != "" || d.Entries != nil {
		t.Errorf("%+v", d)
	}
}

// The draw counts on the schema: without its rule a part with applications would stop being a
// lottery.
func TestAPartWithApplicationsStaysALottery(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, free := k.lottery(t, 2), k.lottery(t, 2)
	k.take(t, ask(e, 1))
	const change = "update part set reservation = 'seat' where id = $1"
	if _, err := k.admin.Exec(t.Context(), change, e.Parts[0].ID); !postgres.Violates(err, "lottery_entry_draw_fkey") {
		t.Errorf("it became another: %v", err)
	}
	k.exec(t, change, free.Parts[0].ID)
	k.exec(t, "update part set reservation = 'lottery' where id = $1", free.Parts[0].ID)
	k.exec(t, "alter table lottery_entry drop constraint lottery_entry_draw_fkey")
	k.exec(t, change, e.Parts[0].ID)
	if n := k.number(t, "select count(*) from lottery_draw"); n != 1 {
		t.Errorf("%d draws, want the free one", n)
	}
}

func TestManyDrawsGiveEverySeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for n := range 5 {
		e := k.lottery(t, 7)
		for i := range 4 + n {
			k.take(t, ask(e, 1+(i*n)%4))
		}
		want := k.number(t, "select sum(seats) from lottery_entry where part_id = $1", e.Parts[0].ID)
		k.draw(t)
		d := k.published(t, e)
		claim, _ := d.Claim()
		if faults := claim.Faults(); faults != nil {
			t.Errorf("%v", faults)
		}
		if got := k.taken(t, e.Quota()); want <= 7 && got != want {
			t.Errorf("%s: everybody fits and %d of %d seats were given", fmt.Sprint(n), got, want)
		}
	}
}
