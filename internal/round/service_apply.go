package round

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Apply hands in an application. The rooms' opening hours, closings and who may book hold as for
// any booking; the window and the month's cap don't, the round has its own. ErrUnknown,
// ErrNotOpen, ErrApplications, ErrWish and venue's codes.
func (s *Service) Apply(ctx context.Context, by staff.Author, in ApplicationInput) (Application, error) {
	number, err := lottery.NewNumber(s.random)
	if err != nil {
		return Application{}, err
	}
	return s.submit(ctx, by, in, submission{id: uuid.New(), number: number})
}

// ChangeApplication puts new wishes in the place of the old ones, until applications close. Its
// number stays. As Apply; ErrApplicationUnknown.
func (s *Service) ChangeApplication(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	in ApplicationInput,
) (Application, error) {
	return s.submit(ctx, by, in, submission{id: id, change: true})
}

// submission is a new application with its number, or (change) what is put in place of an old one.
type submission struct {
	id     uuid.UUID
	number string
	change bool
}

func (s *Service) submit(
	ctx context.Context,
	by staff.Author,
	in ApplicationInput,
	as submission,
) (Application, error) {
	in, err := in.clean()
	if err != nil {
		return Application{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return Application{}, err
	}
	var a Application
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		if err := s.checkWishes(ctx, tx, by.Organization, &in); err != nil {
			return err
		}
		outcome, err := applyForRooms(ctx, tx, as, &in)
		switch {
		case err != nil:
			return err
		case outcome == applied || outcome == changed:
		case as.change:
			return outcome.refuseApplication()
		default:
			return outcome.refuseRound()
		}
		if err := recordApplication(ctx, tx, "application."+string(outcome), as.id); err != nil {
			return err
		}
		a, err = applicationTx(ctx, tx, as.id)
		return err
	})
	if err != nil {
		return Application{}, fmt.Errorf("apply for rooms: %w", err)
	}
	return a, nil
}

func recordApplication(ctx context.Context, tx *postgres.Tx, action string, id uuid.UUID) error {
	return audit.Record(ctx, tx, audit.Entry{Action: action, SubjectKind: "application", SubjectID: id})
}

// checkWishes judges each wish by the rules of its room, as far as the organization may see it.
func (s *Service) checkWishes(ctx context.Context, tx *postgres.Tx, borrower uuid.UUID, in *ApplicationInput) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	known := map[uuid.UUID]*board.Facts{}
	for _, w := range in.Wishes {
		f := known[w.RoomID]
		if f == nil {
			if f, err = s.rooms.FactsTx(ctx, tx, w.RoomID); err != nil {
				return err
			}
			known[w.RoomID] = f
		}
		if err := board.CheckSpan(tx.Now, w.StartsAt, w.EndsAt); err != nil {
			return err
		}
		if _, err := f.TermOf(view, borrower, w.use(in.People)); err != nil {
			return err
		}
	}
	return nil
}

func applicationTx(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Application, error) {
	all, err := queryApplications(ctx, tx, "where a.id = $1", id)
	if err != nil {
		return Application{}, err
	}
	if len(all) == 0 {
		return Application{}, ErrApplicationUnknown
	}
	return all[0].Application, nil
}

// ApplicationFilter picks own applications; a zero Round picks those of all.
type ApplicationFilter struct {
	Round uuid.UUID
	After *Position
	Limit int
}

// ApplicationPage is one page, the newest first; Next is nil on the last.
type ApplicationPage struct {
	Items []Application
	Next  *Position
}

// ListApplications gives an organization's own.
func (s *Service) ListApplications(
	ctx context.Context,
	organization uuid.UUID,
	f ApplicationFilter,
) (ApplicationPage, error) {
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = pageLength
	}
	page := ApplicationPage{Items: []Application{}}
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error {
		found, err := selectApplications(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(found) > f.Limit {
			found = found[:f.Limit]
			last := found[f.Limit-1]
			page.Next = &Position{CreatedAt: last.createdAt, ID: last.ID}
		}
		for _, a := range found {
			page.Items = append(page.Items, a.Application)
		}
		return nil
	})
	if err != nil {
		return ApplicationPage{}, fmt.Errorf("list applications: %w", err)
	}
	return page, nil
}

// Applications gives all of an organization's own of one round; of any, the newest ones, when round
// is zero.
func (s *Service) Applications(ctx context.Context, organization, round uuid.UUID) ([]Application, error) {
	page, err := s.ListApplications(ctx, organization, ApplicationFilter{Round: round, Limit: MaxPage})
	return page.Items, err
}

// Application gives an organization's own. ErrApplicationUnknown.
func (s *Service) Application(ctx context.Context, organization, id uuid.UUID) (Application, error) {
	var a Application
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		a, err = applicationTx(ctx, tx, id)
		return err
	})
	if err != nil {
		return Application{}, fmt.Errorf("read application: %w", err)
	}
	return a, nil
}

// Withdraw takes an application back; after the list was fixed its number stays there and wins
// nothing. ErrApplicationUnknown, ErrWithdrawLate.
func (s *Service) Withdraw(ctx context.Context, by staff.Author, id uuid.UUID) error {
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		outcome, err := withdrawApplication(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case outcome != withdrawn:
			return outcome.refuseApplication()
		}
		return recordApplication(ctx, tx, "application.withdrawn", id)
	})
	if err != nil {
		return fmt.Errorf("withdraw application: %w", err)
	}
	return nil
}

// AcceptResult turns what was drawn into a request, or confirms it where the room asks for no
// approval; after its AnswerUntil it has lapsed. ErrApplicationUnknown, ErrNoResult,
// booking.ErrStatus.
func (s *Service) AcceptResult(ctx context.Context, by staff.Author, id uuid.UUID) (Application, error) {
	return s.answer(ctx, by, id, func(booking uuid.UUID) error {
		_, err := s.bookings.Submit(ctx, by, booking)
		return err
	})
}

// DeclineResult gives what was drawn back. As AcceptResult.
func (s *Service) DeclineResult(ctx context.Context, by staff.Author, id uuid.UUID) (Application, error) {
	return s.answer(ctx, by, id, func(booking uuid.UUID) error {
		return s.bookings.ReturnHold(ctx, by, booking, "抽選の結果を辞退")
	})
}

func (s *Service) answer(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	do func(booking uuid.UUID) error,
) (Application, error) {
	read := func() (a Application, err error) {
		err = s.db.ReadOrganization(ctx, by.Organization, func(tx *postgres.Tx) error {
			a, err = applicationTx(ctx, tx, id)
			return err
		})
		return a, err
	}
	a, err := read()
	if err == nil && a.BookingID == nil {
		err = ErrNoResult
	}
	if err == nil {
		err = do(*a.BookingID)
	}
	if err == nil {
		a, err = read()
	}
	if err != nil {
		return Application{}, fmt.Errorf("answer result: %w", err)
	}
	return a, nil
}
