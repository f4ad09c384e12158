package board

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// FactsFor gives what decides about a room for one who asks; ErrRoomUnknown when that organization
// may not see it.
func (s *Service) FactsFor(ctx context.Context, asker, room uuid.UUID) (*Facts, error) {
	key := factsKey{asker, room}
	if f := s.known.get(key, s.db.Clock().Now()); f != nil {
		return f, nil
	}
	generation := s.known.generation()
	if postgres.IsJoined(ctx) {
		return s.loadFacts(ctx, key, generation)
	}
	if err := s.db.Unheld(ctx, postgres.RoleStaff); err != nil {
		return nil, err
	}
	load := s.known.loading.DoChan(fmt.Sprint(generation, asker, room), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), factsLoad)
		defer cancel()
		return s.loadFacts(ctx, key, generation)
	})
	select {
	case loaded := <-load:
		if loaded.Err != nil {
			return nil, loaded.Err
		}
		return loaded.Val.(*Facts), nil
	case <-ctx.Done():
		return nil, postgres.Unavailable(ctx.Err())
	}
}

func (s *Service) loadFacts(ctx context.Context, key factsKey, generation uint64) (f *Facts, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return nil, err
	}
	err = s.db.ReadOrganization(ctx, key.asker, func(tx *postgres.Tx) (err error) {
		f, err = s.FactsTx(ctx, tx, key.room)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.cached = true
	s.known.put(key, f, generation)
	return f, nil
}

// FactsTx reads anew, in a transaction.
func (s *Service) FactsTx(ctx context.Context, tx *postgres.Tx, room uuid.UUID) (*Facts, error) {
	today := clock.DateOf(tx.Now)
	all, err := readFacts(ctx, tx, today.AddDays(-1), today.AddDays(daysAhead), "r.id = $1", room)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, ErrRoomUnknown
	}
	f := all[0]
	if err := s.nameOwner(ctx, tx, f); err != nil {
		return nil, err
	}
	if f.Kept, err = keptOf(ctx, tx, room); err != nil {
		return nil, err
	}
	f.loadedAt = tx.Now
	return f, nil
}

// FactsOfTx reads the rooms of a round anew, in a transaction, by their ids.
func (s *Service) FactsOfTx(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (map[uuid.UUID]*Facts, error) {
	today := clock.DateOf(tx.Now)
	all, err := readFacts(
		ctx,
		tx,
		today.AddDays(-1),
		today.AddDays(daysAhead),
		"r.id in (select room_id from booking_round_room where round_id = $1)",
		round,
	)
	if err != nil {
		return nil, err
	}
	rooms := map[uuid.UUID]*Facts{}
	for _, f := range all {
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return nil, err
		}
		rooms[f.Room.ID] = f
	}
	return rooms, nil
}

// Judge says whether an organization may make this use of a room now, and what follows for it. The
// month's cap is judged by the database.
func (s *Service) Judge(ctx context.Context, f *Facts, borrower uuid.UUID, now time.Time, u Use) (Verdict, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return Verdict{}, fmt.Errorf("read directory: %w", err)
	}
	term, err := f.TermOf(view, borrower, u)
	if err != nil {
		return Verdict{}, err
	}
	if err := Refuse(term.Check(now, u.StartsAt, 0)); err != nil {
		return Verdict{}, err
	}
	return Verdict{Term: term, Fee: f.Price(term.Payer, u.StartsAt, u.EndsAt)}, nil
}

// Drop forgets what was known of a room for one who asks, unless it was read anew since.
func (s *Service) Drop(asker uuid.UUID, f *Facts) {
	key := factsKey{asker, f.Room.ID}
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	if s.known.all[key] == f {
		delete(s.known.all, key)
	}
}

// Forget makes the next bookings read the rules of rooms anew. To be called after a committed
// change of rooms, facilities, closings or holidays.
func (s *Service) Forget() {
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	s.known.forgot++
	s.known.all, s.known.holidays = nil, nil
}
