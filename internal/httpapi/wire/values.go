package wire

import (
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// CivilDate is the day that a date of the contract names.
func CivilDate(d types.Date) clock.Date { return clock.NewDate(d.Year(), d.Month(), d.Day()) }

// OrNull is nil for "".
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Or is the value, the zero value for what was left out.
func Or[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

// Each keeps the difference between a list that was left out and an empty one.
func Each[A, B any](list *[]A, convert func(A) B) *[]B {
	if list == nil {
		return nil
	}
	out := make([]B, len(*list))
	for i, a := range *list {
		out[i] = convert(a)
	}
	return &out
}

// UTC keeps moments of a filter in one form, so that the same filter seals the same cursor.
func UTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}

// BandOrNull is nil where nothing is counted.
func BandOrNull(b event.Band) *api.Band {
	if b == "" {
		return nil
	}
	band := api.Band(b)
	return &band
}

// Dates are days as the contract writes them.
func Dates(days []clock.Date) []api.Date {
	out := make([]api.Date, len(days))
	for i, d := range days {
		out[i] = api.Date{Time: time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)}
	}
	return out
}

// MonthText is a month as the contract writes it: 2026-04.
func MonthText(d clock.Date) string { return d.String()[:len("2006-01")] }

// Tokyo writes moments with the offset people live by.
func Tokyo(t time.Time) time.Time { return t.In(clock.Tokyo) }

// Local is Tokyo for a moment that may be absent.
func Local(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	there := Tokyo(*t)
	return &there
}

// List is never null in JSON.
func List[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// DayOrNull is nil for the zero day.
func DayOrNull(d clock.Date) *types.Date {
	if d.IsZero() {
		return nil
	}
	return &types.Date{Time: d.Start()}
}
