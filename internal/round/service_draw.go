package round

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Task is the name of the worker's task that runs Run.
const Task = "draw_rounds"

// Run fixes the lists of rounds whose applications have closed, draws those that are due, and
// ends those whose results had to be accepted by now; it says how many steps were done. Each step
// is a transaction of its own: it happens once, whoever else does the same, and an interrupted one
// has not happened. One that fails keeps none of the others from theirs. For the worker.
func Run(ctx context.Context, db *postgres.DB) (int, error) {
	directory := organization.NewWorkerDirectory(db)
	s := &Service{db: db, directory: directory, rooms: board.NewService(db, directory, nil, nil)}
	total := 0
	failed := map[uuid.UUID]error{}
	for {
		var due []dueRound
		err := s.db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			due, err = selectDueRounds(ctx, tx)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("run rounds: %w", err)
		}
		done := 0
		for _, d := range due {
			if failed[d.id] != nil {
				continue
			}
			did, err := s.step(ctx, d)
			if err != nil {
				failed[d.id] = fmt.Errorf("run round %s: %w", d.id, err)
				continue
			}
			if did {
				done++
			}
		}
		if total += done; done == 0 {
			break
		}
	}
	all := make([]error, 0, len(failed))
	for _, err := range failed {
		all = append(all, err)
	}
	return total, errors.Join(all...)
}

func (s *Service) step(ctx context.Context, d dueRound) (did bool, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return false, err
	}
	err = s.db.InWorker(ctx, func(tx *postgres.Tx) error {
		if did, err = lockRound(ctx, tx, d); err != nil || !did {
			return err // another worker, or its lender, was quicker
		}
		rounds, err := queryRounds(ctx, tx, "where r.id = $1", d.id)
		if err != nil {
			return err
		}
		r, action := &rounds[0], "round.finished"
		switch d.state {
		case Open:
			action = "round.closed"
			err = s.fix(ctx, tx, r)
		case Closed:
			action = "round.drawn"
			err = s.draw(ctx, tx, r)
		case Drawn:
			err = s.finishRound(ctx, tx, r)
		case Finished, Cancelled:
		}
		if err != nil {
			return err
		}
		entry := audit.Entry{Organization: r.Lender.ID, Action: action, SubjectKind: "round", SubjectID: r.ID}
		if d.state == Closed && lateness(r.DrawsAt, tx.Now) > 0 {
			entry.Detail = map[string]any{"accept_until": r.AcceptUntil}
		}
		return audit.Record(ctx, tx, entry)
	})
	return did && err == nil, err
}

// roomRules reads what decides about the wishes of a round.
func (s *Service) roomRules(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (roomRules, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return roomRules{}, fmt.Errorf("read directory: %w", err)
	}
	rooms, err := s.rooms.FactsOfTx(ctx, tx, round)
	return roomRules{now: tx.Now, view: view, rooms: rooms}, err
}

// fix judges every wish again and writes the list.
func (s *Service) fix(ctx context.Context, tx *postgres.Tx, r *Round) error {
	rules, err := s.roomRules(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	applications, err := queryApplications(ctx, tx, "where a.round_id = $1 order by a.number", r.ID)
	if err != nil {
		return err
	}
	floors, err := selectFloor(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	list, dropped := rules.list(r.ID, applications, floors)
	if err := dropWishes(ctx, tx, dropped); err != nil {
		return err
	}
	if err := list.Check(); err != nil {
		return err
	}
	return fixRound(ctx, tx, r.ID, list.Text())
}

// draw draws from the published list, makes the bookings, publishes the seed and moves the day of
// acceptance when it comes late, all in one transaction. Choices that can't be had any more (the
// room closed meanwhile, or the time has begun) are struck, whoever would have got them, before
// anything is given: the rest is drawn without them, and what is struck is published.
func (s *Service) draw(ctx context.Context, tx *postgres.Tx, r *Round) error {
	seed, err := seedOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	list, err := lottery.Parse(r.List)
	if err != nil {
		return err
	}
	rules, err := s.roomRules(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	applications, err := queryApplications(ctx, tx, "where a.round_id = $1", r.ID)
	if err != nil {
		return err
	}
	until, promised := r.answerTimes(tx.Now)
	byNumber, withdrawn, takes := map[string]*owned{}, map[string]bool{}, map[string]lottery.Take{}
	for i := range applications {
		byNumber[applications[i].Number] = &applications[i]
	}
	for _, n := range r.Withdrawn {
		withdrawn[n] = true
	}
	for _, t := range list.Takes {
		takes[t.Pool] = t
	}
	struck := rules.struck(list, byNumber)
	var given map[string]bool
	for {
		if err := beginDraw(ctx, tx); err != nil {
			return err
		}
		given = map[string]bool{}
		before := len(struck)
		for _, d := range lottery.DrawWithout(list, seed, withdrawn, struck) {
			if d.Pool == "" {
				continue
			}
			done, err := s.allot(ctx, tx, promised, rules, byNumber[d.Number], takes[d.Pool])
			if err != nil {
				return err
			}
			if given[d.Number] = done; !done {
				// other floor than when the list was fixed
				struck[lottery.Struck{Number: d.Number, Pool: d.Pool}] = true
			}
		}
		if len(struck) == before {
			break
		}
		if err := undoDraw(ctx, tx); err != nil {
			return err
		}
	}
	result := strike(tx.Now, applications, struck, given)
	if err := dropWishes(ctx, tx, result.dropped); err != nil {
		return err
	}
	r.AcceptUntil = until
	return publishDraw(ctx, tx, r.ID, result, until)
}

// allot books one drawn time as a hold for as long as was promised; false when the room can't be
// used after all.
func (s *Service) allot(
	ctx context.Context,
	tx *postgres.Tx,
	promised time.Time,
	rules roomRules,
	a *owned,
	t lottery.Take,
) (bool, error) {
	w, ok := ParsePool(t.Pool)
	if !ok || a == nil {
		return false, errors.New("the list is of another round")
	}
	f := rules.rooms[w.RoomID]
	if f == nil {
		return false, nil
	}
	term, err := f.TermOf(rules.view, a.borrower, w.use(a.People))
	if err != nil {
		return false, nil //nolint:nilerr // the reason is the room's rules; the application says that it was lost
	}
	hold := booking.NewHold(f, term, tx.Now, booking.Allotment{
		Use:   w.use(a.People),
		Title: a.Title,
		Until: answerUntil(promised, w.StartsAt),
	})
	return allot(ctx, tx, a.ID, hold, time.Unix(int64(t.From)*60, 0).UTC(), time.Unix(int64(t.To)*60, 0).UTC())
}

// finishRound opens what is left first come: whoever stood in line for it moves up in the same
// transaction.
func (s *Service) finishRound(ctx context.Context, tx *postgres.Tx, r *Round) error {
	if err := finishRound(ctx, tx, r.ID); err != nil {
		return err
	}
	return booking.MoveUpTx(ctx, tx, r.facilities())
}
