package event_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// faulty says whether err is a refusal of this kind and names the field.
func faulty(err error, want *fault.Error, field string) bool {
	var got *fault.Error
	if !errors.Is(err, want) || !errors.As(err, &got) {
		return false
	}
	for _, f := range got.Fields {
		if f.Name == field {
			return true
		}
	}
	return field == ""
}

func at(t time.Time) *time.Time { return &t }

// A wrong digit in a year must not take a published date into the past [F1], by any way.
func TestAPublishedDateIsNotMovedIntoThePast(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.by["kiyose"]
	e := w.publish("kiyose", gathering("お茶の会", 10))
	o := e.Occurrences[0]
	lastYear := o.StartsAt.AddDate(-1, 0, 0)
	if _, err := w.events.ChangeOccurrence(
		w.ctx,
		by,
		e.ID,
		o.ID,
		event.OccurrenceChange{StartsAt: &lastYear},
	); !faulty(
		err,
		event.ErrPast,
		"starts_at",
	) {
		t.Errorf("a year ago: %v", err)
	}
	// Another way is refused by the database.
	if _, err := w.bundle.Pool(
		t,
	).Exec(
		w.ctx,
		`update occurrence set starts_at = starts_at - interval '1 year', ends_at = ends_at - interval '1 year'
			where id = $1`,
		o.ID,
	); err == nil {
		t.Error("the database let the date go into the past")
	}
	for _, table := range []string{"part"} {
		if _, err := w.bundle.Pool(
			t,
		).Exec(
			w.ctx,
			`update `+table+` set starts_at = starts_at - interval '1 year' where occurrence_id = $1`,
			o.ID,
		); err == nil {
			t.Errorf("the database let a %s go into the past", table)
		}
	}
	decade := o.StartsAt.AddDate(10, 0, 0)
	if _, err := w.events.ChangeOccurrence(
		w.ctx,
		by,
		e.ID,
		o.ID,
		event.OccurrenceChange{StartsAt: &decade},
	); !faulty(
		err,
		event.ErrTooFar,
		"starts_at",
	) {
		t.Errorf("ten years ahead: %v", err)
	}
	now := w.clock.Now()
	for name, c := range map[string]struct {
		starts, ends time.Time
		field        string
	}{
		"starts a second ago": {now.Add(-time.Second), now.Add(time.Hour), "starts_at"},
		"starts now":          {now, now.Add(time.Hour), ""},
		"moves ahead":         {now.Add(time.Hour), now.Add(2 * time.Hour), ""},
		"farthest":            {o.StartsAt, o.EndsAt.AddDate(0, 0, 20), ""},
		"far, and a second": {
			o.EndsAt.Add(400*24*time.Hour - time.Hour),
			o.EndsAt.Add(400*24*time.Hour + time.Second),
			"starts_at",
		},
		"as far as one may":     {o.EndsAt.Add(400*24*time.Hour - time.Hour), o.EndsAt.Add(400 * 24 * time.Hour), ""},
		"comes back from there": {o.StartsAt, o.EndsAt, ""},
	} {
		t.Run(name, func(t *testing.T) {
			again := w.publish("kiyose", gathering(name, 10)).Occurrences[0]
			_, err := w.events.ChangeOccurrence(
				w.ctx,
				by,
				again.EventID,
				again.ID,
				event.OccurrenceChange{StartsAt: &c.starts, EndsAt: &c.ends},
			)
			if c.field == "" && err != nil ||
				c.field != "" && !faulty(err, event.ErrPast, c.field) && !faulty(err, event.ErrTooFar, c.field) {
				t.Errorf("got %v, want a fault of %q", err, c.field)
			}
		})
	}
	// A draft is nobody's plan yet.
	draft := must[event.Event](t)(w.events.Create(w.ctx, by, gathering("下書き", 10)))
	must[event.Event](
		t,
	)(
		w.events.ChangeOccurrence(
			w.ctx,
			by,
			draft.ID,
			draft.Occurrences[0].ID,
			event.OccurrenceChange{StartsAt: &lastYear},
		),
	)
}

