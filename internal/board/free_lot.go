package board

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// byLot is the round for which the time asked for is kept, where the room could be had otherwise.
func (f *Facts) byLot(now time.Time, d clock.Date, q *FreeQuery, t taken) uuid.UUID {
	spans := []venue.Span{{From: q.StartsAt, To: q.EndsAt}}
	if q.Part != "" {
		spans = nil
		for _, b := range f.slots(d, q.Part) {
			spans = append(spans, b.On(d))
		}
	}
	for _, span := range spans {
		if !span.From.After(now) || f.Check(q.use(span)) != nil {
			continue
		}
		if f.state(now, span, t.busy, nil) == Free && f.state(now, span, nil, t.kept) == ByLot {
			return t.round(span.Wide(f.Room.Buffers()))
		}
	}
	return uuid.Nil
}
