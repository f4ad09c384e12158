package ticket

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// certificate is the word for each past date, latest first.
func (k *kit) certificate(t testing.TB, id uuid.UUID) (words []string) {
	t.Helper()
	dates, err := k.service.Erasures(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dates {
		switch {
		case d.Erased == nil:
			words = append(words, "not due")
		case *d.Erased:
			words = append(words, "erased")
		default:
			words = append(words, "left")
		}
	}
	return words
}

func wantWords(t testing.TB, when string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: certificate %q, want %q", when, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: certificate %q, want %q", when, got, want)
		}
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, nobody := k.seats(t, 5), k.seats(t, 5)
	k.take(t, ask(e, 1))
	wantWords(t, "before the date", k.certificate(t, e.ID))
	k.clock.Set(e.EndsAt)
	wantWords(t, "at its end", k.certificate(t, e.ID), "not due")
	wantWords(t, "without tickets", k.certificate(t, nobody.ID), "not due")
	k.clock.Set(e.EndsAt.Add(retention.AfterDate))
	wantWords(t, "on the seventh day", k.certificate(t, e.ID), "not due")
	k.clock.Advance(time.Second)
	wantWords(t, "due, the worker sleeps", k.certificate(t, e.ID), "left")
	if _, err := k.eraser().EraseEnded(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantWords(t, "the worker was there", k.certificate(t, e.ID), "erased")
	wantWords(t, "nobody came", k.certificate(t, nobody.ID), "erased")
	dates, err := k.service.Erasures(t.Context(), e.ID)
	if err != nil || !dates[0].EndedAt.Equal(e.EndsAt) ||
		!dates[0].EraseAfter.Equal(e.EndsAt.Add(retention.AfterDate)) ||
		dates[0].OccurrenceID != e.OccurrenceID {
		t.Errorf("%+v, %v", dates, err)
	}
}

func TestCertificateOfADatePutOff(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 5)
	k.take(t, ask(e, 1))
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", e.OccurrenceID)
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Hour))
	wantWords(t, "it may get new times", k.certificate(t, e.ID), "not due")
	k.clock.Set(e.EndsAt.Add(retention.AfterPutOffDate + time.Hour))
	wantWords(t, "it never got any", k.certificate(t, e.ID), "left")
	if n, err := k.eraser().EraseEnded(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	wantWords(t, "erased", k.certificate(t, e.ID), "erased")
}

func TestCertificateOfListedEventsOnly(t *testing.T) {
	t.Parallel()
	k := setup(t)
	past := testkit.EventOptions{StartsAt: k.clock.Now().AddDate(0, 0, -30)}
	draft, partners, cancelled := past, past, past
	draft.Status, partners.Visibility, cancelled.Status = "draft", "partners", "cancelled"
	for name, o := range map[string]testkit.EventOptions{"a draft": draft, "for partners": partners} {
		if dates, err := k.service.Erasures(
			t.Context(),
			k.event(t, o).ID,
		); !errors.Is(err, event.ErrUnknown) ||
			len(dates) > 0 {
			t.Errorf("%s: %v, %v, want ErrUnknown", name, dates, err)
		}
	}
	if _, err := k.service.Erasures(t.Context(), uuid.New()); !errors.Is(err, event.ErrUnknown) {
		t.Errorf("no event: %v, want ErrUnknown", err)
	}
	wantWords(t, "cancelled", k.certificate(t, k.event(t, cancelled).ID), "erased")
}

