package booking

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// work is one change of some bookings of the transaction's organization, which are locked.
type work struct {
	*postgres.Tx
	view *organization.View
	all  []Booking // in the order asked for
}

// lock finds bookings, locks their facilities' spaces (when geometry may change) and them, and
// reads them again. more are facilities that a move goes to.
func (s *Service) lock(
	ctx context.Context,
	tx *postgres.Tx,
	geometry bool,
	more []uuid.UUID,
	ids ...uuid.UUID,
) (*work, []uuid.UUID, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read directory: %w", err)
	}
	before, err := queryBookings(ctx, tx, "where b.id = any ($1)", ids)
	if err != nil {
		return nil, nil, err
	}
	if len(before) != len(ids) {
		return nil, nil, ErrUnknown
	}
	facilities := map[uuid.UUID]bool{}
	if geometry {
		for _, b := range before {
			facilities[b.Room.FacilityID] = true
		}
		for _, id := range more {
			facilities[id] = true
		}
	}
	steady, err := lockBookings(ctx, tx, keys(facilities), ids)
	if err != nil {
		return nil, nil, err
	}
	if geometry && !steady {
		return nil, nil, errAgain // moved to another facility meanwhile
	}
	after, err := queryBookings(ctx, tx, "where b.id = any ($1) order by array_position($1, b.id)", ids)
	if err != nil {
		return nil, nil, err
	}
	return &work{Tx: tx, view: view, all: after}, keys(facilities), nil
}

// again runs fn in transactions until none asks for a new try.
func (s *Service) again(ctx context.Context, by staff.Author, fn func(tx *postgres.Tx) error) error {
	for range judgements {
		err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			s.FreedTx(tx)
			return nil
		})
		if !errors.Is(err, errAgain) {
			return err
		}
	}
	return ErrBusy
}

// one changes a single booking and gives it as it stands afterwards. kind "" leaves the naming of
// the change to fn.
func (s *Service) one(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	geometry bool,
	fn func(w *work, b *Booking) (kind string, err error),
) (Detail, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Detail{}, err
	}
	var d Detail
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		w, facilities, err := s.lock(ctx, tx, geometry, nil, id)
		if err != nil {
			return err
		}
		b := &w.all[0]
		stood := b.Status
		kind, err := fn(w, b)
		if err != nil {
			return err
		}
		if err := w.write(ctx, b, kind); err != nil {
			return err
		}
		if geometry && (stood.Occupies() != b.Status.Occupies() || stood == Waiting) {
			if _, err := settle(ctx, tx, []uuid.UUID{id}, facilities); err != nil {
				return err
			}
		}
		d, err = readDetail(ctx, tx, w.view, id)
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("change booking: %w", err)
	}
	return d, nil
}

// write saves a booking, its line of history, and the ledger's.
func (w *work) write(ctx context.Context, b *Booking, kind string) error {
	if err := save(ctx, w.Tx, b); err != nil {
		return err
	}
	if err := insertChange(ctx, w.Tx, b, kind); err != nil {
		return err
	}
	return audit.Record(ctx, w.Tx, audit.Entry{
		Action:      "booking." + kind,
		SubjectKind: "booking",
		SubjectID:   b.ID,
		Detail:      map[string]any{"status": string(b.Status), "room_id": b.Room.ID},
	})
}

// in refuses what a booking is not in a state for.
func (b *Booking) in(states ...Status) error {
	for _, s := range states {
		if b.Status == s {
			return nil
		}
	}
	return ErrStatus.With("status", string(b.Status))
}

func reasonOf(reason string, must bool) (string, error) {
	clean, ok := text.Paragraphs(reason)
	switch n := len([]rune(clean)); {
	case !ok:
		return "", ErrInvalid.Field("reason", "hidden_characters")
	case must && n == 0:
		return "", ErrReason.Field("reason", "required")
	case n > 1000:
		return "", ErrInvalid.Field("reason", "too_long", "max", 1000)
	}
	return clean, nil
}

