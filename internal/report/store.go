package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func selectClosed(ctx context.Context, tx *postgres.Tx, dates []uuid.UUID) ([]uuid.UUID, error) {
	if len(dates) == 0 {
		return nil, nil
	}
	rows, err := tx.Pgx.Query(ctx, `select answer_closed($1)`, dates)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// addAnswers sends sums in an order of their own, by id and answer.
func addAnswers(ctx context.Context, tx *postgres.Tx, dates map[uuid.UUID]*sums) error {
	type line struct {
		date  uuid.UUID
		given given
		count int
	}
	var lines []line
	for id, s := range dates {
		for g, n := range s.counts {
			lines = append(lines, line{id, g, n})
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(
			slices.Compare(a.date[:], b.date[:]),
			cmp.Compare(a.given.question, b.given.question),
			cmp.Compare(a.given.answer, b.given.answer),
		)
	})
	ids, questions := make([]uuid.UUID, len(lines)), make([]string, len(lines))
	answers, counts := make([]string, len(lines)), make([]int32, len(lines))
	for i, l := range lines {
		ids[i], questions[i], answers[i] = l.date, string(l.given.question), l.given.answer
		counts[i] = int32(l.count) //nolint:gosec // tickets of some minutes
	}
	if _, err := tx.Pgx.Exec(ctx, `select answer_add($1, $2, $3, $4)`, ids, questions, answers, counts); err != nil {
		return fmt.Errorf("add answers: %w", err)
	}
	return nil
}

// selectHosted gives the title of an event that the organization hosts; event.ErrUnknown for any
// other.
func selectHosted(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (title string, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select e.title from event e where e.id = $1 and (e.organization_id = app_organization() or exists (
		  select from event_organiser x where x.event_id = e.id and x.organiser_id = app_organization()
		  and x.role in ('host', 'co_host') and x.approval = 'approved'))`,
		id,
	).
		Scan(&title)
	if postgres.NoRows(err) {
		return "", event.ErrUnknown
	}
	return title, err
}

// dated is a date with its event.
type dated struct {
	Date
	event uuid.UUID
}

// selectDates gives what came out of dates of these events that began in [from, to), the latest
// first.
func selectDates(
	ctx context.Context,
	tx *postgres.Tx,
	events []uuid.UUID,
	from, to time.Time,
	limit int,
) ([]dated, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select o.event_id, o.id, o.starts_at, max(r.figure) filter (where r.kind = 'closed'), max(r.figure)
		  filter (where r.kind = 'ended'),
		  (array_agg(r.broken_down_in) filter (where r.kind = 'closed'))[1]
		from report_release r join occurrence o on o.id = r.occurrence_id
		where r.event_id = any ($1) and o.starts_at >= $2 and o.starts_at < $3
		group by o.event_id, o.id order by o.starts_at desc, o.id limit $4`, events, from, to, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (dated, error) {
		var d dated
		var registered, came *int
		err := row.Scan(&d.event, &d.OccurrenceID, &d.StartsAt, &registered, &came, &d.BrokenDownIn)
		for _, f := range []struct {
			value *int
			into  **Figure
		}{{registered, &d.Registered}, {came, &d.Came}} {
			if f.value != nil {
				figure := released(*f.value)
				*f.into = &figure
			}
		}
		return d, err
	})
}

// fillBreakdowns adds what was answered.
func fillBreakdowns(ctx context.Context, tx *postgres.Tx, events []uuid.UUID, dates []dated) error {
	rows, err := tx.Pgx.Query(
		ctx,
		`select occurrence_id, question, answer, figure from report_figure where event_id = any ($1)`,
		events,
	)
	if err != nil {
		return err
	}
	byDate := map[uuid.UUID]map[given]Figure{}
	var (
		id    uuid.UUID
		g     given
		value int
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &g.question, &g.answer, &value}, func() error {
		if byDate[id] == nil {
			byDate[id] = map[given]Figure{}
		}
		byDate[id][g] = released(value)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range dates {
		dates[i].Breakdown = breakdowns(byDate[dates[i].OccurrenceID])
	}
	return nil
}

type hosted struct {
	id    uuid.UUID
	title string
	owner organization.Ref
}

// selectAllHosted gives the events of which something came out in [from, to), by title.
func selectAllHosted(ctx context.Context, tx *postgres.Tx, from, to time.Time) ([]hosted, error) {
	rows, err := tx.Pgx.Query(ctx, `
		with mine as (
		  select e.id from event e where e.organization_id = app_organization()
		  union
		  select x.event_id from event_organiser x where x.organiser_id = app_organization()
		  and x.role in ('host', 'co_host') and x.approval = 'approved'
		)
		select e.id, e.title, g.id, g.slug, g.name, g.kind, coalesce(g.code, '')
		from mine m join event e on e.id = m.id join organization g on g.id = e.organization_id
		where exists (select from report_release r join occurrence o on o.id = r.occurrence_id where r.event_id = e.id
		  and o.starts_at >= $1 and o.starts_at < $2)
		order by e.title, e.id`, from, to)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (hosted, error) {
		var h hosted
		err := row.Scan(&h.id, &h.title, &h.owner.ID, &h.owner.Slug, &h.owner.Name, &h.owner.Kind, &h.owner.Code)
		return h, err
	})
}

func freeze(ctx context.Context, tx *postgres.Tx, atMost int) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select report_freeze($1)`, atMost).Scan(&n)
	return n, err
}
