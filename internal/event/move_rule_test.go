package event

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// The rule of what a published date may become stands in Go, which names the field, and in the
// database, which every way meets. Both must say the same, at every edge of it [F1].
func TestBothRulesOfMovesAgree(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	pool := b.Pool(t)
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	made := testkit.NewEvent(
		t,
		pool,
		testkit.NewOrganization(t, pool, "kita"),
		testkit.EventOptions{StartsAt: now, Parts: []testkit.PartOptions{}},
	)
	edges := []time.Duration{-2, -1, 0, 1, 2}
	said := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		at := func(label string, around ...time.Time) time.Time {
			return rapid.SampledFrom(
				around,
			).Draw(
				rt,
				label,
			).Add(
				rapid.SampledFrom(edges).Draw(rt, label+" edge") * time.Second,
			)
		}
		span := func(label string, around ...time.Time) (time.Time, time.Time) {
			starts := at(label, around...)
			ends := at(label+" end", append(around, starts.Add(time.Hour))...)
			if !ends.After(starts) || ends.Sub(starts) > longest {
				ends = starts.Add(time.Second)
			}
			return starts, ends
		}
		var before, next OccurrenceInput
		before.StartsAt, before.EndsAt = span("before", now, now.Add(-time.Hour), now.AddDate(0, 0, 5))
		far := now.Add(farthest)
		if before.EndsAt.After(now) {
			far = before.EndsAt.Add(farthest)
		}
		next.StartsAt, next.EndsAt = span("next", now, before.StartsAt, before.EndsAt, far, now.AddDate(-1, 0, 0))
		want := ""
		switch {
		case checkMove(now, before, next) != nil:
			want = "occurrence_not_into_past"
		case checkDistance(now, before, next) != nil:
			want = "occurrence_not_too_far"
		}
		tx, err := pool.Begin(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = tx.Rollback(t.Context()) }()
		id := uuid.New()
		if _, err := tx.Exec(
			t.Context(),
			`select set_config('app.now', $1, true)`,
			now.Format(time.RFC3339),
		); err != nil {
			rt.Fatal(err)
		}
		if _, err := tx.Exec(
			t.Context(),
			`insert into occurrence (organization_id, event_id, id, starts_at, ends_at, place_kind)
				values ($1, $2, $3, $4, $5, 'both')`,
			made.OrganizationID,
			made.ID,
			id,
			before.StartsAt,
			before.EndsAt,
		); err != nil {
			rt.Fatal(err)
		}
		_, err = tx.Exec(
			t.Context(),
			`update occurrence set starts_at = $2, ends_at = $3 where id = $1`,
			id,
			next.StartsAt,
			next.EndsAt,
		)
		_, got := postgres.Constraint(err)
		if err != nil && got == "" {
			rt.Fatal(err)
		}
		if said[got]++; got != want {
			rt.Fatalf(
				"from %v–%v to %v–%v at %v: the database says %q, Go %q",
				before.StartsAt,
				before.EndsAt,
				next.StartsAt,
				next.EndsAt,
				now,
				got,
				want,
			)
		}
	})
	if len(said) != 3 {
		t.Errorf("not everything was tried: %v", said)
	}
}
