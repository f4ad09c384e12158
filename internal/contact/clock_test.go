package contact_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// desk is a kit with staff.
type desk struct {
	*kit
	events *event.Service
	by     staff.Author
}

func setupDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{kit: setup(t)}
	db := testkit.Open(t, postgres.Options{URL: d.LoginURL, Public: 4, Staff: 4, Clock: d.clock})
	var member uuid.UUID
	if err := d.Pool(
		t,
	).QueryRow(
		t.Context(),
		`insert into staff (organization_id, email, password_hash, role)
			values ($1, 'a@kita.example', 'x', 'publisher') returning id`,
		d.org,
	).Scan(
		&member,
	); err != nil {
		t.Fatal(err)
	}
	d.events = event.NewService(db, organization.NewDirectory(db), nil)
	d.by = staff.Author{Organization: d.org, Actor: postgres.StaffActor(member)}
	return d
}

// erase lets the worker's erasers go round.
func (d *desk) erase(t *testing.T) {
	t.Helper()
	if _, err := ticket.LapseWaiting(t.Context(), d.db); err != nil {
		t.Fatal(err)
	}
	if _, err := ticket.NewEraser(d.db).EraseEnded(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.keeper.DestroyKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// left says whether a holder's ticket is known, and whether the key of the date is there.
func (d *desk) left(t *testing.T, e testkit.Event, code secret.Ticket) (known, key bool) {
	t.Helper()
	_, err := d.tickets.Look(t.Context(), code)
	if err != nil && !errors.Is(err, ticket.ErrUnknown) {
		t.Fatal(err)
	}
	return err == nil, d.number(
		t,
		"select count(*) from contact_key where occurrence_id = $1 and public_key is not null",
		e.OccurrenceID,
	) == 1
}

// A wrong digit in the year, the erasers' round, and the date moved back: the holder's ticket and
// contact are there [F1].
func TestAWrongDigitErasesNothing(t *testing.T) {
	t.Parallel()
	d := setupDesk(t)
	e := d.event(t, 3)
	d.make(t, d.keeper, 1)
	code := d.take(t, e, "sumire@example.jp")
	kept := d.kept(t)[0]
	there := func(when string) {
		t.Helper()
		d.erase(t)
		if known, key := d.left(t, e, code); !known || !key {
			t.Fatalf("%s: the ticket is known: %v, the key is there: %v", when, known, key)
		}
		if c, err := d.vault.Open(kept.key, kept.ticket, kept.sealed); err != nil || c.Mail() == "" {
			t.Fatalf("%s: the contact does not open: %v", when, err)
		}
	}
	lastYear := e.StartsAt.AddDate(-1, 0, 0)
	if _, err := d.events.ChangeOccurrence(
		t.Context(),
		d.by,
		e.ID,
		e.OccurrenceID,
		event.OccurrenceChange{StartsAt: &lastYear},
	); !errors.Is(
		err,
		event.ErrPast,
	) {
		t.Errorf("got %v, want ErrPast", err)
	}
	there("after the wrong digit")
	// The day after, staff note when it really was, with the same wrong digit.
	d.clock.Set(e.EndsAt.AddDate(0, 0, 1))
	correct := func(starts time.Time) {
		t.Helper()
		if _, err := d.events.CorrectOccurrence(
			t.Context(),
			d.by,
			e.ID,
			e.OccurrenceID,
			event.Correction{StartsAt: starts, EndsAt: starts.Add(time.Hour)},
		); err != nil {
			t.Fatal(err)
		}
	}
	correct(lastYear)
	there("after a wrong correction")
	correct(e.StartsAt)
	there("corrected again")
	if n := d.number(t, "select taken from quota_counter where quota_id = $1", e.Quota()); n != 1 {
		t.Errorf("%d seats taken", n)
	}
	d.clock.Set(e.EndsAt.Add(retention.AfterDate)) // the end that was announced, later than the corrected one
	there("on the last day")
	d.clock.Advance(time.Second)
	d.erase(t)
	if known, key := d.left(t, e, code); known || key {
		t.Errorf("after it: the ticket is known: %v, the key is there: %v", known, key)
	}
}

// A date that was put off and is called off later keeps its tickets for a week from then, so that
// holders can read it [F1].
func TestAPutOffDateThatIsCalledOffIsKeptAWeek(t *testing.T) {
	t.Parallel()
	d := setupDesk(t)
	e := d.event(t, 3)
	d.make(t, d.keeper, 1)
	code := d.take(t, e, "sumire@example.jp")
	if _, err := d.events.PostponeOccurrence(t.Context(), d.by, e.ID, e.OccurrenceID, ""); err != nil {
		t.Fatal(err)
	}
	d.clock.Set(e.EndsAt.AddDate(0, 2, 0))
	if _, err := d.events.CancelOccurrence(t.Context(), d.by, e.ID, e.OccurrenceID, ""); err != nil {
		t.Fatal(err)
	}
	d.clock.Advance(retention.AfterDate)
	d.erase(t)
	if known, key := d.left(t, e, code); !known || !key {
		t.Errorf("within the week: the ticket is known: %v, the key is there: %v", known, key)
	}
	d.clock.Advance(time.Second)
	d.erase(t)
	if known, key := d.left(t, e, code); known || key {
		t.Errorf("after it: the ticket is known: %v, the key is there: %v", known, key)
	}
}

// told is what people were told of a date, and the latest moment of it that came.
type told struct {
	starts, ends time.Time
	status       event.OccurrenceStatus
	reached      time.Time
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// live lets time go by until now.
func (m *told) live(now time.Time) {
	switch {
	case m.status == event.Postponed || now.Before(m.starts):
	case now.Before(m.ends):
		m.reached = later(m.reached, now)
	default:
		m.reached = later(m.reached, m.ends)
	}
}

// due is when the promise ends.
func (m *told) due() time.Time {
	kept := retention.AfterDate
	if m.status == event.Postponed {
		kept = retention.AfterPutOffDate
	}
	return later(m.reached, m.ends).Add(kept)
}

// Over random histories of announced times and erasers' rounds: nothing goes before the latest end
// that was announced and reached and the promised time, all of it goes in the first round after,
// and a date whose tickets are gone takes nobody along to a new day [F1].
func TestProofErasureFollowsWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	d := setupDesk(t)
	count := map[string]int{}
	today := d.clock.Now()
	rapid.Check(t, func(rt *rapid.T) {
		d.clock.Set(today) // histories don't go on into the next century
		e := testkit.NewEvent(t, d.Pool(t), d.org, testkit.EventOptions{
			StartsAt: d.clock.Now().Add(
				time.Duration(rapid.IntRange(1, 30*24).Draw(rt, "ahead")) * time.Hour,
			),
			Length: time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours")) * time.Hour,
		})
		if _, err := d.keeper.MakeKeys(t.Context()); err != nil {
			rt.Fatal(err)
		}
		code := d.take(t, e, "sumire@example.jp")
		m, gone := &told{starts: e.StartsAt, ends: e.EndsAt, status: event.Scheduled}, false
		count["histories"]++
		round := func() {
			m.live(d.clock.Now())
			d.erase(t)
			count["rounds"]++
			gone = gone || d.clock.Now().After(m.due())
			if known, key := d.left(t, e, code); known == gone || key == gone {
				rt.Fatalf(
					"at %v, due %v: the ticket is known: %v, the key is there: %v",
					d.clock.Now(),
					m.due(),
					known,
					key,
				)
			}
		}
		act := func(what string, try func() (event.Event, error)) {
			m.live(d.clock.Now())
			after, err := try()
			if err != nil {
				count["refused"]++
				return
			}
			count[what]++
			now, o := d.clock.Now(), after.Occurrences[0]
			if m.status == event.Postponed && !now.After(m.due()) {
				m.reached = later(m.reached, now)
			}
			if what == "moved" && !o.StartsAt.Equal(m.starts) && o.StartsAt.Before(now) {
				rt.Fatalf("moved into the past: %v at %v", o.StartsAt, now)
			}
			m.starts, m.ends, m.status = o.StartsAt, o.EndsAt, o.Status
			m.live(now)
			if gone && o.Status != event.OccurrenceCancelled && m.due().Sub(now) > 24*time.Hour {
				rt.Fatalf("%s at %v took the date to %v with nobody's seats", what, now, o.StartsAt)
			}
		}
		times := func() (time.Time, time.Time) {
			starts := m.starts.Add(
				time.Duration(
					rapid.SampledFrom(
						[]int{0, -1, 1, 24, -24, 7 * 24, -7 * 24, -365 * 24, 365 * 24, 3650 * 24},
					).Draw(
						rt,
						"hours later",
					),
				) * time.Hour,
			)
			if rapid.IntRange(0, 3).Draw(rt, "from now") > 0 {
				starts = d.clock.Now().Add(
					time.Duration(rapid.IntRange(-72, 40*24).Draw(rt, "hours from now")) * time.Hour,
				)
			}
			return starts, starts.Add(time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours long")) * time.Hour)
		}
		for range rapid.IntRange(3, 12).Draw(rt, "steps") {
			steps := []string{"wait", "wait", "edge", "move", "move", "put off"}
			switch {
			case m.status == event.OccurrenceCancelled:
				steps = []string{"wait", "edge", "move"}
			case !d.clock.Now().Before(m.starts):
				steps = append(steps, "correct", "correct", "correct", "call off")
			}
			switch rapid.SampledFrom(steps).Draw(rt, "step") {
			case "wait":
				d.clock.Advance(time.Duration(rapid.IntRange(1, 12*24).Draw(rt, "hours")) * time.Hour)
			case "edge":
				m.live(d.clock.Now())
				if to := m.due().Add(
					time.Duration(rapid.IntRange(-1, 1).Draw(rt, "second")) * time.Second,
				); to.After(d.clock.Now()) &&
					m.due().Sub(d.clock.Now()) < 800*24*time.Hour {
					d.clock.Set(to)
				}
			case "move":
				starts, ends := times()
				act("moved", func() (event.Event, error) {
					return d.events.ChangeOccurrence(
						t.Context(),
						d.by,
						e.ID,
						e.OccurrenceID,
						event.OccurrenceChange{StartsAt: &starts, EndsAt: &ends},
					)
				})
			case "correct":
				starts, ends := times()
				act("corrected", func() (event.Event, error) {
					return d.events.CorrectOccurrence(
						t.Context(),
						d.by,
						e.ID,
						e.OccurrenceID,
						event.Correction{StartsAt: starts, EndsAt: ends},
					)
				})
			case "put off":
				act("put off", func() (event.Event, error) {
					return d.events.PostponeOccurrence(t.Context(), d.by, e.ID, e.OccurrenceID, "")
				})
			case "call off":
				act("called off", func() (event.Event, error) {
					return d.events.CancelOccurrence(t.Context(), d.by, e.ID, e.OccurrenceID, "")
				})
			}
			round()
		}
		m.live(d.clock.Now())
		if d.clock.Now().Before(m.due()) {
			d.clock.Set(m.due())
			round()
		}
		d.clock.Advance(time.Second)
		round()
		if !gone {
			rt.Fatal("not erased at the end")
		}
		d.exec(t, "delete from ticket where event_id = $1", e.ID)
		d.exec(t, "delete from event where id = $1", e.ID)
	})
	for _, what := range []string{"moved", "corrected", "put off", "called off", "refused"} {
		if count[what] == 0 && count["histories"] > 100 {
			t.Errorf("no date was %s", what)
		}
	}
	testkit.Figure(
		t,
		"%s: %d histories, %d rounds of the erasers, %d moves, %d corrections, %d put off, %d called off, %d "+
			"refused: 0 erased early, 0 late, 0 revived",
		"erasure",
		count["histories"],
		count["rounds"],
		count["moved"],
		count["corrected"],
		count["put off"],
		count["called off"],
		count["refused"],
	)
}
