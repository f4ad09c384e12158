package booking

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ByLot finds the rounds that keep rooms which a search would otherwise have found, the newest first. It looks at the smallest rooms that fit. ErrSpan.
func (s *Service) ByLot(ctx context.Context, q FreeQuery) ([]Round, error) {
	if err := q.check(s.db.Clock().Now()); err != nil {
		return nil, err
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return nil, err
	}
	var rounds []Round
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		day := q.day()
		every := q
		every.Day, every.Part, every.inRounds = day, FullDay, true // whatever is taken
		found, err := selectFree(ctx, tx, day, every, nil)
		if err != nil || len(found) == 0 {
			return err
		}
		busy, err := selectBusyOf(ctx, tx, found, venue.Span{From: day.Start(), To: day.AddDays(1).Start()})
		if err != nil {
			return err
		}
		keeping := map[uuid.UUID]bool{}
		for _, f := range found {
			if round := f.byLot(tx, day, &q, busy[f.room.ID]); round != uuid.Nil {
				keeping[round] = true
			}
		}
		if len(keeping) == 0 {
			return nil
		}
		if rounds, err = queryRounds(ctx, tx, "where r.id = any ($1) order by r.created_at desc, r.id", keys(keeping)); err != nil {
			return err
		}
		return s.nameLenders(ctx, tx, rounds)
	})
	if err != nil {
		return nil, fmt.Errorf("find rounds in the way: %w", err)
	}
	return rounds, nil
}

// byLot is the round for which the time asked for is kept, where the room could be had otherwise.
func (f *facts) byLot(tx *postgres.Tx, d clock.Date, q *FreeQuery, t taken) uuid.UUID {
	spans := []venue.Span{{From: q.StartsAt, To: q.EndsAt}}
	if q.Part != "" {
		spans = nil
		for _, b := range f.slots(d, q.Part) {
			spans = append(spans, b.On(d))
		}
	}
	for _, span := range spans {
		if !span.From.After(tx.Now) || f.use(span.From, span.To, nil, cmp.Or(q.Noise, venue.Normal)) != nil {
			continue
		}
		if f.state(tx.Now, span, t.busy, nil) == Free && f.state(tx.Now, span, nil, t.kept) == ByLot {
			return t.round(span.Wide(f.room.Buffers()))
		}
	}
	return uuid.Nil
}
