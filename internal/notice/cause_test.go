package notice_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func (k *kit) jobs(t *testing.T) int {
	t.Helper()
	return k.number(t, "select count(*) from river.river_job where kind = 'duty'")
}

func TestCancellationOfADateAndThenOfItsEventIsToldOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.take(t, e, "") // who left no address is told by their ticket
	k.cancel(t, e)
	k.expect(t, e, "cancellation due")
	if n := k.jobs(t); n != 1 {
		t.Errorf("%d deliveries are queued, want 1", n)
	}
	k.exec(t, "update event set status = 'cancelled', cancelled_at = now() where id = $1", e.ID)
	k.deliver(t, e, 0)
	k.deliver(t, e, 0)
	k.expect(t, e, "cancellation sent")
	if got := k.mail.addresses(); !slices.Equal(got, []string{"a@example.jp"}) {
		t.Errorf("sent to %q", got)
	}
	if m := k.mail.sent[0]; m.Subject != "お申し込みの予定について" || !strings.Contains(m.Text, "中止") ||
		!strings.Contains(m.Text, "https://tonarimachi.example.jp/t\n") {
		t.Errorf("mail %+v", m)
	}
}

func TestACancelledEventIsToldToAllOfItsDates(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, other := k.event(t, 10, 5), k.event(t, 10, 5)
	for _, at := range []string{"a@example.jp", "b@example.jp"} {
		k.take(t, e, at)
	}
	k.take(t, other, "c@example.jp")
	k.exec(t, "update event set status = 'cancelled', cancelled_at = now() where id = $1", e.ID)
	k.expect(t, e, "cancellation due", "cancellation due")
	k.expect(t, other)
}