// Submit turns the borrower's hold into a request. ErrUnknown, ErrSide, ErrStatus.
func (s *Service) Submit(ctx context.Context, by staff.Author, id uuid.UUID) (Detail, error) {
	return s.one(ctx, by, id, false, func(w *work, b *Booking) (string, error) {
		if _, borrows := b.side(by.Organization); !borrows {
			return "", ErrSide
		}
		if err := b.in(Held); err != nil {
			return "", err
		}
		if !w.Now.Before(*b.ExpiresAt) {
			return "", ErrStatus.With("status", string(Lapsed)) // the job has not come round yet
		}
		b.Status, b.ExpiresAt, b.wants = Requested, nil, Requested
		if b.ApprovalSteps == 0 {
			b.Status, b.PermitNumber = Confirmed, permitNumber(b)
		}
		return "submitted", nil
	})
}

// Approve gives one step of the lender's approval; the last step makes the booking approved. Two
// steps take two persons: a member, whoever issued the token it acts with and so on are one
// (booking_second_person in migrations/functions). ErrSide, ErrStatus, ErrSecondPerson.
func (s *Service) Approve(ctx context.Context, by staff.Author, id uuid.UUID, conditions string) (Detail, error) {
	clean, ok := text.Paragraphs(conditions)
	if !ok {
		return Detail{}, ErrInvalid.Field("conditions", "hidden_characters")
	}
	if len([]rune(clean)) > 2000 {
		return Detail{}, ErrInvalid.Field("conditions", "too_long", "max", 2000)
	}
	return s.one(ctx, by, id, false, func(w *work, b *Booking) (string, error) {
		if lends, _ := b.side(by.Organization); !lends {
			return "", ErrSide
		}
		if err := b.in(Requested); err != nil {
			return "", err
		}
		if !w.Now.Before(b.StartsAt) {
			return "", ErrStatus.With("status", string(Lapsed))
		}
		if b.approvedBy != nil && *b.approvedBy == by.Actor.ID {
			return "", ErrSecondPerson
		}
		if clean != "" {
			b.Conditions = clean
		}
		if b.Approvals++; b.Approvals < b.ApprovalSteps {
			b.approvedBy = &by.Actor.ID
			return "approved_once", nil
		}
		b.Approvals, b.Status = b.ApprovalSteps, Approved
		return "approved", nil
	})
}

// Decline refuses, with a reason; those who wait move up. ErrSide, ErrStatus, ErrReason.
func (s *Service) Decline(ctx context.Context, by staff.Author, id uuid.UUID, reason string) (Detail, error) {
	reason, err := reasonOf(reason, true)
	if err != nil {
		return Detail{}, err
	}
	return s.one(ctx, by, id, true, func(_ *work, b *Booking) (string, error) {
		if lends, _ := b.side(by.Organization); !lends {
			return "", ErrSide
		}
		if err := b.in(Waiting, Held, Requested, Approved); err != nil {
			return "", err
		}
		b.Status, b.Reason, b.ExpiresAt = Declined, reason, nil
		return "declined", nil
	})
}

// Confirm makes an approved booking the borrower's for good (本予約) and gives it its permit's number.
// ErrSide, ErrStatus.
func (s *Service) Confirm(ctx context.Context, by staff.Author, id uuid.UUID) (Detail, error) {
	return s.one(ctx, by, id, false, func(w *work, b *Booking) (string, error) {
		if _, borrows := b.side(by.Organization); !borrows {
			return "", ErrSide
		}
		if err := b.in(Approved); err != nil {
			return "", err
		}
		if !w.Now.Before(b.StartsAt) {
			return "", ErrStatus.With("status", string(Lapsed))
		}
		b.Status, b.ExpiresAt, b.PermitNumber = Confirmed, nil, permitNumber(b)
		return "confirmed", nil
	})
}

// Cancel gives a booking up; those who wait move up in the same transaction. The borrower may until
// CancelUntil, the lender until the use begins and with a reason. ErrStatus, ErrCancelLate,
// ErrReason.
func (s *Service) Cancel(ctx context.Context, by staff.Author, id uuid.UUID, reason string) (Detail, error) {
	reason, err := reasonOf(reason, false)
	if err != nil {
		return Detail{}, err
	}
	return s.one(ctx, by, id, true, func(w *work, b *Booking) (string, error) {
		return "cancelled", b.cancel(by.Organization, w.Tx, reason)
	})
}

