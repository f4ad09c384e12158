package board

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Free finds rooms that are open to others, large enough, open at that time by their own hours and
// blocks, and not taken. Who may book when is not looked at. ErrSpan.
func (s *Service) Free(ctx context.Context, q FreeQuery) (FreePage, error) {
	page, err := s.FreeFor(ctx, uuid.Nil, q)
	if err != nil {
		return FreePage{}, fmt.Errorf("find free rooms: %w", err)
	}
	return page, nil
}

// FreeFor finds the rooms that an organization sees, as Free; uuid.Nil asks as everybody.
func (s *Service) FreeFor(ctx context.Context, asker uuid.UUID, q FreeQuery) (FreePage, error) {
	if err := q.check(s.db.Clock().Now()); err != nil {
		return FreePage{}, err
	}
	q.Limit = q.limit()
	ctx, err := s.held(ctx)
	if err != nil {
		return FreePage{}, err
	}
	page := FreePage{Items: []FreeRoom{}}
	err = s.asking(ctx, asker, func(tx *postgres.Tx) error {
		day, after := q.day(), q.After
		for looked := candidates; ; looked += candidates {
			found, err := selectFree(ctx, tx, day, q, after)
			if err != nil {
				return err
			}
			if err := s.pick(ctx, tx, &page, found, q); err != nil || page.Next != nil || len(found) < candidates {
				return err
			}
			last := found[len(found)-1].Room
			after = &FreePosition{Capacity: last.Capacity, ID: last.ID}
			if looked >= mostLooked {
				page.Next = after
				return nil
			}
		}
	})
	return page, err
}

// pick adds to a page those of some candidates that can be had.
func (s *Service) pick(ctx context.Context, tx *postgres.Tx, page *FreePage, found []*Facts, q FreeQuery) error {
	var busy map[uuid.UUID]taken
	if q.Part != "" {
		var err error
		day := venue.Span{From: q.Day.Start(), To: q.Day.AddDays(1).Start()}
		if busy, err = selectBusyOf(ctx, tx, found, day); err != nil {
			return err
		}
	}
	first := len(page.Items)
	for i, f := range page.add(tx.Now, found, busy, &q) {
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return err
		}
		page.Items[first+i].Lender = f.Room.Organization
	}
	return nil
}

// Near finds other parts of the same day and the same time on days around it, for a search that
// found nothing. It looks at the smallest rooms that fit. ErrSpan.
func (s *Service) Near(ctx context.Context, q FreeQuery) ([]Near, error) {
	if err := q.check(s.db.Clock().Now()); err != nil {
		return nil, err
	}
	var all []Near
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		day := q.day()
		every := q
		every.Day, every.Part = day, FullDay // whatever is taken
		found, err := selectFree(ctx, tx, day, every, nil)
		if err != nil || len(found) == 0 {
			return err
		}
		busy, err := selectBusyOf(
			ctx,
			tx,
			found,
			venue.Span{From: day.AddDays(-nearDays).Start(), To: day.AddDays(nearDays + 1).Start()},
		)
		if err != nil {
			return err
		}
		all = nearest(tx.Now, found, busy, q)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find near times: %w", err)
	}
	return all, nil
}

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
		if round := f.byLot(tx.Now, day, &q, busy[f.Room.ID]); round != uuid.Nil {
			keeping[round] = true
		}
	}
	return keys(keeping), nil
}