func TestAChangeReplacesOneThatDidNotLeaveYet(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.exec(t, "update occurrence set note = 'x' where id = $1", e.OccurrenceID) // not worth a mail
	k.exec(t, "update event set title = 'another' where id = $1", e.ID)
	k.expect(t, e)
	// Both the date and its part move, in one transaction.
	move := func(by string) {
		tx, err := k.Pool(t).Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{
			`update occurrence set starts_at = starts_at + $2::interval, ends_at = ends_at + $2::interval
			  where id = $1`,
			"update part set starts_at = starts_at + $2::interval, ends_at = ends_at + $2::interval where " +
				"occurrence_id = $1",
		} {
			if _, err := tx.Exec(t.Context(), s, e.OccurrenceID, by); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	move("1 hour")
	k.expect(t, e, "change dropped", "change due")
	if n := k.jobs(t); n != 1 {
		t.Errorf("%d deliveries are queued, want 1", n)
	}
	k.deliver(t, e, 0)
	move("1 hour")
	k.exec(t, "update occurrence set place_name = 'elsewhere' where id = $1", e.OccurrenceID)
	k.exec(t, "update part set place_note = '3階' where occurrence_id = $1", e.OccurrenceID)
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", e.OccurrenceID)
	k.deliver(t, e, 0)
	if got := k.mail.addresses(); len(got) != 2 {
		t.Errorf("%d mails, want one for each time that something was told", len(got))
	}
	// What was to be told of a change is moot once the date is cancelled.
	move("1 hour")
	k.cancel(t, e)
	k.deliver(t, e, 0)
	if got := k.mail.sent; len(got) != 3 || !strings.Contains(got[2].Text, "中止") {
		t.Errorf("%d mails, the last %q", len(got), got[len(got)-1].Text)
	}
}

func TestWhatIsPastOrHiddenIsNotTold(t *testing.T) {
	t.Parallel()
	k := setup(t)
	past, draft := k.event(t, 1, 5), k.event(t, 10, 5)
	k.take(t, past, "a@example.jp")
	k.take(t, draft, "b@example.jp")
	k.exec(
		t,
		"alter table occurrence disable trigger occurrence_moves_ahead_update",
	) // what is published does not move into the past
	k.exec(
		t,
		"update occurrence set starts_at = starts_at - interval '9 days', ends_at = ends_at - interval '9 days', "+
			"listed = true where id = $1",
		past.OccurrenceID,
	)
	k.exec(t, "update event set visibility = 'partners' where id = $1", draft.ID)
	k.cancel(t, past)
	k.exec(t, "update occurrence set place_name = 'elsewhere' where id = $1", draft.OccurrenceID)
	k.expect(t, past)
	k.expect(t, draft)
}

func TestAPromotionIsTold(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 1)
	k.take(t, e, "first@example.jp")
	_, waits := k.take(t, e, "waits@example.jp")
	if waits.Status != ticket.Waiting {
		t.Fatalf("status %s", waits.Status)
	}
	// Where nobody is asked first, as when an offer would come too late.
	k.exec(t, "update quota_counter set capacity = 2, accepting = false where quota_id = $1", e.Quota())
	k.exec(t, "update ticket set status = 'confirmed' where id = $1", waits.ID)
	k.exec(t, "update quota_counter set accepting = true where quota_id = $1", e.Quota())
	k.expect(t, e, "promotion due")
	k.deliver(t, e, 0)
	if got := k.mail.addresses(); !slices.Equal(got, []string{"waits@example.jp"}) {
		t.Errorf("sent to %q", got)
	}
	// A cause that is rolled back leaves neither notice nor job.
	k.exec(t, "delete from river.river_job")
	tx, err := k.Pool(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(
		t.Context(),
		"update occurrence set status = 'cancelled', cancelled_at = now() where id = $1",
		e.OccurrenceID,
	); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k.expect(t, e, "promotion sent"); k.jobs(t) != 0 {
		t.Error("a job of what never happened")
	}
}

func TestOffersAndQuestionsAndResults(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 1)
	k.take(t, e, "first@example.jp")
	_, waits := k.take(t, e, "waits@example.jp")
	k.exec(
		t,
		"update quota_counter set capacity = 2, accepting = false where quota_id = $1",
		e.Quota(),
	) // room, and nobody is promoted
	k.exec(t, "update ticket set status = 'offered' where id = $1", waits.ID)
	k.expect(t, e, "offer due")
	k.exec(
		t,
		"select notice_write(ticket_id, 'still_coming') from ticket_contact c join ticket t on t.id = c.ticket_id "+
			"where t.status = 'confirmed' and t.event_id = $1",
		e.ID,
	)
	k.exec(t, "update quota_counter set accepting = true where quota_id = $1", e.Quota())
	k.deliver(t, e, 0)
	k.expect(t, e, "offer sent", "still_coming sent")
	// An offer that was accepted meanwhile is told no more.
	_, third := k.take(t, e, "third@example.jp")
	k.exec(t, "update quota_counter set capacity = 3, accepting = false where quota_id = $1", e.Quota())
	k.exec(t, "update ticket set status = 'offered' where id = $1", third.ID)
	k.exec(t, "update ticket set status = 'confirmed' where id = $1", third.ID)
	k.deliver(t, e, 0)
	k.expect(t, e, "offer dropped", "offer sent", "still_coming sent")
}

func TestRemindersComeOnTheDayBefore(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, later := k.event(t, 2, 5), k.event(t, 3, 5)
	k.take(t, e, "a@example.jp")
	k.take(t, later, "b@example.jp")
	remind := func(want int) {
		t.Helper()
		if n, err := notice.Remind(t.Context(), k.db); err != nil || n != want {
			t.Errorf("%s: %d reminders, %v; want %d", k.clock.Now(), n, err, want)
		}
	}
	remind(0)
	today := clock.Today(k.clock)
	k.clock.Set(today.AddDays(1).At(6, 59))
	remind(0) // the night
	k.clock.Set(today.AddDays(1).At(7, 0))
	k.take(t, e, "") // asked for today, and knows
	remind(1)
	remind(0)
	k.expect(t, e, "reminder due")
	k.deliver(t, e, 0)
	k.expect(t, e, "reminder sent")
	if got := k.mail.addresses(); !slices.Equal(got, []string{"a@example.jp"}) ||
		!strings.Contains(k.mail.sent[0].Text, "あした") {
		t.Errorf("sent to %q", got)
	}
	// Moved to another day, it is told of again on the day before that; and not when the move came
	// after the reminder was written.
	k.exec(
		t,
		"update occurrence set starts_at = starts_at + interval '3 days', ends_at = ends_at + interval '3 days' "+
			"where id = $1",
		e.OccurrenceID,
	)
	k.exec(
		t,
		"update part set starts_at = starts_at + interval '3 days', ends_at = ends_at + interval '3 days' where "+
			"occurrence_id = $1",
		e.OccurrenceID,
	)
	k.exec(t, "update notice set state = 'dropped' where kind = 'change'")
	remind(0)
	k.clock.Set(today.AddDays(4).At(9, 0))
	remind(1)
	k.exec(
		t,
		"update part set starts_at = starts_at + interval '9 days', ends_at = ends_at + interval '9 days' where "+
			"occurrence_id = $1",
		e.OccurrenceID,
	)
	k.exec(
		t,
		"update occurrence set starts_at = starts_at + interval '9 days', ends_at = ends_at + interval '9 days' "+
			"where id = $1",
		e.OccurrenceID,
	)
	k.deliver(t, e, 0)
	if got := k.mail.sent; len(got) != 2 || strings.Contains(got[1].Text, "あした") {
		t.Errorf("%d mails; a reminder for a day that is none any more", len(got))
	}
}

func TestANoticeEndsWithItsTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3, 5)
	code, _ := k.take(t, e, "a@example.jp")
	k.take(t, e, "b@example.jp")
	k.exec(t, "update occurrence set place_name = 'elsewhere' where id = $1", e.OccurrenceID)
	k.expect(t, e, "change due", "change due")
	if _, err := k.tickets.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	k.expect(t, e, "change due")
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Second))
	if _, err := ticket.NewEraser(k.db).EraseEnded(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.expect(t, e)
}

