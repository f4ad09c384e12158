package booking

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// OpenRound announces a round for own, open rooms. From this moment their floor is kept for it. ErrRoundInvalid, ErrRoundOverlaps.
func (s *Service) OpenRound(ctx context.Context, by Author, in RoundInput) (Round, error) {
	if err := in.clean(); err != nil {
		return Round{}, err
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return Round{}, err
	}
	id := uuid.New()
	var r Round
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) (err error) {
		if !tx.Now.Before(in.ClosesAt) {
			return ErrRoundInvalid.Field("closes_at", "in_the_past")
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

func (in *RoundInput) clean() error {
	refusal := ErrRoundInvalid
	in.Name = line(&refusal, "name", in.Name, 100)
	in.Note = paragraphs(&refusal, "note", in.Note, 1000)
	seen := map[uuid.UUID]bool{}
	for _, id := range in.Rooms {
		seen[id] = true
	}
	if n := len(in.Rooms); n < 1 || n > MaxRoundRooms || len(seen) != n {
		refusal = refusal.Field("room_ids", "unknown_value")
	}
	if in.FirstDay.Year < 2000 || in.LastDay.Year > 2099 || in.LastDay.Start().Before(in.FirstDay.Start()) || in.FirstDay.AddDays(MaxRoundDays).Start().Before(in.LastDay.Start()) {
		refusal = refusal.Field("last_day", "times_out_of_order")
	}
	if !in.OpensAt.Before(in.ClosesAt) {
		refusal = refusal.Field("closes_at", "times_out_of_order")
	}
	if in.DrawsAt.Before(in.ClosesAt) {
		refusal = refusal.Field("draws_at", "times_out_of_order")
	}
	if !in.DrawsAt.Before(in.AcceptUntil) || in.FirstDay.Start().Before(in.AcceptUntil) {
		refusal = refusal.Field("accept_until", "times_out_of_order")
	}
	if in.OpensAt.Year() < 2000 {
		refusal = refusal.Field("opens_at", "year_out_of_range")
	}
	if in.ApplicationsMax < 1 || in.ApplicationsMax > 10 {
		refusal = refusal.Field("applications_max", "too_large", "max", 10)
	}
	if in.WishesMax < 1 || in.WishesMax > MaxWishes {
		refusal = refusal.Field("wishes_max", "too_large", "max", MaxWishes)
	}
	return refusal.Or()
}

func recordRound(ctx context.Context, tx *postgres.Tx, action string, id uuid.UUID) error {
	return audit.Record(ctx, tx, audit.Entry{Action: action, SubjectKind: "round", SubjectID: id})
}

// roundTx reads one; ErrRoundUnknown.
func (s *Service) roundTx(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Round, error) {
	all, err := queryRounds(ctx, tx, "where r.id = $1", id)
	if err != nil {
		return Round{}, err
	}
	if len(all) == 0 {
		return Round{}, ErrRoundUnknown
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

// Round gives one round, for everybody. ErrRoundUnknown.
func (s *Service) Round(ctx context.Context, id uuid.UUID) (Round, error) {
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

// RoundFilter picks rounds; zero fields pick all.
type RoundFilter struct {
	Lender, Room uuid.UUID
	Current      bool // those that still keep their rooms
	After        *RoundPosition
	Limit        int
}

// RoundPosition is where a page ended.
type RoundPosition struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// RoundPage is one page, the newest first; Next is nil on the last.
type RoundPage struct {
	Items []Round
	Next  *RoundPosition
}

// Rounds lists rounds, for everybody.
func (s *Service) Rounds(ctx context.Context, f RoundFilter) (RoundPage, error) {
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = pageLength
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return RoundPage{}, err
	}
	var page RoundPage
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		if page.Items, err = selectRounds(ctx, tx, f); err != nil {
			return err
		}
		return s.nameLenders(ctx, tx, page.Items)
	})
	if err != nil {
		return RoundPage{}, fmt.Errorf("list rounds: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		last := page.Items[f.Limit-1]
		page.Next = &RoundPosition{CreatedAt: last.createdAt, ID: last.ID}
	}
	return page, nil
}

// CancelRound calls an own round off; its floor opens first come at once, and whoever stood in line for it moves up. ErrRoundUnknown, ErrRoundDrawn.
func (s *Service) CancelRound(ctx context.Context, by Author, id uuid.UUID) (Round, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Round{}, err
	}
	var r Round
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		before, err := s.roundTx(ctx, tx, id)
		if err != nil {
			return err
		}
		if r = before; r.State == RoundCancelled {
			return nil
		}
		if _, err := lockBookings(ctx, tx, before.facilities(), []uuid.UUID{}); err != nil {
			return err // spaces before rounds, as the worker
		}
		outcome, err := callRound(ctx, tx, "select booking_round_cancel($1)", id)
		switch {
		case err != nil:
			return err
		case outcome == "unknown":
			return ErrRoundUnknown
		case outcome == "drawn":
			return ErrRoundDrawn
		}
		if _, err := settle(ctx, tx, []uuid.UUID{}, before.facilities()); err != nil {
			return err
		}
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

// RoundChange changes a round; nil leaves as it is.
type RoundChange struct {
	Name, Note                              *string
	OpensAt, ClosesAt, DrawsAt, AcceptUntil *time.Time
	ApplicationsMax, WishesMax              *int
}

func (c *RoundChange) onto(in *RoundInput) {
	set(&in.Name, c.Name)
	set(&in.Note, c.Note)
	set(&in.OpensAt, c.OpensAt)
	set(&in.ClosesAt, c.ClosesAt)
	set(&in.DrawsAt, c.DrawsAt)
	set(&in.AcceptUntil, c.AcceptUntil)
	set(&in.ApplicationsMax, c.ApplicationsMax)
	set(&in.WishesMax, c.WishesMax)
}

// ChangeRound changes an own round: its words until it is over, its moments and numbers until applications open; which rooms and days never. ErrRoundUnknown,
// ErrRoundInvalid, ErrRoundBegun, ErrRoundOver.
func (s *Service) ChangeRound(ctx context.Context, by Author, id uuid.UUID, change RoundChange) (Round, error) {
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
			return ErrRoundUnknown
		}
		in := RoundInput{
			Name: r.Name, Note: r.Note, FirstDay: r.FirstDay, LastDay: r.LastDay, OpensAt: r.OpensAt, ClosesAt: r.ClosesAt, DrawsAt: r.DrawsAt, AcceptUntil: r.AcceptUntil,
			ApplicationsMax: r.ApplicationsMax, WishesMax: r.WishesMax, Rooms: []uuid.UUID{uuid.Nil},
		}
		change.onto(&in)
		if err := in.clean(); err != nil {
			return err
		}
		if change.ClosesAt != nil && !tx.Now.Before(in.ClosesAt) {
			return ErrRoundInvalid.Field("closes_at", "in_the_past")
		}
		outcome, err := callRound(ctx, tx, "select booking_round_change($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			id, in.Name, in.Note, in.OpensAt, in.ClosesAt, in.DrawsAt, in.AcceptUntil, in.ApplicationsMax, in.WishesMax)
		switch {
		case err != nil:
			return err
		case outcome == "unknown":
			return ErrRoundUnknown
		case outcome == "over":
			return ErrRoundOver
		case outcome == "begun":
			return ErrRoundBegun
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

// OwnRound gives an own round and how many applications it has: the lender knows no more of them until it is drawn. ErrRoundUnknown.
func (s *Service) OwnRound(ctx context.Context, organization, id uuid.UUID) (r Round, applications int, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Round{}, 0, err
	}
	err = s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		if r, err = s.roundTx(ctx, tx, id); err != nil {
			return err
		}
		if r.Lender.ID != organization {
			return ErrRoundUnknown
		}
		applications, err = countApplications(ctx, tx, id)
		return err
	})
	if err != nil {
		return Round{}, 0, fmt.Errorf("read own round: %w", err)
	}
	return r, applications, nil
}
