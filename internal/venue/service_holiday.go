package venue

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// TaskFillHolidays is the worker's task.
const TaskFillHolidays = "fill_holidays"

// yearsAhead is how far the table is filled.
const yearsAhead = 3

// FillHolidays adds the national holidays of last year and the years to come that the table does
// not have. What the operator changed or took away stays. It works as the worker's role and says
// how many were added.
func FillHolidays(ctx context.Context, db *postgres.DB) (int, error) {
	added := 0
	err := db.InWorker(ctx, func(tx *postgres.Tx) error {
		added = 0
		first := clock.DateOf(tx.Now).Year - 1
		for year := first; year <= first+1+yearsAhead; year++ {
			n, err := insertHolidays(ctx, tx, NationalHolidays(year))
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("fill holidays: %w", err)
	}
	return added, nil
}

// SetNationalHoliday changes a day of the table as the operator: observed false takes it away for
// good.
func SetNationalHoliday(ctx context.Context, db *postgres.DB, h LocalHoliday) error {
	c := &checker{refusal: ErrInvalid}
	c.line("name", &h.Name, 1, 60)
	if !h.Day.Valid() || h.Day.Year < 2000 || h.Day.Year > 2099 {
		c.wrong("day", "invalid_date")
	}
	if err := c.refusal.Or(); err != nil {
		return err
	}
	err := db.InOperator(ctx, func(tx *postgres.Tx) error { return upsertNational(ctx, tx, h) })
	if err != nil {
		return fmt.Errorf("set national holiday: %w", err)
	}
	return nil
}

// NationalHolidaysKnown gives the table's days of a year, those taken away too.
func NationalHolidaysKnown(ctx context.Context, db *postgres.DB, year int) (list []LocalHoliday, err error) {
	err = db.InOperator(ctx, func(tx *postgres.Tx) (err error) {
		list, err = selectNational(ctx, tx, clock.NewDate(year, 1, 1), clock.NewDate(year, 12, 31))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list national holidays: %w", err)
	}
	return list, nil
}
