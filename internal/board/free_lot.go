package board

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// RoundsTx finds the rounds that keep rooms which a search would otherwise have found. It looks at
// the smallest rooms that fit. ErrSpan.
func (s *Service) RoundsTx(ctx context.Context, tx *postgres.Tx, q FreeQuery) ([]uuid.UUID, error) {
	if err := q.check(tx.Now); err != nil {
		return nil, err
	}
	day := q.day()
	every := q
	every.Day, every.Part, every.inRounds = day, FullDay, true // whatever is taken
	found, err := selectFree(ctx, tx, day, every, nil)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	busy, err := selectBusyOf(ctx, tx, found, venue.Span{From: day.Start(), To: day.AddDays(1).Start()})
	if err != nil {
		return nil, err
	}
	keeping := map[uuid.UUID]bool{}
	for _, f := range found {
		if round := f.byLot(tx, day, &q, busy[f.Room.ID]); round != uuid.Nil {
			keeping[round] = true
		}
	}
	return keys(keeping), nil
}

// byLot is the round for which the time asked for is kept, where the room could be had otherwise.
func (f *Facts) byLot(tx *postgres.Tx, d clock.Date, q *FreeQuery, t taken) uuid.UUID {
	spans := []venue.Span{{From: q.StartsAt, To: q.EndsAt}}
	if q.Part != "" {
		spans = nil
		for _, b := range f.slots(d, q.Part) {
			spans = append(spans, b.On(d))
		}
	}
	for _, span := range spans {
		if !span.From.After(tx.Now) || f.Check(q.use(span)) != nil {
			continue
		}
		if f.state(tx.Now, span, t.busy, nil) == Free && f.state(tx.Now, span, nil, t.kept) == ByLot {
			return t.round(span.Wide(f.Room.Buffers()))
		}
	}
	return uuid.Nil
}
