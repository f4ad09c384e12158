package ticket

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestTakeLookRotateCancel(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 5)
	r := ask(e, 2)
	r.Nickname = " はな　"
	code, got := k.take(t, r)
	want := Ticket{
		ID:             got.ID,
		OrganizationID: k.org,
		EventID:        e.ID,
		OccurrenceID:   e.OccurrenceID,
		PartID:         e.Parts[0].ID,
		QuotaID:        e.Quota(),
		Status:         Confirmed,
		Seats:          2,
		Nickname:       "はな",
		TakenOn:        clock.Today(k.clock),
	}
	if got.ID.Version() != 4 || code.IsZero() {
		t.Errorf("id version %d, code zero %v", got.ID.Version(), code.IsZero())
	}
	if got != want {
		t.Errorf("Take = %+v, want %+v", got, want)
	}
	looked, err := k.service.Look(t.Context(), code)
	if looked != want || err != nil {
		t.Errorf("Look = %+v, %v, want %+v", looked, err, want)
	}
	if n := k.taken(t, e.Quota()); n != 2 {
		t.Errorf("taken %d, want 2", n)
	}

	fresh, rotated, err := k.service.Rotate(t.Context(), code)
	if rotated != want || err != nil || fresh.Equal(code) {
		t.Errorf("Rotate = %+v, %v, same secret %v, want %+v", rotated, err, fresh.Equal(code), want)
	}
	for what, call := range map[string]func() error{
		"Look":   func() error { _, err := k.service.Look(t.Context(), code); return err },
		"Cancel": func() error { _, err := k.service.Cancel(t.Context(), code); return err },
		"Rotate": func() error { _, _, err := k.service.Rotate(t.Context(), code); return err },
	} {
		wantError(t, what+" with the old secret", call(), ErrUnknown)
	}

	want.Status, want.Nickname = Cancelled, ""
	cancelled, err := k.service.Cancel(t.Context(), fresh)
	if cancelled != want || err != nil {
		t.Errorf("Cancel = %+v, %v, want %+v", cancelled, err, want)
	}
	_, err = k.service.Cancel(t.Context(), fresh)
	wantError(t, "second Cancel", err, ErrCancelled)
	if n := k.taken(t, e.Quota()); n != 0 {
		t.Errorf("taken after cancelling %d, want 0", n)
	}
	looked, err = k.service.Look(t.Context(), fresh)
	if looked != want || err != nil {
		t.Errorf("Look after cancelling = %+v, %v, want %+v", looked, err, want)
	}
}

