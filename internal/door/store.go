package door

import (
	"context"
	"fmt"
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

// findDate gives a date of the transaction's own organization; row-level security would show neighbours' too.
func findDate(ctx context.Context, tx *postgres.Tx, eventID, occurrence uuid.UUID) (date, error) {
	var d date
	err := tx.Pgx.QueryRow(ctx, `
		select o.starts_at, o.ends_at, o.status = 'cancelled' or e.status = 'cancelled'
		from occurrence o join event e on e.id = o.event_id
		where o.id = $1 and o.event_id = $2 and o.organization_id = app_organization()`, occurrence, eventID).Scan(&d.startsAt, &d.endsAt, &d.off)
	if postgres.NoRows(err) {
		return date{}, ErrDate
	}
	return d, err
}

func countLinks(ctx context.Context, tx *postgres.Tx, occurrence uuid.UUID) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select count(*) from door_link where occurrence_id = $1 and revoked_at is null`, occurrence).Scan(&n)
	return n, err
}

func insertLink(ctx context.Context, tx *postgres.Tx, eventID, occurrence uuid.UUID, mac []byte) (Link, error) {
	var id uuid.UUID
	err := tx.Pgx.QueryRow(ctx, `
		insert into door_link (organization_id, event_id, occurrence_id, mac) values (app_organization(), $1, $2, $3) returning id`,
		eventID, occurrence, mac).Scan(&id)
	if err != nil {
		return Link{}, fmt.Errorf("insert door link: %w", err)
	}
	links, err := queryLinks(ctx, tx, `l.id = $1`, id)
	if err != nil {
		return Link{}, err
	}
	if len(links) != 1 {
		return Link{}, fmt.Errorf("read door link: %d rows", len(links))
	}
	return links[0], nil
}

func revokeLink(ctx context.Context, tx *postgres.Tx, eventID, occurrence, link uuid.UUID) (changed bool, err error) {
	const which = ` id = $1 and event_id = $2 and occurrence_id = $3`
	tag, err := tx.Pgx.Exec(ctx, `update door_link set revoked_at = app_now() where revoked_at is null and`+which, link, eventID, occurrence)
	if err != nil || tag.RowsAffected() == 1 {
		return err == nil, err
	}
	var known bool
	if err := tx.Pgx.QueryRow(ctx, `select exists (select from door_link where`+which+`)`, link, eventID, occurrence).Scan(&known); err != nil {
		return false, err
	}
	if !known {
		return false, ErrLinkUnknown
	}
	return false, nil
}

func selectLinks(ctx context.Context, tx *postgres.Tx, occurrence uuid.UUID) ([]Link, error) {
	return queryLinks(ctx, tx, `l.occurrence_id = $1`, occurrence)
}

func queryLinks(ctx context.Context, tx *postgres.Tx, where string, id uuid.UUID) ([]Link, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select l.id, l.occurrence_id, l.created_at, l.revoked_at, o.starts_at, o.ends_at,
		  case when l.paused_until > app_now() and l.revoked_at is null then l.paused_until end
		from door_link l join occurrence o on o.id = l.occurrence_id
		where `+where+` order by l.created_at desc, l.id limit 100`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Link, error) {
		var l Link
		err := row.Scan(&l.ID, &l.OccurrenceID, &l.CreatedAt, &l.RevokedAt, &l.OpensAt, &l.ClosesAt, &l.PausedUntil)
		l.OpensAt, l.ClosesAt = l.OpensAt.Add(-Before), l.ClosesAt.Add(After)
		return l, err
	})
}

