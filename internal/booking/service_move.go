package booking

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Move changes a booking's room, times or particulars, whole or not at all. What was approved and
// is moved by its borrower asks for approval again. ErrTaken and the refusals of Place; the booking
// then stands as before.
func (s *Service) Move(ctx context.Context, by staff.Author, id uuid.UUID, m Move) (Detail, error) {
	reason, err := reasonOf(m.Reason, false)
	if err != nil {
		return Detail{}, err
	}
	m.Reason = reason
	if err := m.clean(); err != nil {
		return Detail{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return Detail{}, err
	}
	var d Detail
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		var more []uuid.UUID
		if m.RoomID != nil {
			f, err := s.rooms.FactsTx(ctx, tx, *m.RoomID)
			if err != nil {
				return err
			}
			more = append(more, f.Room.Facility.ID)
		}
		w, facilities, err := s.lock(ctx, tx, true, more, id)
		if err != nil {
			return err
		}
		b, was := &w.all[0], slices.Clone(w.all)
		if err := s.relocate(ctx, w, b, by, m); err != nil {
			return err
		}
		if err := w.write(ctx, b, "moved"); err != nil {
			return err
		}
		if err := settleAll(ctx, tx, was, w.all, facilities); err != nil {
			return err
		}
		d, err = readDetail(ctx, tx, w.view, id)
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("move booking: %w", err)
	}
	return d, nil
}

func (m *Move) clean() error {
	refusal := ErrInvalid
	if m.Title != nil {
		*m.Title = check.Line(&refusal, "title", *m.Title, 200)
	}
	if m.Noise != nil && !m.Noise.Valid() {
		refusal = refusal.Field("noise", "unknown_value")
	}
	checkCounts(&refusal, m.People, or(m.SetupMinutes), or(m.ClearingMinutes))
	return refusal.Or()
}