func TestSecretIsTheIdempotencyKey(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(
		t,
		testkit.EventOptions{
			Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: 2}, {Capacity: 9}}}},
		},
	)
	other := k.seats(t, 9)
	r := ask(e, 2)
	r.Secret, r.Nickname = newSecret(t), "そら"
	code, first := k.take(t, r)
	if !code.Equal(r.Secret) {
		t.Error("Take gave another secret than the caller's")
	}
	// The quota is full now, the retry gets its ticket all the same.
	again := r
	again.Nickname = "　そら "
	if _, got := k.take(t, again); got != first {
		t.Errorf("second Take = %+v, want %+v", got, first)
	}
	for name, change := range map[string]func(*Request){
		"event and quota": func(r *Request) { r.EventID, r.QuotaID = other.ID, other.Quota() },
		"quota":           func(r *Request) { r.QuotaID = e.Parts[0].Quotas[1] },
		"event":           func(r *Request) { r.EventID = other.ID },
		"seats":           func(r *Request) { r.Seats = 1 },
		"too many seats":  func(r *Request) { r.Seats = 1 << 20 },
		"nickname":        func(r *Request) { r.Nickname = "うみ" },
		"no nickname":     func(r *Request) { r.Nickname = "" },
	} {
		changed := r
		change(&changed)
		_, _, err := k.service.Take(t.Context(), changed)
		wantError(t, name, err, ErrPayloadDiffers)
	}
	// Registration closes: still the same ticket.
	k.clock.Set(e.StartsAt.Add(time.Minute))
	if _, got := k.take(t, r); got != first {
		t.Errorf("Take after the start = %+v, want %+v", got, first)
	}
	if _, err := k.service.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	_, got := k.take(t, r)
	want := first
	want.Status, want.Nickname = Cancelled, ""
	if got != want {
		t.Errorf("Take of a cancelled ticket = %+v, want %+v", got, want)
	}
	if n := k.number(t, "select count(*) from ticket"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	k := setup(t)
	now := k.clock.Now()
	part := func(p testkit.PartOptions) testkit.EventOptions {
		return testkit.EventOptions{Parts: []testkit.PartOptions{p}}
	}
	channel := func(c string) testkit.EventOptions {
		return part(testkit.PartOptions{Quotas: []testkit.QuotaOptions{{Channel: c, Capacity: 5}}})
	}
	for name, c := range map[string]struct {
		event  testkit.EventOptions
		change func(*Request)
		want   *fault.Error
		kind   fault.Kind
	}{
		"unknown quota": {
			change: func(r *Request) { r.QuotaID = uuid.New() },
			want:   ErrQuotaUnknown,
			kind:   fault.KindNotFound,
		},
		"unknown event": {
			change: func(r *Request) { r.EventID = uuid.New() },
			want:   ErrQuotaUnknown,
			kind:   fault.KindNotFound,
		},
		"no reservation": {
			event: part(testkit.PartOptions{Reservation: "none"}),
			want:  ErrNotNeeded,
			kind:  fault.KindConflict,
		},
		"slot": {
			event: part(testkit.PartOptions{Reservation: "slot"}),
			want:  ErrOtherWay,
			kind:  fault.KindConflict,
		},
		"kept for walk-in": {event: channel("walk_in"), want: ErrOtherWay, kind: fault.KindConflict},
		"kept for slots":   {event: channel("slot"), want: ErrOtherWay, kind: fault.KindConflict},
		"draft": {
			event: testkit.EventOptions{Status: "draft"},
			want:  ErrQuotaUnknown,
			kind:  fault.KindNotFound,
		},
		"cancelled": {
			event: testkit.EventOptions{Status: "cancelled"},
			want:  ErrNotAccepting,
			kind:  fault.KindConflict,
		},
		"date cancelled": {
			event: testkit.EventOptions{OccurrenceStatus: "cancelled"},
			want:  ErrNotAccepting,
			kind:  fault.KindConflict,
		},
		"postponed": {
			event: testkit.EventOptions{OccurrenceStatus: "postponed"},
			want:  ErrNotAccepting,
			kind:  fault.KindConflict,
		},
		"not open": {
			event: part(testkit.PartOptions{OpensAt: now.Add(time.Microsecond)}),
			want:  ErrNotOpen,
			kind:  fault.KindConflict,
		},
		"closed": {
			event: part(testkit.PartOptions{ClosesAt: now}),
			want:  ErrClosed,
			kind:  fault.KindConflict,
		},
		"has begun":      {event: testkit.EventOptions{StartsAt: now}, want: ErrClosed, kind: fault.KindConflict},
		"too many seats": {change: func(r *Request) { r.Seats = 5 }, want: ErrTooManySeats, kind: fault.KindInvalid},
		"absurdly many": {
			change: func(r *Request) { r.Seats = 1 << 40 },
			want:   ErrTooManySeats,
			kind:   fault.KindInvalid,
		},
		"no seats": {change: func(r *Request) { r.Seats = 0 }, want: ErrSeats, kind: fault.KindInvalid},
		"negative": {change: func(r *Request) { r.Seats = -1 }, want: ErrSeats, kind: fault.KindInvalid},
		"nickname": {
			change: func(r *Request) { r.Nickname = "a\x00" },
			want:   ErrNickname,
			kind:   fault.KindInvalid,
		},
		"full": {
			event: part(testkit.PartOptions{Quotas: []testkit.QuotaOptions{{Capacity: 0}}}),
			want:  ErrFull,
			kind:  fault.KindFull,
		},
	} {
		e := k.event(t, c.event)
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/made=%v", name, made), func(t *testing.T) {
				r := ask(e, 1)
				if made {
					r.Secret = newSecret(t)
				}
				if c.change != nil {
					c.change(&r)
				}
				code, got, err := k.service.Take(t.Context(), r)
				if f, ok := fault.As(err); !ok || f.Code != c.want.Code || f.Kind != c.kind {
					t.Fatalf("error %v, want %v", err, c.want)
				}
				if f, _ := fault.As(err); c.want == ErrTooManySeats && f.Params["max"] != 4 {
					t.Errorf("params %v, want max 4", f.Params)
				}
				if !code.IsZero() || got != (Ticket{}) {
					t.Errorf("a refusal gave %v", got)
				}
			})
		}
	}
	if n := k.number(t, "select count(*) from ticket"); n != 0 {
		t.Errorf("refusals left %d rows", n)
	}
	for what, call := range map[string]func(secret.Ticket) error{
		"Look":   func(c secret.Ticket) error { _, err := k.service.Look(t.Context(), c); return err },
		"Cancel": func(c secret.Ticket) error { _, err := k.service.Cancel(t.Context(), c); return err },
		"Rotate": func(c secret.Ticket) error { _, _, err := k.service.Rotate(t.Context(), c); return err },
	} {
		wantError(t, what+" unknown", call(newSecret(t)), ErrUnknown)
		wantError(t, what+" nothing", call(secret.Ticket{}), ErrUnknown)
	}
}

