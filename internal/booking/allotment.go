package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// What packages above need of bookings: the holds that a round gives, and the floor that it frees.

// Allotment is a use of a room that was given by lot, to be held until a moment.
type Allotment struct {
	board.Use
	Title string
	Until time.Time
}

// NewHold is the row of the hold that gives a room for an allotment, as booking_round_allot takes
// it.
func NewHold(f *board.Facts, term venue.Term, now time.Time, a Allotment) Row {
	cancelUntil, until := term.CancelUntil(a.StartsAt).UTC(), a.Until.UTC()
	minutes := holdMinutes(now, until)
	return rowOf(&Booking{
		ID:            uuid.New(),
		Room:          f.Ref(),
		Status:        Held,
		wants:         Held,
		holdFor:       &minutes,
		ExpiresAt:     &until,
		StartsAt:      a.StartsAt.UTC(),
		EndsAt:        a.EndsAt.UTC(),
		Title:         a.Title,
		People:        a.People,
		Noise:         a.Noise,
		ApprovalSteps: term.Approvals,
		FeeClass:      term.Payer,
		FeeYen:        f.Price(term.Payer, a.StartsAt, a.EndsAt),
		Exemption:     ExemptionState{State: NoExemption},
		CancelUntil:   &cancelUntil,
		Version:       1,
	})
}

// holdMinutes is for how long a hold is given, within what the database allows.
func holdMinutes(now, until time.Time) int {
	return min(max(1, int(until.Sub(now)/time.Minute)), 90*24*60)
}

// LockSpacesTx locks the spaces of facilities, before whoever calls it locks anything else.
func LockSpacesTx(ctx context.Context, tx *postgres.Tx, facilities []uuid.UUID) error {
	_, err := lockBookings(ctx, tx, facilities, []uuid.UUID{})
	return err
}

// MoveUpTx gives floor of these facilities that has become free to those who wait for it.
func MoveUpTx(ctx context.Context, tx *postgres.Tx, facilities []uuid.UUID) error {
	_, err := settle(ctx, tx, []uuid.UUID{}, facilities)
	return err
}

// FreedTx has the service forget whom it refused, because a transaction frees floor: at once for
// what follows in the transaction, and again after its commit, because until then others are
// refused for floor that the transaction has freed.
func (s *Service) FreedTx(tx *postgres.Tx) {
	s.refusals.clear()
	tx.AfterCommit(s.refusals.clear)
}

// ReturnHold gives a hold back that has not run out, however late. ErrUnknown, ErrStatus.
func (s *Service) ReturnHold(ctx context.Context, by staff.Author, id uuid.UUID, reason string) error {
	_, err := s.one(ctx, by, id, true, func(w *work, b *Booking) (string, error) {
		if err := b.in(Held); err != nil {
			return "", err
		}
		if !w.Now.Before(*b.ExpiresAt) {
			return "", ErrStatus.With("status", string(Lapsed)) // the job has not come round yet
		}
		return "cancelled", b.cancel(b.Borrower.ID, w.Tx, reason)
	})
	return err
}
