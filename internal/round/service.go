package round

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Bookings is what a round does with what it gave; booking.Service does.
type Bookings interface {
	Submit(ctx context.Context, by staff.Author, id uuid.UUID) (booking.Detail, error)
	ReturnHold(ctx context.Context, by staff.Author, id uuid.UUID, reason string) error
	FreedTx(tx *postgres.Tx)
}

// Service is everything one can do with rounds. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory board.Directory
	rooms     *board.Service
	bookings  Bookings
	random    io.Reader
}

// NewService makes the service. random must be cryptographically random and safe for concurrent
// use.
func NewService(
	db *postgres.DB,
	directory board.Directory,
	rooms *board.Service,
	bookings Bookings,
	random io.Reader,
) *Service {
	return &Service{db: db, directory: directory, rooms: rooms, bookings: bookings, random: random}
}

// held gives the context of what is to be read or written in one transaction, with the view that
// names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

// Create announces a round for own, open rooms. From this moment their floor is kept for it.
// ErrInvalid, ErrOverlaps.
func (s *Service) Create(ctx context.Context, by staff.Author, in Input) (Round, error) {
	in, err := in.clean()
	if err != nil {
		return Round{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return Round{}, err
	}
	id := uuid.New()
	var r Round
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) (err error) {
		if !tx.Now.Before(in.ClosesAt) {
			return ErrInvalid.Field("closes_at", "in_the_past")
		}
		if err := insertRound(ctx, tx, id, &in); err != nil {
			return err
		}
		if err := recordRound(ctx, tx, "round.opened", id); err != nil {
			return err
		}
		r, err = s.roundTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, fmt.Errorf("open round: %w", err)
	}
	return r, nil
}

func recordRound(ctx context.Context, tx *postgres.Tx, action string, id uuid.UUID) error {
	return audit.Record(ctx, tx, audit.Entry{Action: action, SubjectKind: "round", SubjectID: id})
}

// roundTx reads one; ErrUnknown.
func (s *Service) roundTx(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Round, error) {
	all, err := queryRounds(ctx, tx, "where r.id = $1", id)
	if err != nil {
		return Round{}, err
	}
	if len(all) == 0 {
		return Round{}, ErrUnknown
	}
	return all[0], s.nameLenders(ctx, tx, all)
}

func (s *Service) nameLenders(ctx context.Context, tx *postgres.Tx, all []Round) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	for i := range all {
		if all[i].Lender, err = view.RefTx(tx, all[i].Lender.ID); err != nil {
			return err
		}
	}
	return nil
}

// Get gives one round, for everybody. ErrUnknown.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (Round, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Round{}, err
	}
	var r Round
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		r, err = s.roundTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, fmt.Errorf("read round: %w", err)
	}
	return r, nil
}

// Filter picks rounds; zero fields pick all.
type Filter struct {
	Lender, Room uuid.UUID
	Current      bool // those that still keep their rooms
	After        *Position
	Limit        int
}

// Position is where a page ended.
type Position struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// Page is one page, the newest first; Next is nil on the last.
type Page struct {
	Items []Round
	Next  *Position
}

// List lists rounds, for everybody.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = pageLength
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return Page{}, err
	}
	var page Page
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		if page.Items, err = selectRounds(ctx, tx, f); err != nil {
			return err
		}
		return s.nameLenders(ctx, tx, page.Items)
	})
	if err != nil {
		return Page{}, fmt.Errorf("list rounds: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		last := page.Items[f.Limit-1]
		page.Next = &Position{CreatedAt: last.createdAt, ID: last.ID}
	}
	return page, nil
}

// Cancel calls an own round off; its floor opens first come at once, and whoever stood in line
// for it moves up. ErrUnknown, ErrDrawn.
func (s *Service) Cancel(ctx context.Context, by staff.Author, id uuid.UUID) (Round, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Round{}, err
	}
	var r Round
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		before, err := s.roundTx(ctx, tx, id)
		if err != nil {
			return err
		}
		if r = before; r.State == Cancelled {
			return nil
		}
		if err := booking.LockSpacesTx(ctx, tx, before.facilities()); err != nil {
			return err // spaces before rounds, as the worker
		}
		outcome, err := cancelRound(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case outcome != cancelled:
			return outcome.refuseRound()
		}
		if err := booking.MoveUpTx(ctx, tx, before.facilities()); err != nil {
			return err
		}
		s.bookings.FreedTx(tx)
		if err := recordRound(ctx, tx, "round.cancelled", id); err != nil {
			return err
		}
		r, err = s.roundTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, fmt.Errorf("cancel round: %w", err)
	}
	return r, nil
}

// Change changes an own round: its words until it is over, its moments and numbers until
// applications open; which rooms and days never. ErrUnknown, ErrInvalid, ErrBegun,
// ErrOver.
func (s *Service) Change(ctx context.Context, by staff.Author, id uuid.UUID, change Change) (Round, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Round{}, err
	}
	var r Round
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) (err error) {
		if r, err = s.roundTx(ctx, tx, id); err != nil {
			return err
		}
		if r.Lender.ID != by.Organization {
			return ErrUnknown
		}
		in, err := change.onto(&r).clean()
		if err != nil {
			return err
		}
		if change.ClosesAt != nil && !tx.Now.Before(in.ClosesAt) {
			return ErrInvalid.Field("closes_at", "in_the_past")
		}
		outcome, err := changeRound(ctx, tx, id, &in)
		switch {
		case err != nil:
			return err
		case outcome != changed:
			return outcome.refuseRound()
		}
		if err := recordRound(ctx, tx, "round.changed", id); err != nil {
			return err
		}
		r, err = s.roundTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, fmt.Errorf("change round: %w", err)
	}
	return r, nil
}

// GetOwn gives an own round and how many applications it has: the lender knows no more of them
// until it is drawn. ErrUnknown.
func (s *Service) GetOwn(ctx context.Context, organization, id uuid.UUID) (r Round, applications int, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Round{}, 0, err
	}
	err = s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		if r, err = s.roundTx(ctx, tx, id); err != nil {
			return err
		}
		if r.Lender.ID != organization {
			return ErrUnknown
		}
		applications, err = countApplications(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, 0, fmt.Errorf("read own round: %w", err)
	}
	return r, applications, nil
}

// ByLot finds the rounds that keep rooms which a search would otherwise have found, the newest
// first. board.ErrSpan.
func (s *Service) ByLot(ctx context.Context, q board.FreeQuery) ([]Round, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return nil, err
	}
	var rounds []Round
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		keeping, err := s.rooms.RoundsTx(ctx, tx, q)
		if err != nil || len(keeping) == 0 {
			return err
		}
		if rounds, err = queryRounds(
			ctx,
			tx,
			"where r.id = any ($1) order by r.created_at desc, r.id",
			keeping,
		); err != nil {
			return err
		}
		return s.nameLenders(ctx, tx, rounds)
	})
	if err != nil {
		return nil, fmt.Errorf("find rounds in the way: %w", err)
	}
	return rounds, nil
}