func TestTimesAreTheServicesOwn(t *testing.T) {
	t.Parallel()
	k := setup(t)
	// Years from the database's own clock, so that only app.now can be what decides.
	k.clock.Set(clock.NewDate(2040, 5, 1).At(0, 30))
	now := k.clock.Now()
	e := k.event(
		t,
		testkit.EventOptions{
			StartsAt: now.Add(48 * time.Hour),
			Parts:    []testkit.PartOptions{{OpensAt: now.Add(time.Hour), ClosesAt: now.Add(2 * time.Hour)}},
		},
	)
	_, _, err := k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "before opening", err, ErrNotOpen)
	k.clock.Set(now.Add(time.Hour))
	code, got := k.take(t, ask(e, 1))
	if want := clock.NewDate(2040, 5, 1); got.TakenOn != want {
		t.Errorf("taken on %v, want %v", got.TakenOn, want)
	}
	if again, err := k.service.Look(t.Context(), code); err != nil || again != got {
		t.Errorf("Look = %+v, %v, want %+v", again, err, got)
	}
	k.clock.Set(now.Add(2 * time.Hour))
	_, _, err = k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "after closing", err, ErrClosed)
	k.clock.Set(e.EndsAt)
	_, err = k.service.Cancel(t.Context(), code)
	wantError(t, "Cancel after the end", err, ErrOver)
	k.clock.Set(e.EndsAt.Add(-time.Microsecond))
	if _, err = k.service.Cancel(t.Context(), code); err != nil {
		t.Errorf("Cancel just before the end: %v", err)
	}
	k.clock.Set(e.EndsAt)
	_, err = k.service.Cancel(t.Context(), code)
	wantError(t, "Cancel of a cancelled ticket after the end", err, ErrCancelled)
}