func setCapacity(ctx context.Context, tx *postgres.Tx, eventID, occurrence, part uuid.UUID, capacity *int) (Count, error) {
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
		select c.part_id, c.count, c.capacity, coalesce(c.band, '') from door_counter c where c.event_id = $1 and c.organization_id = app_organization()`, eventID)
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

func open(ctx context.Context, tx *postgres.Tx, macs [][]byte) (d Door, state string, err error) {
	state = "unknown"
	rows, err := tx.Pgx.Query(ctx, `
		select state, title, occurrence_id, starts_at, ends_at, opens_at, closes_at,
		  part_id, name, part_starts_at, part_ends_at, reservation, count, capacity, coalesce(band, ''), taken, arrived
		from door_open($1)`, macs)
	if err != nil {
		return Door{}, "", err
	}
	d.Parts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Part, error) {
		var p Part
		err := row.Scan(&state, &d.Title, &d.OccurrenceID, &d.StartsAt, &d.EndsAt, &d.OpensAt, &d.ClosesAt,
			&p.ID, &p.Name, &p.StartsAt, &p.EndsAt, &p.Reservation, &p.Count.Count, &p.Capacity, &p.Band, &p.Taken, &p.Arrived)
		return p, err
	})
	if err == nil && state == "open" {
		err = tx.Pgx.QueryRow(ctx, `select door_paused($1)`, macs).Scan(&d.PausedUntil)
	}
	return d, state, err
}

// pauseLeft is how long a link that was found paused judges no day codes.
func pauseLeft(ctx context.Context, tx *postgres.Tx, macs [][]byte) (time.Duration, error) {
	var until *time.Time
	err := tx.Pgx.QueryRow(ctx, `select door_paused($1)`, macs).Scan(&until)
	if err != nil || until == nil { // nil: it was revoked meanwhile
		return 0, err
	}
	return until.Sub(tx.Now), nil
}

func tap(ctx context.Context, tx *postgres.Tx, macs [][]byte, part uuid.UUID, taps []Tap) (now Count, state string, err error) {
	ids, deltas := make([]uuid.UUID, len(taps)), make([]int16, len(taps))
	for i, t := range taps {
		ids[i], deltas[i] = t.ID, int16(t.Delta) //nolint:gosec // checked to be within MaxDelta
	}
	var count *int
	err = tx.Pgx.QueryRow(ctx, `
		select state, now_count, now_capacity from door_tap($1, $2, $3, $4)`, macs, part, ids, deltas).
		Scan(&state, &count, &now.Capacity)
	if count != nil {
		now.Count = *count
		now.Band = band(now)
	}
	return now, state, err
}

// band is a quota's own rule: so many fit, so many are inside.
func band(c Count) event.Band {
	if c.Capacity == nil {
		return ""
	}
	return event.Quota{Capacity: *c.Capacity, Taken: c.Count}.Band()
}

func checkIn(ctx context.Context, tx *postgres.Tx, macs, secrets, codes [][]byte, undo bool) (c CheckIn, state string, err error) {
	var (
		outcome, channel *string
		seats            *int
		part             *uuid.UUID
	)
	err = tx.Pgx.QueryRow(ctx, `
		select state, outcome, seats, part_id, channel from door_check_in($1, $2, $3, $4)`, macs, secrets, codes, undo).
		Scan(&state, &outcome, &seats, &part, &channel)
	switch {
	case err != nil || outcome == nil:
		return CheckIn{}, state, err
	case *outcome == "none":
		return CheckIn{}, "none", nil
	}
	return CheckIn{Outcome: Outcome(*outcome), Seats: *seats, PartID: *part, Channel: event.Channel(*channel)}, state, nil
}

const forgetBatch = 5000

func deleteTaps(ctx context.Context, tx *postgres.Tx) (int, error) {
	tag, err := tx.Pgx.Exec(ctx, `
		delete from door_tap where (part_id, id) in (
		  select t.part_id, t.id from door_tap t join occurrence o on o.id = t.occurrence_id
		  where t.tapped_on <= ($1::timestamptz at time zone 'Asia/Tokyo')::date and greatest(o.ends_at, o.reached_until) < $2
		  limit $3)`, tx.Now.Add(-retention.AfterTap), tx.Now.Add(-After), forgetBatch)
	return int(tag.RowsAffected()), err
}
