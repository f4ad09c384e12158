package venue

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func insertHolidays(ctx context.Context, tx *postgres.Tx, list []LocalHoliday) (int, error) {
	days, names := make([]string, len(list)), make([]string, len(list))
	for i, h := range list {
		days[i], names[i] = h.Day.String(), h.Name
	}
	tag, err := tx.Pgx.Exec(ctx, `
		insert into national_holiday (day, name) select d::date, n
			from unnest($1::text[], $2::text[]) as h (d, n) on conflict do nothing`, days, names)
	return int(tag.RowsAffected()), err
}

func upsertNational(ctx context.Context, tx *postgres.Tx, h LocalHoliday) error {
	_, err := tx.Pgx.Exec(ctx, `
		insert into national_holiday (day, name, observed) values ($1::text::date, $2, $3)
		on conflict (day) do update set name = excluded.name, observed = excluded.observed`, h.Day.String(),
		h.Name, h.Observed)
	return err
}

func selectNational(ctx context.Context, tx *postgres.Tx, from, to clock.Date) ([]LocalHoliday, error) {
	return queryHolidays(
		ctx,
		tx,
		`select day, name, observed from national_holiday where day between $1::text::date and $2::text::date
			order by day`,
		from.String(),
		to.String(),
	)
}

func selectLocal(
	ctx context.Context,
	tx *postgres.Tx,
	organization uuid.UUID,
	from, to clock.Date,
) ([]LocalHoliday, error) {
	return queryHolidays(ctx, tx, `
		select day, name, observed from local_holiday
		where organization_id = $3 and day between $1::text::date and $2::text::date order by day`, from.String(),
		to.String(), organization)
}

func queryHolidays(ctx context.Context, tx *postgres.Tx, sql string, args ...any) ([]LocalHoliday, error) {
	rows, err := tx.Pgx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (LocalHoliday, error) {
		var h LocalHoliday
		err := row.Scan(&h.Day, &h.Name, &h.Observed)
		return h, err
	})
}

// selectHolidays gives the days that are holidays for an organization: the nation's, with its own
// put on top.
func selectHolidays(
	ctx context.Context,
	tx *postgres.Tx,
	organization uuid.UUID,
	from, to clock.Date,
) (Holidays, error) {
	all := Holidays{}
	national, err := selectNational(ctx, tx, from, to)
	if err != nil {
		return nil, err
	}
	local, err := selectLocal(ctx, tx, organization, from, to)
	if err != nil {
		return nil, err
	}
	for _, h := range append(national, local...) {
		if delete(all, h.Day); h.Observed {
			all[h.Day] = h.Name
		}
	}
	return all, nil
}

func upsertLocal(ctx context.Context, tx *postgres.Tx, h LocalHoliday) error {
	_, err := tx.Pgx.Exec(ctx, `
		insert into local_holiday (organization_id, day, name, observed)
			values (app_organization(), $1::text::date, $2, $3)
		on conflict (organization_id, day) do update set name = excluded.name, observed = excluded.observed`,
		h.Day.String(), h.Name, h.Observed)
	return err
}

func deleteLocal(ctx context.Context, tx *postgres.Tx, day clock.Date) error {
	tag, err := tx.Pgx.Exec(
		ctx,
		`delete from local_holiday where organization_id = app_organization() and day = $1::text::date`,
		day.String(),
	)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrHolidayUnknown
	}
	return err
}
