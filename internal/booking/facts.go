package booking

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

// What is known of rooms is kept for a moment: rules change seldom and are read with every booking. A room or facility changed since is noticed in the
// transaction (booking_place says stale), and so are closings; a holiday moved is seen after factsAge. Nobody is refused by facts older than factsSure: what was
// closed may be open since. What this process changes is forgotten at once.
const (
	factsAge  = 2 * time.Minute
	factsSure = time.Second
	factsLoad = 10 * time.Second // at most, whoever of those who wait for it leaves
	factsMost = 4096
	daysAhead = 24*31 + 400 + 14 // of holidays and closings: the longest that a booking can be ahead
)

type knownFacts struct {
	mu  sync.Mutex
	all map[factsKey]*facts
	// holidays are the same for all rooms of a town; each room's facts point at one map.
	holidays map[uuid.UUID]venue.Holidays
	forgot   uint64
	loading  singleflight.Group // so that a storm reads a room once
}

// factsKey has the asker in it, because who may see a room differs.
type factsKey struct{ asker, room uuid.UUID }

func (k *knownFacts) get(key factsKey, now time.Time) *facts {
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
func (k *knownFacts) put(key factsKey, f *facts, generation uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.forgot != generation {
		return
	}
	if k.all == nil || len(k.all) >= factsMost {
		k.all, k.holidays = map[factsKey]*facts{}, map[uuid.UUID]venue.Holidays{}
	}
	owner := f.room.Organization.ID
	if shared := k.holidays[owner]; maps.Equal(shared, f.rules.Holidays) {
		f.rules.Holidays = shared
	} else {
		k.holidays[owner] = f.rules.Holidays
	}
	k.all[key] = f
}

// drop forgets what was known of a room, unless it was read anew since.
func (k *knownFacts) drop(key factsKey, f *facts) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all[key] == f {
		delete(k.all, key)
	}
}

// Forget makes the next bookings read the rules of rooms anew. To be called after a committed change of rooms, facilities, closings or holidays.
func (s *Service) Forget() {
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	s.known.forgot++
	s.known.all, s.known.holidays = nil, nil
}

// factsFor gives what decides about a room for one who asks; ErrRoomUnknown when that organization may not see it.
func (s *Service) factsFor(ctx context.Context, asker, room uuid.UUID) (*facts, error) {
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
		return loaded.Val.(*facts), nil
	case <-ctx.Done():
		return nil, postgres.Unavailable(ctx.Err())
	}
}

func (s *Service) loadFacts(ctx context.Context, key factsKey, generation uint64) (f *facts, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return nil, err
	}
	err = s.db.ReadOrganization(ctx, key.asker, func(tx *postgres.Tx) (err error) {
		f, err = s.factsTx(ctx, tx, key.room)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.cached = true
	s.known.put(key, f, generation)
	return f, nil
}

// factsTx reads anew, in a transaction.
func (s *Service) factsTx(ctx context.Context, tx *postgres.Tx, room uuid.UUID) (*facts, error) {
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
	if f.kept, err = keptOf(ctx, tx, room); err != nil {
		return nil, err
	}
	f.loadedAt = tx.Now
	return f, nil
}

// held gives the context of what is to be read or written in one transaction, with the view that names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

func (s *Service) nameOwner(ctx context.Context, tx *postgres.Tx, f *facts) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	f.room.Organization, err = view.RefTx(tx, f.room.Organization.ID)
	return err
}

// judge says whether an organization may make this use of the room now, and what follows for it. The month's cap is judged by the database.
func (s *Service) judge(ctx context.Context, f *facts, borrower uuid.UUID, now time.Time, r *Request) (verdict, error) {
	if err := f.use(r.StartsAt, r.EndsAt, r.People, r.Noise); err != nil {
		return verdict{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return verdict{}, fmt.Errorf("read directory: %w", err)
	}
	who, ok := venue.WhoIs(f.room, borrower, view.PartnershipsOf(borrower))
	if !ok {
		return verdict{}, ErrNotOpenToYou
	}
	term, ok := venue.TermFor(f.room.Terms, who)
	if !ok {
		return verdict{}, ErrNotOpenToYou
	}
	if err := refuse(term.Check(now, r.StartsAt, 0)); err != nil {
		return verdict{}, err
	}
	return verdict{who: who, term: term, fee: f.price(term.Payer, r.StartsAt, r.EndsAt)}, nil
}