func (b *Booking) cancel(by uuid.UUID, tx *postgres.Tx, reason string) error {
	lends, _ := b.side(by)
	if err := b.in(Waiting, Held, Requested, Approved, Confirmed); err != nil {
		return err
	}
	switch {
	case !tx.Now.Before(b.StartsAt):
		return ErrStatus.With("status", string(Done))
	case lends && b.Lender.ID != b.Borrower.ID && reason == "":
		return ErrReason.Field("reason", "required")
	case !lends && (b.Status == Approved || b.Status == Confirmed) && b.CancelUntil != nil &&
		!tx.Now.Before(*b.CancelUntil):
		return ErrCancelLate.With("until", b.CancelUntil.In(clock.Tokyo))
	}
	b.Status, b.Reason, b.ExpiresAt = Cancelled, reason, nil
	return nil
}

// AddNote writes to the other town. ErrUnknown, ErrNotesFull.
func (s *Service) AddNote(ctx context.Context, by staff.Author, id uuid.UUID, body string) (Detail, error) {
	clean, ok := text.Paragraphs(body)
	switch n := len([]rune(clean)); {
	case !ok:
		return Detail{}, ErrInvalid.Field("body", "hidden_characters")
	case n == 0:
		return Detail{}, ErrInvalid.Field("body", "required")
	case n > 2000:
		return Detail{}, ErrInvalid.Field("body", "too_long", "max", 2000)
	}
	return s.one(ctx, by, id, false, func(w *work, b *Booking) (string, error) {
		n, err := countNotes(ctx, w.Tx, id)
		if err != nil {
			return "", err
		}
		if n >= MaxNotes {
			return "", ErrNotesFull
		}
		return "noted", insertNote(ctx, w.Tx, b, clean)
	})
}

// AskExemption asks for 減免 by one of the room's classes, with the reason; once more before it was
// decided asks anew. ErrSide, ErrExemption, board.ErrExemptionUnknown.
func (s *Service) AskExemption(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	class, reason string,
) (Detail, error) {
	reason, err := reasonOf(reason, true)
	if err != nil {
		return Detail{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return Detail{}, err
	}
	return s.one(ctx, by, id, false, func(w *work, b *Booking) (string, error) {
		if _, borrows := b.side(by.Organization); !borrows {
			return "", ErrSide
		}
		if err := b.in(Waiting, Held, Requested, Approved, Confirmed); err != nil {
			return "", err
		}
		if b.Exemption.State == Granted || b.Exemption.State == Refused {
			return "", ErrExemption
		}
		f, err := s.rooms.FactsTx(ctx, w.Tx, b.Room.ID)
		if err != nil {
			return "", err
		}
		e, err := f.Exemption(class)
		if err != nil {
			return "", err
		}
		b.Exemption = ExemptionState{State: Asked, Class: e.Key, Asked: reason, Percent: e.Percent}
		return "exemption_asked", nil
	})
}

// DecideExemption grants or refuses what was asked, in the member's name and with a reason.
// ErrSide, ErrExemption, ErrReason.
func (s *Service) DecideExemption(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	grant bool,
	reason string,
) (Detail, error) {
	reason, err := reasonOf(reason, true)
	if err != nil {
		return Detail{}, err
	}
	return s.one(ctx, by, id, false, func(_ *work, b *Booking) (string, error) {
		if lends, _ := b.side(by.Organization); !lends {
			return "", ErrSide
		}
		if b.Exemption.State != Asked || b.Status.Over() {
			return "", ErrExemption
		}
		b.Exemption.Answer, b.Exemption.by = reason, &by.Actor.ID
		if b.Exemption.State = Refused; grant {
			b.Exemption.State = Granted
			return "exemption_granted", nil
		}
		return "exemption_refused", nil
	})
}

// permitNumber names a permit: the day of use and the end of the booking's id, which is its random
// part.
func permitNumber(b *Booking) string {
	return strings.ReplaceAll(clock.DateOf(b.StartsAt).String(), "-", "") + "-" + strings.ToUpper(b.ID.String()[28:])
}
