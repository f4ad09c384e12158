package listing

import (
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// PageSize is what the contract promises when nothing is asked for.
func PageSize(limit *int) int {
	if limit == nil {
		return 20
	}
	return *limit
}

// Span reads two ends, each an RFC 3339 moment or a day in Tokyo; the last day counts whole.
func Span(from, to string) (begin, end *time.Time, err error) {
	refusal := contract.ErrQuery
	read := func(name, text string, after int) *time.Time {
		if text == "" {
			return nil
		}
		if day, err := clock.ParseDate(text); err == nil {
			t := day.AddDays(after).Start()
			return wire.UTC(&t)
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			refusal = refusal.Field(name, "invalid_moment")
			return nil
		}
		return wire.UTC(&t)
	}
	begin, end = read("from", from, 0), read("to", to, 1)
	return begin, end, refusal.Or()
}