func TestJoiningLink(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const link = "https://meet.example.jp/abc"
	e := k.event(t, testkit.EventOptions{Parts: []testkit.PartOptions{{
		JoiningLink: link, LinkOpensBefore: 24 * time.Hour, Phone: "電話で{番号}、または｛番号｝をどうぞ",
		Quotas: []testkit.QuotaOptions{{Channel: "online", Capacity: 9}, {Channel: "in_person", Capacity: 9}},
	}}})
	inPerson := ask(e, 1)
	inPerson.QuotaID = e.Parts[0].Quotas[1]
	online, ticket := k.take(t, ask(e, 1))
	there, _ := k.take(t, inPerson)
	if ticket.JoiningLink != nil {
		t.Error("the link shows ten days ahead")
	}
	shows := func(code secret.Ticket) bool {
		t.Helper()
		got, err := k.service.Look(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		return got.JoiningLink != nil && got.JoiningLink.URL == link
	}
	opens := e.StartsAt.Add(-24 * time.Hour)
	k.clock.Set(opens.Add(-time.Microsecond))
	if shows(online) {
		t.Error("the link shows too early")
	}
	k.clock.Set(opens)
	if !shows(online) {
		t.Error("the link does not show when it opens")
	}
	if shows(there) {
		t.Error("the link shows on an in-person ticket")
	}
	if got, err := k.service.Look(
		t.Context(),
		online,
	); err != nil ||
		got.JoiningLink.Spoken("012345") != "電話で012345、または012345をどうぞ" {
		t.Errorf("by telephone: %+v, %v", got.JoiningLink, err)
	}
	late, ticket := k.take(t, ask(e, 1))
	if ticket.JoiningLink == nil || ticket.JoiningLink.URL != link {
		t.Errorf("Take while the link is open = %+v", ticket)
	}
	if _, err := k.service.Cancel(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if shows(late) {
		t.Error("the link shows on a cancelled ticket")
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 9)
	old := randomBytes()
	before, err := secret.NewKeys(old)
	if err != nil {
		t.Fatal(err)
	}
	after := newKeys(t, old)
	k.service = k.serve(t, k.db, before)
	r := ask(e, 1)
	r.Secret = newSecret(t)
	_, first := k.take(t, r)

	k.service = k.serve(t, k.db, after)
	if _, got := k.take(t, r); got != first {
		t.Errorf("Take under the new key = %+v, want %+v", got, first)
	}
	if got, err := k.service.Look(t.Context(), r.Secret); err != nil || got != first {
		t.Errorf("Look under the new key = %+v, %v", got, err)
	}
	moved, _, err := k.service.Rotate(t.Context(), r.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if n := k.number(t, "select count(*) from ticket where secret_mac = $1", after.TicketMAC(moved)); n != 1 {
		t.Error("the rotated ticket is not under the signing key")
	}
	second := ask(e, 1)
	second.Secret = newSecret(t)
	k.service = k.serve(t, k.db, before)
	k.take(t, second)
	k.service = k.serve(t, k.db, after)
	if _, err := k.service.Cancel(t.Context(), second.Secret); err != nil {
		t.Errorf("Cancel of a ticket under the old key: %v", err)
	}
	third, _ := k.take(t, ask(e, 1))
	if n := k.number(t, "select count(*) from ticket where secret_mac = $1", after.TicketMAC(third)); n != 1 {
		t.Error("a new ticket is not under the signing key")
	}
}

func TestSoldOutMemory(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 1000)
	held, _ := k.take(t, ask(e, 1))
	// flag has the service hear that one seat is left; then others come free, by another process.
	flag := func() {
		const capacity = "update quota_counter set capacity = case when $2 then taken + 1 else 1000 end where " +
			"quota_id = $1"
		k.exec(t, capacity, e.Quota(), true)
		r := ask(e, 2)
		r.Secret = newSecret(t) // the database is asked
		_, _, err := k.service.Take(t.Context(), r)
		wantError(t, "Take of two", err, ErrFull)
		k.exec(t, capacity, e.Quota(), false)
	}

	answered := false
	for range 20 { // a machine that stands still for 250 ms forgets
		flag()
		_, _, err := k.service.Take(t.Context(), ask(e, 2))
		answered = answered || err != nil
	}
	if !answered {
		t.Error("memory never answered")
	}
	flag()
	k.take(t, ask(e, 1)) // fits what was free
	flag()
	made := ask(e, 2)
	made.Secret = newSecret(t)
	k.take(t, made) // the database is asked
	flag()
	if _, err := k.service.Cancel(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	k.take(t, ask(e, 2)) // at once

	full := k.seats(t, 0)
	_, _, err := k.service.Take(t.Context(), ask(full, 1))
	wantError(t, "Take", err, ErrFull)
	if !k.service.granter.IsFull(full.ID, full.Quota(), 1) {
		t.Error("the database's verdict is not remembered")
	}
}

// A rotation that is sent again, alone or at the same moment, gives the same ticket; another's
// secret is not taken [R2].
func TestARotationSentAgainGivesTheSameTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 2)
	r := ask(e, 1)
	r.Nickname = "ゆず"
	code, held := k.take(t, r)
	other, _ := k.take(t, ask(e, 1))
	next := newSecret(t)
	_, err := k.service.RotateTo(t.Context(), code, other)
	wantError(t, "to another ticket's secret", err, ErrPayloadDiffers)
	_, err = k.service.RotateTo(t.Context(), code, code)
	wantError(t, "to the same secret", err, ErrPayloadDiffers)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := k.service.RotateTo(t.Context(), code, next)
			if err != nil || got.ID != held.ID || got.Nickname != "ゆず" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	group.Wait()
	_, err = k.service.Look(t.Context(), code)
	wantError(t, "the old secret", err, ErrUnknown)
	_, err = k.service.RotateTo(t.Context(), code, newSecret(t))
	wantError(t, "with the old secret to a third", err, ErrUnknown)
}
