package app

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestHousekeeping(t *testing.T) {
	t.Parallel()
	bundle := testkit.Database(t)
	admin := bundle.Pool(t)
	org := testkit.NewOrganization(t, admin, "kita")
	today := clock.Today(clock.System())
	for _, daysAgo := range []int{9, 5} {
		e := testkit.NewEvent(t, admin, org, testkit.EventOptions{StartsAt: today.AddDays(-daysAgo).At(10, 0)})
		if _, err := admin.Exec(
			t.Context(),
			`
			insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status,
			  seats, nickname)
			values ($1, $2, $3, $4, $5, $6, sha256($7), 'confirmed', 1, repeat('s', 146))`,
			org,
			e.ID,
			e.OccurrenceID,
			e.Parts[0].ID,
			e.Parts[0].Quotas[0],
			uuid.New(),
			[]byte{byte(daysAgo)},
		); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := admin.Exec(t.Context(), `
		insert into idempotency_key (organization_id, key, fingerprint, status, content_type, body, created_at)
		select $1, age::text, sha256(''), 201, 'application/json', '', now() - make_interval(hours => age)
		  from unnest(array[25, 23]) age`,
		org,
	); err != nil {
		t.Fatal(err)
	}

	db := testkit.Open(t, postgres.Options{URL: bundle.LoginURL, Worker: 4})
	type result struct {
		task string
		n    int
		err  error
	}
	results := make(chan result, 20)
	all := Tasks(db)
	for i, task := range all {
		all[i].Do = func(ctx context.Context) (int, error) {
			n, err := task.Do(ctx)
			results <- result{task.Name, n, err}
			return n, err
		}
	}
	runner, err := job.New(db, nil, all...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	holidays, first := 0, clock.DateOf(db.Clock().Now()).Year-1
	for year := first; year < first+5; year++ {
		holidays += len(venue.NationalHolidays(year))
	}
	want := map[string]int{
		"erase_tickets":             1,
		"lapse_waiting_tickets":     0,
		"draw_lots":                 0,
		"forget_door_taps":          0,
		"fill_holidays":             holidays,
		"forget_idempotency_keys":   1,
		"freeze_figures":            4,
		"ask_still_coming":          0,
		"forget_shares":             0,
		"return_paper_seats":        0,
		"lapse_bookings":            0,
		"draw_rounds":               0,
		"lapse_organiser_questions": 0,
	}
	for len(want) > 0 {
		select {
		case r := <-results:
			if n, ok := want[r.task]; !ok || r.err != nil || r.n != n {
				t.Errorf("%+v, want %d", r, n)
			}
			delete(want, r.task)
		case <-time.After(patience):
			t.Fatalf("not run: %v", want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var known, keys int
	if err := admin.QueryRow(
		t.Context(),
		`select (select count(*) from ticket where secret_mac is not null and nickname is not null), (select count(*)
			from idempotency_key)`,
	).
		Scan(
			&known,
			&keys,
		); err != nil {
		t.Fatal(err)
	}
	if known != 1 || keys != 1 {
		t.Errorf("%d tickets and %d keys are left, want one of each", known, keys)
	}
}
