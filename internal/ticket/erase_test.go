package ticket

import (
	"errors"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func (k *kit) eraser() *Eraser { return &Eraser{db: k.db, batch: 2} }

// remembered counts the tickets that still point at somebody.
func (k *kit) remembered(t testing.TB) int {
	t.Helper()
	return k.number(t, "select count(*) from ticket where secret_mac is not null or nickname is not null")
}

func TestEraseWaitsSevenDays(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	code, _, err := k.service.Take(
		t.Context(),
		Request{EventID: e.ID, QuotaID: e.Parts[0].Quotas[0], Seats: 2, Nickname: "はな"},
	)
	if err != nil {
		t.Fatal(err)
	}
	k.clock.Set(e.EndsAt.Add(retention.AfterDate))
	if n, err := k.eraser().EraseEnded(t.Context()); n != 0 || err != nil {
		t.Fatalf("on the seventh day: %d, %v", n, err)
	}
	if _, err := k.service.Look(t.Context(), code); err != nil {
		t.Fatalf("the holder can't look any more: %v", err)
	}
	k.clock.Advance(time.Second)
	if n, err := k.eraser().EraseEnded(t.Context()); n != 1 || err != nil {
		t.Fatalf("after it: %d, %v", n, err)
	}
	if n := k.remembered(t); n != 0 {
		t.Errorf("%d tickets still point at somebody", n)
	}
	if _, err := k.service.Look(t.Context(), code); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
	if n := k.taken(t, e.Parts[0].Quotas[0]); n != 2 {
		t.Errorf("%d seats counted, want the 2 that were taken", n)
	}
}

func TestEraseLeavesWhatHasNotEnded(t *testing.T) {
	t.Parallel()
	k := setup(t)
	soon, ended, postponed := k.seats(t, 5), k.seats(t, 5), k.seats(t, 5)
	for _, e := range []testkit.Event{soon, ended, postponed} {
		if _, _, err := k.service.Take(
			t.Context(),
			Request{EventID: e.ID, QuotaID: e.Parts[0].Quotas[0], Seats: 1},
		); err != nil {
			t.Fatal(err)
		}
	}
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", postponed.OccurrenceID)
	now := ended.EndsAt.Add(retention.AfterDate + time.Minute)
	k.clock.Set(now)
	k.exec(
		t,
		`update occurrence set starts_at = $2::timestamptz, ends_at = $2::timestamptz + interval '1 hour'
		  where id = $1`,
		soon.OccurrenceID,
		now,
	)
	if n, err := k.eraser().EraseEnded(t.Context()); n != 1 || err != nil {
		t.Fatalf("got %d, %v, want the one that ended", n, err)
	}
	k.clock.Advance(retention.AfterPutOffDate)
	if n, err := k.eraser().EraseEnded(t.Context()); n != 2 || err != nil {
		t.Errorf("got %d, %v, want the rest", n, err)
	}
}

func TestEraseGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	for range 7 {
		if _, _, err := k.service.Take(
			t.Context(),
			Request{EventID: e.ID, QuotaID: e.Parts[0].Quotas[0], Seats: 1, Nickname: "そら"},
		); err != nil {
			t.Fatal(err)
		}
	}
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Hour))
	// The third batch kills its own connection before it commits.
	k.exec(t, `
		create sequence batches; grant usage on sequence batches to tnm_worker;
		create function kill() returns trigger language plpgsql security definer as $$
		begin
		  if nextval('batches') = 3 then perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(10); end if;
		  return null;
		end $$;
		grant execute on function kill() to public;
		create trigger kill after update on ticket for each statement execute function kill();`)
	n, err := k.eraser().EraseEnded(t.Context())
	if n != 4 || err == nil {
		t.Fatalf("got %d, %v, want two batches and an error", n, err)
	}
	k.exec(
		t,
		"select from ticket for update",
	) // waits for the killed connection to let go of its rows, which the next run would skip
	if left := k.remembered(t); left != 3 {
		t.Fatalf("%d tickets left, want 3", left)
	}
	if n, err := k.eraser().EraseEnded(t.Context()); n != 3 || err != nil {
		t.Fatalf("the second run: %d, %v", n, err)
	}
	if n, err := k.eraser().EraseEnded(t.Context()); n != 0 || err != nil {
		t.Errorf("the third run: %d, %v", n, err)
	}
	if left, taken := k.remembered(t), k.taken(t, e.Parts[0].Quotas[0]); left != 0 || taken != 7 {
		t.Errorf("%d left, %d seats counted", left, taken)
	}
}
