package door

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

type date struct {
	startsAt, endsAt time.Time
	off              bool // does not take place
}

// findDate gives a date of the transaction's own organization; row-level security would show
// neighbours' too.
func findDate(ctx context.Context, tx *postgres.Tx, eventID, occurrence uuid.UUID) (date, error) {
	var d date
	err := tx.Pgx.QueryRow(ctx, `
		select o.starts_at, o.ends_at, o.status = 'cancelled' or e.status = 'cancelled'
		from occurrence o join event e on e.id = o.event_id
		where o.id = $1 and o.event_id = $2 and o.organization_id = app_organization()`, occurrence, eventID).Scan(
		&d.startsAt,
		&d.endsAt,
		&d.off,
	)
	if postgres.NoRows(err) {
		return date{}, ErrDate
	}
	return d, err
}

func setCapacity(
	ctx context.Context,
	tx *postgres.Tx,
	eventID, occurrence, part uuid.UUID,
	capacity *int,
) (Count, error) {
	now := Count{Capacity: capacity}
	err := tx.Pgx.QueryRow(ctx, `
		insert into door_counter (organization_id, event_id, occurrence_id, part_id, capacity)
		select p.organization_id, p.event_id, p.occurrence_id, p.id, $4 from part p
		where p.id = $1 and p.event_id = $2 and p.occurrence_id = $3 and p.organization_id = app_organization()
		on conflict (part_id) do update set capacity = excluded.capacity
		returning count, coalesce(band, '')`, part, eventID, occurrence, capacity).Scan(&now.Count, &now.Band)
	if postgres.NoRows(err) {
		return Count{}, ErrPart
	}
	return now, err
}

func selectCounts(ctx context.Context, tx *postgres.Tx, eventID uuid.UUID) (map[uuid.UUID]Count, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select c.part_id, c.count, c.capacity, coalesce(c.band, '') from door_counter c where c.event_id = $1
		  and c.organization_id = app_organization()`,
		eventID,
	)
	if err != nil {
		return nil, err
	}
	counts, part, c := map[uuid.UUID]Count{}, uuid.UUID{}, Count{}
	_, err = pgx.ForEachRow(rows, []any{&part, &c.Count, &c.Capacity, &c.Band}, func() error {
		counts[part] = c
		c.Capacity = nil
		return nil
	})
	return counts, err
}

// openDoor gives the date that a link opens; no row says that the link is unknown.
func openDoor(ctx context.Context, tx *postgres.Tx, macs [][]byte) (d Door, v verdict, err error) {
	v.outcome = unknown
	rows, err := tx.Pgx.Query(ctx, `
		select state, title, occurrence_id, starts_at, ends_at, opens_at, closes_at,
		  part_id, name, part_starts_at, part_ends_at, reservation, count, capacity, coalesce(band, ''), taken, arrived
		from door_open($1)`, macs)
	if err != nil {
		return Door{}, verdict{}, err
	}
	d.Parts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Part, error) {
		var p Part
		err := row.Scan(
			&v.outcome,
			&d.Title,
			&d.OccurrenceID,
			&d.StartsAt,
			&d.EndsAt,
			&d.OpensAt,
			&d.ClosesAt,
			&p.ID,
			&p.Name,
			&p.StartsAt,
			&p.EndsAt,
			&p.Reservation,
			&p.Count.Count,
			&p.Capacity,
			&p.Band,
			&p.Taken,
			&p.Arrived,
		)
		return p, err
	})
	if err == nil && v.outcome == open {
		d.PausedUntil, err = pausedUntil(ctx, tx, macs)
	}
	return d, v, err
}

// pausedUntil is until when a link judges no day codes; nil when it does.
func pausedUntil(ctx context.Context, tx *postgres.Tx, macs [][]byte) (until *time.Time, err error) {
	err = tx.Pgx.QueryRow(ctx, `select door_paused($1)`, macs).Scan(&until)
	return until, err
}

// readPause is for how long a link that was found paused judges no day codes.
func readPause(ctx context.Context, tx *postgres.Tx, macs [][]byte) (time.Duration, error) {
	until, err := pausedUntil(ctx, tx, macs)
	if err != nil || until == nil { // nil: it was revoked meanwhile
		return 0, err
	}
	return until.Sub(tx.Now), nil
}

func countTaps(
	ctx context.Context,
	tx *postgres.Tx,
	macs [][]byte,
	part uuid.UUID,
	taps []Tap,
) (now Count, v verdict, err error) {
	ids, deltas := make([]uuid.UUID, len(taps)), make([]int16, len(taps))
	for i, t := range taps {
		ids[i], deltas[i] = t.ID, int16(t.Delta) //nolint:gosec // checked to be within MaxDelta
	}
	var count *int
	err = tx.Pgx.QueryRow(
		ctx,
		`select state, now_count, now_capacity from door_tap($1, $2, $3, $4)`,
		macs,
		part,
		ids,
		deltas,
	).Scan(&v.outcome, &count, &now.Capacity)
	if count != nil {
		now.Count = *count
		now.Band = bandOf(now)
	}
	return now, v, err
}

// bandOf applies the rule of a quota: so many fit, so many are inside.
func bandOf(c Count) event.Band {
	if c.Capacity == nil {
		return ""
	}
	return event.Quota{Capacity: *c.Capacity, Taken: c.Count}.Band()
}

func checkIn(
	ctx context.Context,
	tx *postgres.Tx,
	macs, secrets, codes [][]byte,
	undo bool,
) (c CheckIn, v verdict, err error) {
	var (
		done    *outcome // null unless the door is open
		channel *string
		seats   *int
		part    *uuid.UUID
	)
	err = tx.Pgx.QueryRow(
		ctx,
		`select state, outcome, seats, part_id, channel from door_check_in($1, $2, $3, $4)`,
		macs,
		secrets,
		codes,
		undo,
	).Scan(&v.outcome, &done, &seats, &part, &channel)
	switch {
	case err != nil || done == nil:
		return CheckIn{}, v, err
	case *done == none:
		return CheckIn{}, verdict{outcome: none}, nil
	}
	return CheckIn{
		Outcome: Outcome(*done),
		Seats:   *seats,
		PartID:  *part,
		Channel: event.Channel(*channel),
	}, v, nil
}

const forgetBatch = 5000

func deleteTaps(ctx context.Context, tx *postgres.Tx) (int, error) {
	tag, err := tx.Pgx.Exec(ctx, `
		delete from door_tap where (part_id, id) in (
		  select t.part_id, t.id from door_tap t join occurrence o on o.id = t.occurrence_id
		  where t.tapped_on <= ($1::timestamptz at time zone 'Asia/Tokyo')::date
		  and greatest(o.ends_at, o.reached_until) < $2
		  limit $3)`, tx.Now.Add(-retention.AfterTap), tx.Now.Add(-After), forgetBatch)
	return int(tag.RowsAffected()), err
}
