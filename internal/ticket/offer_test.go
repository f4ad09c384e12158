package ticket

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// leaveContact is what the holder of a ticket does who leaves an address; what is sealed is of no
// matter here.
func (k *kit) leaveContact(t testing.TB, code secret.Ticket) {
	t.Helper()
	k.exec(
		t,
		`insert into contact_key (organization_id, event_id, occurrence_id, public_key)
			select organization_id, event_id, occurrence_id, convert_to(repeat('k', 1216), 'UTF8') from ticket
			  where secret_mac = $1
		on conflict do nothing`,
		k.keys.TicketMAC(code),
	)
	k.exec(
		t,
		`insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed)
			select organization_id, event_id, id, occurrence_id, convert_to(repeat('s', 2160), 'UTF8') from ticket
			  where secret_mac = $1`,
		k.keys.TicketMAC(code),
	)
}

func (k *kit) takeContactBack(t testing.TB, code secret.Ticket) {
	t.Helper()
	k.exec(
		t,
		`delete from ticket_contact c using ticket t where t.id = c.ticket_id and t.secret_mac = $1`,
		k.keys.TicketMAC(code),
	)
}

func (k *kit) notices(t testing.TB, code secret.Ticket, kind string) int {
	t.Helper()
	return k.number(
		t,
		`select count(*) from notice n join ticket t on t.id = n.ticket_id where t.secret_mac = $1 and n.kind = $2
			and n.state = 'due'`,
		k.keys.TicketMAC(code),
		kind,
	)
}