// What the queue holds: names and the ids of events, in the transaction's own row.
func TestJobsHoldIdsOnly(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 1)
	first, _ := k.take(t, e, "canary@example.jp")
	k.take(t, e, "canary2@example.jp")
	if _, err := k.tickets.Cancel(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	k.cancel(t, e)
	rows, err := k.Pool(
		t,
	).Query(
		t.Context(),
		"select args::text || metadata::text from river.river_job where kind = 'duty'",
	)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(all) == 0 {
		t.Fatalf("%q, %v", all, err)
	}
	for _, args := range all {
		if want := `{"duty": "deliver_notices", "round": 0, "event_id": "` + e.ID.String() + `"}{}`; args != want {
			t.Errorf("args %s, want %s", args, want)
		}
	}
}

// The net: what is due and has no job gets one, and no second.
func TestForgottenNoticesAreWoken(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.cancel(t, e)
	wake := func(want int) {
		t.Helper()
		if n, err := notice.Wake(t.Context(), k.db); err != nil || n != want {
			t.Errorf("woke %d, %v; want %d", n, err, want)
		}
	}
	wake(0)
	k.exec(t, "update river.river_job set state = 'running', attempted_at = now(), attempted_by = '{dead}'")
	wake(1)
	wake(0)
	k.exec(t, "delete from river.river_job")
	k.exec(t, "update notice set tries = 3")
	wake(1)
	if n := k.number(t, "select (args->>'round')::int from river.river_job"); n != 3 {
		t.Errorf("woken in round %d, want 3", n)
	}
	k.deliver(t, e, 3)
	k.exec(t, "delete from river.river_job")
	wake(0)
}

// Many tickets are told of in one statement, and delivered in portions.
func TestAFanOutIsBatched(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const crowd = 60
	e := k.event(t, 10, crowd)
	for i := range crowd {
		k.take(t, e, "a"+strings.Repeat("b", i)+"@example.jp")
	}
	k.cancel(t, e)
	if n := k.jobs(t); n != 1 {
		t.Errorf("%d jobs", n)
	}
	by := k.deliverer(t, 25, time.Nanosecond)
	portions := 0
	for more := true; more; portions++ {
		next, err := by.Deliver(context.WithoutCancel(t.Context()), e.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		more = len(next) > 0
	}
	if got := k.mail.addresses(); len(got) != crowd || len(slices.Compact(got)) != crowd || portions != 3 ||
		k.mail.open != 0 {
		t.Errorf("%d mails in %d portions, %d connections left open", len(got), portions, k.mail.open)
	}
}