// A date that is being held ends when it says, unless somebody tells that it was over earlier [F1].
func TestARunningDateIsCorrectedNotMoved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.by["kiyose"]
	e := w.publish("kiyose", gathering("お茶の会", 1))
	o := e.Occurrences[0]
	change := func(c event.OccurrenceChange) error {
		_, err := w.events.ChangeOccurrence(w.ctx, by, e.ID, o.ID, c)
		return err
	}
	correct := func(starts, ends time.Time) error {
		_, err := w.events.CorrectOccurrence(w.ctx, by, e.ID, o.ID, event.Correction{StartsAt: starts, EndsAt: ends})
		return err
	}
	if err := correct(o.StartsAt, o.StartsAt.Add(time.Hour)); !errors.Is(err, event.ErrNotBegun) {
		t.Errorf("before it began: %v", err)
	}
	w.clock.Set(o.StartsAt.Add(time.Hour))
	now := w.clock.Now()
	if err := change(event.OccurrenceChange{EndsAt: at(now)}); !faulty(err, event.ErrPast, "ends_at") {
		t.Errorf("ends now: %v", err)
	}
	if err := change(event.OccurrenceChange{EndsAt: at(now.Add(time.Second))}); err != nil {
		t.Errorf("ends in a second: %v", err)
	}
	if err := change(event.OccurrenceChange{EndsAt: at(o.EndsAt.Add(time.Hour))}); err != nil {
		t.Errorf("ends later: %v", err)
	}
	if err := correct(now.Add(time.Second), o.EndsAt); !errors.Is(err, event.ErrNotBegun) {
		t.Errorf("begins later: %v", err)
	}
	if err := correct(o.StartsAt, now.Add(-time.Minute)); err != nil {
		t.Errorf("was over a minute ago: %v", err)
	}
	after := must[event.Event](t)(w.events.ForStaff(w.ctx, by.Organization, e.ID)).Occurrences[0]
	if after.MovedFrom != nil || after.Status != event.Scheduled || !after.EndsAt.Equal(now.Add(-time.Minute)) ||
		!after.Parts[0].EndsAt.Equal(after.EndsAt) {
		t.Errorf("after the correction: %+v", after)
	}
	w.clock.Set(o.EndsAt.Add(time.Hour))
	if err := correct(o.StartsAt.AddDate(-1, 0, 0), o.EndsAt.AddDate(-1, 0, 0)); err != nil {
		t.Errorf("corrected to a wrong year: %v", err)
	}
	if err := change(event.OccurrenceChange{StartsAt: at(o.StartsAt)}); !faulty(err, event.ErrPast, "starts_at") {
		t.Errorf("moved back as if it were ahead: %v", err)
	}
	if err := correct(o.StartsAt, o.EndsAt); err != nil {
		t.Errorf("corrected back: %v", err)
	}
}

// What was over for six days does not come back: its tickets are about to be erased [F1].
func TestADateThatIsLongOverDoesNotComeBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.by["kiyose"]
	for name, c := range map[string]struct {
		late time.Duration
		want error
	}{"six days": {6 * 24 * time.Hour, nil}, "and a second": {6*24*time.Hour + time.Second, event.ErrLongOver}} {
		w.clock.Set(noon)
		moved, postponed := w.publish(
			"kiyose",
			gathering(name, 1),
		).Occurrences[0], w.publish("kiyose", gathering(name, 1)).Occurrences[0]
		w.clock.Set(moved.EndsAt.Add(c.late))
		next := moved.StartsAt.AddDate(0, 0, 14)
		if _, err := w.events.ChangeOccurrence(
			w.ctx,
			by,
			moved.EventID,
			moved.ID,
			event.OccurrenceChange{StartsAt: &next},
		); !errors.Is(
			err,
			c.want,
		) {
			t.Errorf("%s: moved: %v", name, err)
		}
		if _, err := w.events.PostponeOccurrence(
			w.ctx,
			by,
			postponed.EventID,
			postponed.ID,
			"",
		); !errors.Is(
			err,
			c.want,
		) {
			t.Errorf("%s: put off: %v", name, err)
		}
	}
}

// Settling a month anew leaves what took place, and puts nothing into the past [F1].
func TestAMonthSettledAnewLeavesWhatTookPlace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.by["kiyose"]
	e := must[event.Event](t)(w.events.Create(w.ctx, by, gathering("家族会")))
	e = must[event.Event](t)(w.events.CreateSeries(w.ctx, by, e.ID, event.SeriesInput{
		RuleText:   "月に一度",
		Choose:     event.ChooseFree,
		FirstMonth: "2026-11",
		Template: event.Template{
			StartsTime: "14:00",
			EndsTime:   "16:00",
			Place:      event.Place{Kind: event.InPerson, Name: "市民センター"},
		},
	}))
	e = must[event.Event](t)(w.events.Publish(w.ctx, by, e.ID))
	month := clock.NewDate(2026, time.November, 1)
	decide := func(days ...clock.Date) ([]event.Occurrence, error) {
		after, err := w.events.DecideMonth(w.ctx, by, e.Series.ID, month, event.MonthChoice{Dates: days})
		return after.Occurrences, err
	}
	first := clock.DateOf(noon).AddDays(1)
	held, err := decide(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decide(first.AddDays(-10)); !faulty(err, event.ErrPast, "dates") {
		t.Errorf("moved ten days back: %v", err)
	}
	w.clock.Set(first.At(16, 0))
	now, err := decide(first.AddDays(4))
	if err != nil {
		t.Fatal(err)
	}
	if len(now) != 2 || now[0].ID != held[0].ID || !now[0].StartsAt.Equal(held[0].StartsAt) ||
		now[0].Status != event.Scheduled {
		t.Errorf("what took place did not stay: %+v", now)
	}
}
