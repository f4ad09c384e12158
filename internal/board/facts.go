package board

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// What is known of rooms is kept for a moment: rules change seldom and are read with every booking.
// A room or facility changed since is noticed in the transaction (booking_place says stale), and so
// are closings; a holiday moved is seen after factsAge. Nobody is refused by facts older than
// factsSure: what was closed may be open since. What this process changes is forgotten at once.
const (
	factsAge  = 2 * time.Minute
	factsSure = time.Second
	factsLoad = 10 * time.Second // at most, whoever of those who wait for it leaves
	factsMost = 4096
	daysAhead = 24*31 + 400 + 14 // of holidays and closings: the longest that a booking can be ahead
)

type knownFacts struct {
	mu  sync.Mutex
	all map[factsKey]*Facts
	// holidays are the same for all rooms of a town; each room's facts point at one map.
	holidays map[uuid.UUID]venue.Holidays
	forgot   uint64
	loading  singleflight.Group // so that a storm reads a room once
}

// factsKey has the asker in it, because who may see a room differs.
type factsKey struct{ asker, room uuid.UUID }

func (k *knownFacts) get(key factsKey, now time.Time) *Facts {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.all[key]
	if f == nil || now.Before(f.loadedAt) || now.Sub(f.loadedAt) > factsAge {
		return nil
	}
	return f
}

func (k *knownFacts) generation() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.forgot
}

// put keeps facts, unless all was forgotten after they began to be read.
func (k *knownFacts) put(key factsKey, f *Facts, generation uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.forgot != generation {
		return
	}
	if k.all == nil || len(k.all) >= factsMost {
		k.all, k.holidays = map[factsKey]*Facts{}, map[uuid.UUID]venue.Holidays{}
	}
	owner := f.Room.Organization.ID
	if shared := k.holidays[owner]; maps.Equal(shared, f.Rules.Holidays) {
		f.Rules.Holidays = shared
	} else {
		k.holidays[owner] = f.Rules.Holidays
	}
	k.all[key] = f
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

// held gives the context of what is to be read or written in one transaction, with the view that
// names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

func (s *Service) nameOwner(ctx context.Context, tx *postgres.Tx, f *Facts) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	f.Room.Organization, err = view.RefTx(tx, f.Room.Organization.ID)
	return err
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