// A mended fault: who waits for any date asked at one that may end long before the others.
func TestATicketThatWaitsForALaterDateIsNotErased(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	holder, _ := k.take(t, ask(e, 1))
	later := e.EndsAt.AddDate(0, 2, 0)
	var occurrence, part, quota uuid.UUID
	if err := k.admin.QueryRow(t.Context(), `
		with o as (
		  insert into occurrence (organization_id, event_id, status, starts_at, ends_at, place_kind)
		  values ($1, $2, 'scheduled', $3, $3::timestamptz + interval '2 hours', 'in_person') returning id
		), p as (
		  insert into part (organization_id, event_id, occurrence_id, position, starts_at, ends_at, reservation,
		  waiting_list)
		  select $1, $2, o.id, 0, $3, $3::timestamptz + interval '2 hours', 'seat', true from o returning id
		)
		select o.id, p.id, gen_random_uuid() from o, p`, k.org, e.ID, later).Scan(
		&occurrence,
		&part,
		&quota,
	); err != nil {
		t.Fatal(err)
	}
	k.exec(
		t,
		`insert into quota (organization_id, event_id, occurrence_id, part_id, id, channel, max_seats)
			values ($1, $2, $3, $4, $5, 'in_person', 4)`,
		k.org,
		e.ID,
		occurrence,
		part,
		quota,
	)
	k.exec(
		t,
		`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
			values ($1, $2, $3, $4, 1)`,
		k.org,
		e.ID,
		occurrence,
		quota,
	)
	full := ask(e, 1)
	full.QuotaID = quota
	laterHolder, _ := k.take(t, full)
	waiting, got := k.take(t, waitFor(e, 1, WaitAnyDate))
	if got.Status != Waiting {
		t.Fatalf("status %s, want waiting", got.Status)
	}
	round := func() {
		t.Helper()
		if _, err := LapseWaiting(t.Context(), k.db); err != nil {
			t.Fatal(err)
		}
		if _, err := k.eraser().EraseEnded(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Hour))
	round()
	if _, err := k.service.Look(t.Context(), holder); !errors.Is(err, ErrUnknown) {
		t.Errorf("the ticket of the date that ended: %v, want ErrUnknown", err)
	}
	if s := k.status(t, waiting); s != Waiting {
		t.Errorf("who waits for the later date is %s", s)
	}
	wantWords(t, "while one waits for the later date", k.certificate(t, e.ID), "erased")
	k.cancel(t, laterHolder)
	if s := k.status(t, waiting); s != Confirmed {
		t.Errorf("a seat came free, and the ticket is %s", s)
	}
	k.clock.Set(later.Add(2*time.Hour + retention.AfterDate + time.Second))
	round()
	wantWords(t, "at the end of all", k.certificate(t, e.ID), "erased", "erased")
	if n := k.remembered(t); n != 0 {
		t.Errorf("%d tickets still point at somebody", n)
	}
}

// A date is not erased while the key of its contacts is there, and the day on which it was
// destroyed is told.
func TestCertificateTellsOfTheKey(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, without := k.seats(t, 5), k.seats(t, 5)
	k.exec(
		t,
		`insert into contact_key (organization_id, event_id, occurrence_id, public_key)
			values ($1, $2, $3, convert_to(repeat('p', 1216), 'UTF8'))`,
		e.OrganizationID,
		e.ID,
		e.OccurrenceID,
	)
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Second))
	told := func(id uuid.UUID) Erasure {
		t.Helper()
		dates, err := k.service.Erasures(t.Context(), id)
		if err != nil || len(dates) != 1 {
			t.Fatalf("%+v, %v", dates, err)
		}
		return dates[0]
	}
	if d := told(without.ID); d.Key != NoKey || d.KeyDestroyedOn != nil || !*d.Erased {
		t.Errorf("nobody could leave a contact: %+v", d)
	}
	if d := told(e.ID); d.Key != KeyKept || d.KeyDestroyedOn != nil || *d.Erased {
		t.Errorf("the key is there: %+v", d)
	}
	k.exec(
		t,
		`update contact_key set public_key = null, destroyed_on = '2026-12-24' where occurrence_id = $1`,
		e.OccurrenceID,
	)
	if d := told(
		e.ID,
	); d.Key != KeyDestroyed || d.KeyDestroyedOn == nil || d.KeyDestroyedOn.String() != "2026-12-24" ||
		!*d.Erased {
		t.Errorf("the key is destroyed: %+v", d)
	}
}