func or[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func set[T any](target *T, p *T) {
	if p != nil {
		*target = *p
	}
}

// settleAll gives moved bookings their floor, those of each in the way of others included; those
// that only got other words keep theirs as it is. ErrTaken and board.ErrNoise say which day.
func settleAll(ctx context.Context, tx *postgres.Tx, was, moved []Booking, facilities []uuid.UUID) error {
	var ids []uuid.UUID
	for i := range moved {
		if !moved[i].standsAs(&was[i]) {
			ids = append(ids, moved[i].ID)
		}
	}
	if ids == nil {
		return nil
	}
	r, err := settle(ctx, tx, ids, facilities)
	if err != nil || r.outcome == "seated" {
		return err
	}
	refusal := ErrTaken
	if r.outcome == "noise" {
		refusal = board.ErrNoise
	}
	for _, b := range moved {
		if b.ID == r.stuck {
			return refusal.With("date", clock.DateOf(b.StartsAt))
		}
	}
	return refusal
}

// standsAs tells whether a booking takes the floor that it took, and is as loud.
func (b *Booking) standsAs(was *Booking) bool {
	return b.Room.ID == was.Room.ID && b.StartsAt.Equal(was.StartsAt) && b.EndsAt.Equal(was.EndsAt) &&
		b.SetupMinutes == was.SetupMinutes &&
		b.ClearingMinutes == was.ClearingMinutes &&
		b.Noise == was.Noise &&
		b.Status.Occupies() == was.Status.Occupies()
}

// relocate writes a move into a locked booking and judges it.
func (s *Service) relocate(ctx context.Context, w *work, b *Booking, by staff.Author, m Move) error {
	if err := b.in(Waiting, Held, Requested, Approved, Confirmed); err != nil {
		return err
	}
	if !w.Now.Before(b.StartsAt) {
		return ErrStatus.With("status", string(Done))
	}
	was := *b
	set(&b.Room.ID, m.RoomID)
	set(&b.StartsAt, m.StartsAt)
	set(&b.EndsAt, m.EndsAt)
	set(&b.SetupMinutes, m.SetupMinutes)
	set(&b.ClearingMinutes, m.ClearingMinutes)
	set(&b.Title, m.Title)
	set(&b.Noise, m.Noise)
	if m.People != nil {
		b.People = m.People
	}
	if m.StartsAt != nil && m.EndsAt == nil {
		b.EndsAt = b.StartsAt.Add(was.EndsAt.Sub(was.StartsAt)) // as long as before
	}
	b.StartsAt, b.EndsAt = b.StartsAt.UTC(), b.EndsAt.UTC()
	if err := board.CheckSpan(w.Now, b.StartsAt, b.EndsAt); err != nil {
		return err
	}
	return s.rejudge(ctx, w.Tx, &was, b, by, m.Reason)
}

// rejudge judges a booking that got another room, time or kind of use, by the class of its
// borrower. The lender is bound by hours and blocks, not by terms.
func (s *Service) rejudge(ctx context.Context, tx *postgres.Tx, was, b *Booking, by staff.Author, reason string) error {
	f, err := s.rooms.FactsTx(ctx, tx, b.Room.ID)
	if err != nil {
		return err
	}
	if f.Room.Organization.ID != b.Lender.ID {
		return board.ErrRoomUnknown // another organization's room is another booking
	}
	b.Room.FacilityID = f.Room.Facility.ID
	lends, _ := b.side(by.Organization)
	elsewhere := was.Room.ID != b.Room.ID || !was.StartsAt.Equal(b.StartsAt) || !was.EndsAt.Equal(b.EndsAt)
	switch {
	case lends && by.Organization != b.Borrower.ID:
		if err := f.Check(b.use()); err != nil {
			return err
		}
	case elsewhere:
		v, err := s.rooms.Judge(ctx, f, b.Borrower.ID, tx.Now, b.use())
		if err != nil {
			return err
		}
		if err := withinCap(ctx, tx, b, v.Term.MonthCap); err != nil {
			return err
		}
		until := v.Term.CancelUntil(b.StartsAt).UTC()
		b.ApprovalSteps, b.CancelUntil = v.Term.Approvals, &until
	default:
		if err := f.Check(b.use()); err != nil {
			return err
		}
	}
	if elsewhere {
		b.FeeYen = f.Price(b.FeeClass, b.StartsAt, b.EndsAt)
	}
	b.Reason = reason
	b.ask(was, lends)
	return nil
}

// ask asks for approval again where the borrower changed what had been approved.
func (b *Booking) ask(was *Booking, lends bool) {
	if !lends && b.ApprovalSteps > 0 && (b.Status == Approved || b.Status == Confirmed || b.Status == Requested) {
		b.Status, b.Approvals, b.approvedBy, b.PermitNumber = Requested, 0, nil, ""
		return
	}
	if b.Status == Approved || b.Status == Confirmed {
		b.Approvals = b.ApprovalSteps
	} else {
		b.Approvals = min(b.Approvals, b.ApprovalSteps)
	}
	if was.PermitNumber != "" {
		b.PermitNumber = permitNumber(b)
	}
}

func withinCap(ctx context.Context, tx *postgres.Tx, b *Booking, most int) error {
	if most < 1 {
		return nil
	}
	day := clock.DateOf(b.StartsAt)
	first := clock.NewDate(day.Year, day.Month, 1)
	n, err := countInMonth(ctx, tx, b, first.Start(), clock.NewDate(day.Year, day.Month+1, 1).Start())
	if err != nil {
		return err
	}
	if n >= most {
		return board.Refuse([]venue.Problem{{Code: venue.BookingCapped, Params: map[string]any{"cap": most}}})
	}
	return nil
}

// Swap lets two bookings change places, room and time, in one step: both or neither. Their lender
// may, or the borrower of both. ErrSwap, ErrSide, and the refusals of Move.
func (s *Service) Swap(
	ctx context.Context,
	by staff.Author,
	first, second uuid.UUID,
	reason string,
) (a, b Detail, err error) {
	if first == second {
		return a, b, ErrSwap
	}
	if reason, err = reasonOf(reason, false); err != nil {
		return a, b, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return a, b, err
	}
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		w, facilities, err := s.lock(ctx, tx, true, nil, first, second)
		if err != nil {
			return err
		}
		was := slices.Clone(w.all)
		if err := s.swap(ctx, w, by, reason); err != nil {
			return err
		}
		for i := range w.all {
			if err := w.write(ctx, &w.all[i], "swapped"); err != nil {
				return err
			}
		}
		if err := settleAll(ctx, tx, was, w.all, facilities); err != nil {
			return err
		}
		if a, err = readDetail(ctx, tx, w.view, first); err != nil {
			return err
		}
		b, err = readDetail(ctx, tx, w.view, second)
		return err
	})
	if err != nil {
		return Detail{}, Detail{}, fmt.Errorf("swap bookings: %w", err)
	}
	return a, b, nil
}

func (s *Service) swap(ctx context.Context, w *work, by staff.Author, reason string) error {
	x, y := &w.all[0], &w.all[1]
	wasX, wasY := *x, *y
	for _, b := range []*Booking{x, y} {
		if err := b.in(Held, Requested, Approved, Confirmed); err != nil {
			return err
		}
		if !w.Now.Before(b.StartsAt) {
			return ErrStatus.With("status", string(Done))
		}
	}
	if x.Lender.ID != y.Lender.ID {
		return ErrSwap
	}
	lends, _ := x.side(by.Organization)
	if !lends && (x.Borrower.ID != by.Organization || y.Borrower.ID != by.Organization) {
		return ErrSide
	}
	x.Room, y.Room = wasY.Room, wasX.Room
	x.StartsAt, x.EndsAt, y.StartsAt, y.EndsAt = wasY.StartsAt, wasY.EndsAt, wasX.StartsAt, wasX.EndsAt
	if err := s.rejudge(ctx, w.Tx, &wasX, x, by, reason); err != nil {
		return err
	}
	return s.rejudge(ctx, w.Tx, &wasY, y, by, reason)
}
