package clock

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Date is a civil date, without time or zone. The zero Date is no date: it is
// stored as NULL and refuses to be written as text.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ErrDate is returned for text that is not a date of the form 2006-01-02.
var ErrDate = errors.New("date must be a real day written as YYYY-MM-DD")

// NewDate gives the date, normalised as time.Date does: 32 January is 1 February.
func NewDate(year int, month time.Month, day int) Date {
	return civil(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf is the civil date of an instant in Tokyo.
func DateOf(t time.Time) Date { return civil(t.In(Tokyo)) }

// Today is the civil date in Tokyo now.
func Today(c Clock) Date { return DateOf(c.Now()) }

// StartOfDay is midnight in Tokyo of the day that holds t.
func StartOfDay(t time.Time) time.Time { return DateOf(t).Start() }

// ParseDate reads "2006-01-02", strictly; years 1900 to 9999. Errors are ErrDate.
func ParseDate(s string) (Date, error) {
	if len(s) != len(time.DateOnly) {
		return Date{}, ErrDate
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 {
		return Date{}, ErrDate
	}
	return civil(t), nil
}

func civil(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d is a real day.
func (d Date) Valid() bool { return !d.IsZero() && d == NewDate(d.Year, d.Month, d.Day) }

// At is the instant of hh:mm in Tokyo on d; 24:00 and beyond run into the next day.
func (d Date) At(hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, Tokyo)
}

// Start is midnight in Tokyo at the beginning of d.
func (d Date) Start() time.Time { return d.At(0, 0) }

// AddDays gives the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// DaysUntil counts the days from d to other; negative when other is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.utc().Sub(d.utc()) / (24 * time.Hour))
}

// Compare orders dates: -1, 0 or 1.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// String is YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// MarshalText writes YYYY-MM-DD, in JSON too; it fails for a date that is not real.
func (d Date) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, ErrDate
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	v, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value writes the date for a date column; the zero Date becomes NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL is what the zero date means in a column
	}
	if !d.Valid() {
		return nil, ErrDate
	}
	return d.String(), nil
}

// Scan reads a date column; NULL becomes the zero Date. A driver hands dates
// over as midnight in some zone of its own, so the zone is left alone.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = civil(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("scan date: cannot read %T", src)
	}
}
