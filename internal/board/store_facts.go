package board

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

const factColumns = `r.id, r.organization_id, r.facility_id, r.status, r.name, r.capacity, r.noise, r.setup_minutes,
	  r.clearing_minutes, r.open_to, r.uses, r.fees, r.exemptions,
	r.terms, r.modified_at, f.status, f.name, f.address, f.access, f.hours, f.modified_at, f.area_code,
	coalesce((select array_agg(p.slug order by p.slug)
	  from room_partnership x join partnership p on p.id = x.partnership_id where x.room_id = r.id), '{}')`

func scanFacts(row pgx.CollectableRow) (*Facts, error) {
	f := &Facts{}
	r := &f.Room
	err := row.Scan(
		&r.ID,
		&r.Organization.ID,
		&r.Facility.ID,
		&r.Status,
		&r.Name,
		&r.Capacity,
		&r.Noise,
		&r.SetupMinutes,
		&r.ClearingMinutes,
		&r.OpenTo,
		&r.Uses,
		&r.Fees,
		&r.Exemptions,
		&r.Terms,
		&r.ModifiedAt,
		&r.Facility.Status,
		&r.Facility.Name,
		&r.Facility.Address,
		&r.Facility.Access,
		&r.Facility.Hours,
		&r.Facility.ModifiedAt,
		&r.Facility.AreaCode,
		&r.Partnerships,
	)
	f.Rules = venue.Rules{Facility: r.Facility.Hours, Uses: r.Uses, Holidays: venue.Holidays{}}
	return f, err
}

// readFacts reads rooms that the transaction may see, with the holidays and closings that decide
// about these days. condition follows "where".
func readFacts(
	ctx context.Context,
	tx *postgres.Tx,
	from, to clock.Date,
	condition string,
	args ...any,
) ([]*Facts, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select "+factColumns+" from room r join facility f on f.id = r.facility_id where "+condition,
		args...)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanFacts)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all, addDays(ctx, tx, all, from, to)
}

// addDays adds holidays and closings.
func addDays(ctx context.Context, tx *postgres.Tx, all []*Facts, from, to clock.Date) error {
	owners, facilities := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, f := range all {
		owners[f.Room.Organization.ID], facilities[f.Room.Facility.ID] = true, true
	}
	var batch pgx.Batch
	first := venue.HolidaysFrom(from)
	batch.Queue(
		"select day, name from national_holiday where observed and day between $1::text::date and $2::text::date",
		first.String(),
		to.String(),
	)
	batch.Queue(
		"select organization_id, day, name, observed from local_holiday where organization_id = any ($3) and day "+
			"between $1::text::date and $2::text::date",
		first.String(),
		to.String(),
		keys(owners),
	)
	batch.Queue(
		"select facility_id, room_id, lower(span), upper(span), reason from closure where facility_id = any ($3) and "+
			"span && tstzrange($1, $2)",
		from.Start(),
		to.AddDays(1).Start(),
		keys(facilities),
	)
	results := tx.Pgx.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	var (
		day      clock.Date
		name     string
		observed bool
		owner    uuid.UUID
		room     *uuid.UUID
		starts   time.Time
		ends     time.Time
	)
	rows, err := results.Query()
	if err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	national := venue.Holidays{}
	if _, err := pgx.ForEachRow(
		rows,
		[]any{&day, &name},
		func() error { national[day] = name; return nil },
	); err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	for _, f := range all {
		for d, n := range national {
			f.Rules.Holidays[d] = n
		}
	}
	if rows, err = results.Query(); err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	_, err = pgx.ForEachRow(rows, []any{&owner, &day, &name, &observed}, func() error {
		for _, f := range all {
			switch {
			case f.Room.Organization.ID != owner:
			case observed:
				f.Rules.Holidays[day] = name
			default:
				delete(f.Rules.Holidays, day)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	if rows, err = results.Query(); err != nil {
		return fmt.Errorf("read closings: %w", err)
	}
	_, err = pgx.ForEachRow(rows, []any{&owner, &room, &starts, &ends, &name}, func() error {
		for _, f := range all {
			if f.Room.Facility.ID == owner && (room == nil || *room == f.Room.ID) {
				f.Rules.Closures = append(
					f.Rules.Closures,
					venue.Closure{Span: venue.Span{From: starts, To: ends}, Reason: name},
				)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read closings: %w", err)
	}
	return nil
}

func keys(set map[uuid.UUID]bool) []uuid.UUID {
	return slices.AppendSeq(make([]uuid.UUID, 0, len(set)), maps.Keys(set))
}