func (k *kit) look(t testing.TB, code secret.Ticket) Ticket {
	t.Helper()
	got, err := k.service.Look(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (k *kit) lapse(t testing.TB) int {
	t.Helper()
	n, err := LapseWaiting(t.Context(), k.db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// wait stands in line, with a contact or without.
func (k *kit) wait(t testing.TB, e testkit.Event, seats int, contact bool) secret.Ticket {
	t.Helper()
	code, got := k.take(t, waitFor(e, seats, WaitQuota))
	if got.Status != Waiting {
		t.Fatalf("%s, want waiting", got.Status)
	}
	if contact {
		k.leaveContact(t, code)
	}
	return code
}

func TestOffersEndByDay(t *testing.T) {
	t.Parallel()
	k := setup(t)
	day := clock.NewDate(2026, time.December, 10)
	far := day.AddDays(30).At(14, 0)
	for _, c := range []struct{ made, served, want time.Time }{
		{day.At(10, 0), far, day.AddDays(1).At(10, 0)},
		{day.At(10, 1), far, day.AddDays(1).At(11, 0)},
		{day.At(7, 0), far, day.AddDays(1).At(8, 0)},
		{day.At(21, 59), far, day.AddDays(1).At(22, 0)},
		{day.At(22, 0), far, day.AddDays(2).At(8, 0)},
		{day.At(23, 59), far, day.AddDays(2).At(8, 0)},
		{day.At(0, 30), far, day.AddDays(1).At(8, 0)},
		{day.At(6, 59), far, day.AddDays(1).At(8, 0)},
		// Never longer than the line is served, nor into the night before that.
		{day.At(10, 0), day.At(18, 30), day.At(18, 30)},
		{day.At(10, 0), day.At(23, 0), day.At(22, 0)},
		{day.At(10, 0), day.AddDays(1).At(7, 0), day.At(22, 0)},
		{day.At(10, 0), day.AddDays(1).At(5, 0), day.At(22, 0)},
		{day.At(10, 0), day.At(12, 0), day.At(12, 0)},
		// Too little time to ask.
		{day.At(10, 0), day.At(11, 59), time.Time{}},
		{day.At(20, 30), day.AddDays(1).At(6, 0), time.Time{}},
		{day.At(23, 0), day.AddDays(1).At(8, 59), time.Time{}},
		{day.At(23, 0), day.AddDays(1).At(9, 0), day.AddDays(1).At(9, 0)},
		{day.At(10, 0), day.At(9, 0), time.Time{}},
	} {
		var got *time.Time
		if err := k.admin.QueryRow(t.Context(), "select offer_until($1, $2)", c.made, c.served).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if (got == nil) != c.want.IsZero() || got != nil && !got.Equal(c.want) {
			t.Errorf("made %s, served until %s: until %v, want %s", c.made, c.served, got, c.want)
		}
	}
	// All moments of two days: never in the night, never under two hours by day, never over 34
	// hours.
	n := k.number(t, `
		select count(*) from generate_series($1::timestamptz, $1::timestamptz + interval '2 days',
		  interval '7 minutes') m
		cross join generate_series(0, 60) h cross join lateral (select m + make_interval(hours => h,
		  mins => 13) as served) s
		cross join lateral (select offer_until(m, s.served) as until) o
		where o.until is not null and ((o.until at time zone 'Asia/Tokyo')::time not between '07:00:01' and '22:00'
		  or o.until > s.served or o.until < m + interval '2 hours'
		  or o.until > m + interval '34 hours')`, day.At(0, 0))
	if n != 0 {
		t.Errorf("%d offers end in the night, too late or too soon", n)
	}
}

func TestWhoLeftAContactIsAsked(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 2)
	first, _ := k.take(t, ask(e, 1))
	second, _ := k.take(t, ask(e, 1))
	asked, silent := k.wait(t, e, 1, true), k.wait(t, e, 1, false)
	_, err := k.service.Confirm(t.Context(), asked)
	wantError(t, "yes before anything was offered", err, ErrNothingAsked)
	k.cancel(t, first)
	k.cancel(t, second)
	until := clock.Today(k.clock).AddDays(1).At(10, 0)
	got := k.look(t, asked)
	if got.Status != Offered || got.OfferedUntil == nil || !got.OfferedUntil.Equal(until) || got.WaitsUntil != nil ||
		k.taken(t, e.Quota()) != 2 {
		t.Fatalf("who left a contact has %+v until %v", got, got.OfferedUntil)
	}
	if s := k.look(t, silent); s.Status != Confirmed || k.notices(t, silent, "promotion") != 0 {
		t.Errorf("who left none is %s", s.Status)
	}
	if k.notices(t, asked, "offer") != 1 || k.notices(t, asked, "promotion") != 0 {
		t.Error("the offer was not written down to be told, or more than it")
	}
	for range 2 { // pressed twice
		got, err := k.service.Confirm(t.Context(), asked)
		if err != nil || got.Status != Confirmed || got.OfferedUntil != nil || got.AskedStillComing {
			t.Errorf("accepted: %+v, %v", got, err)
		}
	}
	if n := k.number(t, "select count(*) from ticket_offer"); n != 0 || k.taken(t, e.Quota()) != 2 {
		t.Errorf("%d offers are left, %d seats taken", n, k.taken(t, e.Quota()))
	}
	k.clock.Set(until.Add(time.Hour))
	if n := k.lapse(t); n != 0 || k.status(t, asked) != Confirmed {
		t.Errorf("%d lapsed, the accepted one is %s", n, k.status(t, asked))
	}
}

func TestALapsedOfferGoesToTheNextAndDoesNotComeBack(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	late, next, last := k.wait(t, e, 1, true), k.wait(t, e, 1, true), k.wait(t, e, 1, false)
	k.cancel(t, held)
	until := *k.look(t, late).OfferedUntil
	k.clock.Set(until.Add(-time.Microsecond))
	if n := k.lapse(t); n != 0 {
		t.Fatalf("%d lapsed before their time", n)
	}
	k.clock.Set(until)
	if n := k.lapse(t); n != 1 {
		t.Fatalf("%d lapsed, want 1", n)
	}
	if a, b, c := k.status(
		t,
		late,
	), k.status(
		t,
		next,
	), k.status(
		t,
		last,
	); a != Lapsed || b != Offered || c != Waiting ||
		k.taken(t, e.Quota()) != 1 {
		t.Errorf("late %s, next %s, last %s", a, b, c)
	}
	if k.notices(t, next, "offer") != 1 {
		t.Error("nobody tells the next one")
	}
	for range 2 {
		_, err := k.service.Confirm(t.Context(), late)
		wantError(t, "yes after the offer lapsed", err, ErrOfferLapsed)
	}
	// No, and the seat goes on; whoever let theirs lapse gets nothing more, not even when the clock
	// is set back.
	k.cancel(t, next)
	k.exec(t, "update quota_counter set capacity = 5 where quota_id = $1", e.Quota())
	k.clock.Set(until.Add(-time.Hour))
	if a, c := k.status(t, late), k.status(t, last); a != Lapsed || c != Confirmed || k.taken(t, e.Quota()) != 1 {
		t.Errorf("late %s, last %s, %d seats taken", a, c, k.taken(t, e.Quota()))
	}
	_, err := k.service.Confirm(t.Context(), late)
	wantError(t, "after the clock was set back", err, ErrOfferLapsed)
	_, err = k.service.Confirm(t.Context(), next)
	wantError(t, "a declined one", err, ErrCancelled)
}

// The worker may be late; the answer may not.
func TestALateYesPassesTheSeatOnAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 2)
	held, _ := k.take(t, ask(e, 2))
	late, next := k.wait(t, e, 2, true), k.wait(t, e, 2, false)
	k.cancel(t, held)
	k.clock.Set(*k.look(t, late).OfferedUntil)
	_, err := k.service.Confirm(t.Context(), late)
	wantError(t, "a moment too late", err, ErrOfferLapsed)
	if a, b := k.status(t, late), k.status(t, next); a != Lapsed || b != Confirmed || k.taken(t, e.Quota()) != 2 {
		t.Errorf("late %s, next %s", a, b)
	}
}

func TestContactsThatComeAndGoWhileWaiting(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 2)
	a, _ := k.take(t, ask(e, 1))
	b, _ := k.take(t, ask(e, 1))
	gains, loses := k.wait(t, e, 1, false), k.wait(t, e, 1, true)
	k.leaveContact(t, gains)
	k.takeContactBack(t, loses)
	k.cancel(t, a)
	k.cancel(t, b)
	if g, l := k.status(t, gains), k.status(t, loses); g != Offered || l != Confirmed {
		t.Errorf("who left a contact later is %s, who took it back %s", g, l)
	}
	// An offer stays an offer when the contact is taken back: the ticket's page has it.
	k.takeContactBack(t, gains)
	if got, err := k.service.Confirm(t.Context(), gains); err != nil || got.Status != Confirmed {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNobodyIsAskedWithoutTimeToAnswer(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	waits := k.wait(t, e, 1, true)
	k.clock.Set(e.StartsAt.Add(-24*time.Hour - 119*time.Minute))
	k.cancel(t, held)
	if got := k.status(t, waits); got != Confirmed || k.notices(t, waits, "promotion") != 1 {
		t.Errorf("an hour before the line ends: %s", got)
	}
}

func TestOffersWaitWhileADateIsPutOff(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	waits := k.wait(t, e, 1, true)
	k.cancel(t, held)
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", e.OccurrenceID)
	k.clock.Advance(72 * time.Hour)
	if n := k.lapse(t); n != 0 || k.status(t, waits) != Offered {
		t.Fatalf("%d lapsed, the offer is %s", n, k.status(t, waits))
	}
	tx, err := k.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"select set_config('app.now', '" + k.clock.Now().Format(time.RFC3339Nano) + "', true)",
		"update occurrence set status = 'scheduled' where id = '" + e.OccurrenceID.String() + "'",
	} {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := k.look(t, waits); got.OfferedUntil == nil || !got.OfferedUntil.Equal(k.clock.Now().Add(24*time.Hour)) {
		t.Errorf("when it stands again the offer is good until %v", got.OfferedUntil)
	}
	k.clock.Advance(24 * time.Hour)
	if n := k.lapse(t); n != 1 {
		t.Errorf("%d lapsed", n)
	}
}

// Yes, no and the worker at the same moment, over many tickets: each ends in one way, and the seats
// add up.
func TestYesNoAndLapseRace(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const seats = 12
	e := k.line(t, seats)
	var held, line []secret.Ticket
	for range seats {
		code, _ := k.take(t, ask(e, 1))
		held = append(held, code)
	}
	for i := range 3 * seats {
		line = append(line, k.wait(t, e, 1, i%3 != 2))
	}
	for _, code := range held {
		k.cancel(t, code)
	}
	until := *k.look(t, line[0]).OfferedUntil
	k.clock.Set(until.Add(-time.Second))
	var all sync.WaitGroup
	for i, code := range line[:seats] {
		for j := range 3 {
			all.Go(func() {
				if i == seats/2 && j == 0 {
					k.clock.Set(until)
				}
				var err error
				switch (i + j) % 3 {
				case 0:
					_, err = k.service.Confirm(t.Context(), code)
				case 1:
					_, err = k.service.Cancel(t.Context(), code)
				default:
					_, err = LapseWaiting(t.Context(), k.db)
				}
				if err != nil && !errors.Is(err, ErrOfferLapsed) && !errors.Is(err, ErrCancelled) &&
					!errors.Is(err, ErrNothingAsked) {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	k.lapse(t)
	rows := k.number(t, "select coalesce(sum(seats), 0) from ticket where status in ('confirmed', 'offered')")
	if taken := k.taken(t, e.Quota()); taken != rows || taken != seats {
		t.Errorf("%d seats taken, %d held, want %d while others wait", taken, rows, seats)
	}
	if n := k.number(
		t,
		"select count(*) from ticket t full join ticket_offer o on o.ticket_id = t.id and t.status = 'offered' where "+
			"(t.status = 'offered') <> (o.ticket_id is not null)",
	); n != 0 {
		t.Errorf("%d offers without their ticket, or tickets without their offer", n)
	}
}

func (k *kit) askStill(t testing.TB) int {
	t.Helper()
	n, err := AskStillComing(t.Context(), k.db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStillComing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, lonely := k.line(t, 3), k.line(t, 1)
	yes, _ := k.take(t, ask(e, 1))
	no, _ := k.take(t, ask(e, 1))
	quiet, _ := k.take(t, ask(e, 1))
	k.take(t, ask(lonely, 1))
	k.leaveContact(t, yes)
	k.wait(t, e, 1, false)
	for what, at := range map[string]time.Time{
		"more than two days ahead": e.StartsAt.Add(-48*time.Hour - time.Second),
		"in the night":             clock.DateOf(e.StartsAt).AddDays(-1).At(6, 59),
		"late":                     clock.DateOf(e.StartsAt).AddDays(-2).At(22, 0),
		"when the line has ended":  e.StartsAt.Add(-24 * time.Hour),
	} {
		k.clock.Set(at)
		if n := k.askStill(t); n != 0 {
			t.Errorf("%d were asked %s", n, what)
		}
	}
	k.clock.Set(e.StartsAt.Add(-48 * time.Hour))
	if n := k.askStill(t); n != 3 {
		t.Fatalf("%d were asked, want the three whose seats others wait for", n)
	}
	if !k.look(t, yes).AskedStillComing || k.notices(t, yes, "still_coming") != 1 ||
		k.notices(t, no, "still_coming") != 0 {
		t.Error("whoever left a contact is not told, or whoever left none is")
	}
	if got, err := k.service.Confirm(t.Context(), yes); err != nil || got.AskedStillComing || got.Status != Confirmed {
		t.Errorf("yes: %+v, %v", got, err)
	}
	k.cancel(t, no) // the seat goes to the one who waits
	if n := k.askStill(t); n != 0 {
		t.Errorf("%d were asked again", n)
	}
	k.clock.Set(e.StartsAt.Add(-time.Minute))
	k.lapse(t)
	if got := k.look(t, quiet); got.Status != Confirmed || !got.AskedStillComing {
		t.Errorf("no answer: %+v", got)
	}
	if taken := k.taken(t, e.Quota()); taken != 3 {
		t.Errorf("%d seats taken", taken)
	}
}

func TestConfirmRefuses(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	for range 2 { // unasked
		if got, err := k.service.Confirm(t.Context(), held); err != nil || got.Status != Confirmed {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if k.number(t, "select count(*) from ticket where still_coming is not null") != 0 {
		t.Error("an unasked yes was written down")
	}
	_, err := k.service.Confirm(t.Context(), newSecret(t))
	wantError(t, "nobody's code", err, ErrUnknown)
	_, err = k.service.Confirm(t.Context(), secret.Ticket{})
	wantError(t, "no code", err, ErrUnknown)
	k.clock.Set(e.EndsAt)
	_, err = k.service.Confirm(t.Context(), held)
	wantError(t, "a date that is over", err, ErrOver)
}
