package booking

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Service is everything one can do with bookings. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory board.Directory
	rooms     *board.Service
	refusals  refusalCache
	crowd     crowd
}

// NewService makes the service. rooms says what decides about each room.
func NewService(db *postgres.DB, directory board.Directory, rooms *board.Service) *Service {
	return &Service{db: db, directory: directory, rooms: rooms, crowd: crowd{together: placeTogether(db)}}
}

// held gives the context of what is to be read or written in one transaction, with the view that
// names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

// clean tidies a request and tells every broken rule at once.
func (r *Request) clean(now time.Time) error {
	refusal := ErrInvalid
	r.Title = check.Line(&refusal, "title", r.Title, 200)
	r.ExemptionReason = check.Paragraphs(&refusal, "exemption_reason", r.ExemptionReason, 1000)
	if r.Noise == "" {
		r.Noise = venue.Normal
	}
	if !r.Noise.Valid() {
		refusal = refusal.Field("noise", "unknown_value")
	}
	checkCounts(&refusal, r.People, r.SetupMinutes, r.ClearingMinutes)
	if (r.ExemptionClass == "") != (r.ExemptionReason == "") {
		refusal = refusal.Field("exemption_reason", "required")
	}
	if err := refusal.Or(); err != nil {
		return err
	}
	r.StartsAt, r.EndsAt = r.StartsAt.UTC(), r.EndsAt.UTC()
	return board.CheckSpan(now, r.StartsAt, r.EndsAt)
}

// Place takes a room, or stands in line for it: a hold, a request, or at once a confirmed booking
// where the room asks for no approval. board.ErrRoomUnknown, ErrTaken, ErrInvalid, board.ErrSpan,
// board.ErrNotOpenToYou, ErrNoHolds, board.ErrNoise, board.ErrExemptionUnknown and venue's codes.
func (s *Service) Place(ctx context.Context, by staff.Author, r Request) (Booking, error) {
	known := func(ctx context.Context) (*board.Facts, error) {
		return s.rooms.FactsFor(ctx, by.Organization, r.RoomID)
	}
	now := s.db.Clock().Now()
	if err := r.clean(now); err != nil {
		return Booking{}, fmt.Errorf("place booking: %w", err)
	}
	w := wishOf(by, &r)
	refused, generation := s.refusals.recently(w, now)
	if refused && !r.Queue {
		return Booking{}, ErrTaken
	}
	b, err := s.place(ctx, by, r, nil, known, s.placeAmong(by))
	if errors.Is(err, ErrTaken) {
		s.refusals.note(w, now, generation)
	}
	if err != nil {
		return Booking{}, fmt.Errorf("place booking: %w", err)
	}
	return b, nil
}

const judgements = 3 // of one request, when the rules change meanwhile

func (s *Service) place(
	ctx context.Context,
	by staff.Author,
	r Request,
	series *uuid.UUID,
	known func(context.Context) (*board.Facts, error),
	send sender,
) (Booking, error) {
	now := s.db.Clock().Now()
	if err := r.clean(now); err != nil {
		return Booking{}, err
	}
	sure := false
	for range judgements {
		f, err := known(ctx)
		if err != nil {
			return Booking{}, err
		}
		v, b, err := s.judged(ctx, by, f, now, &r)
		if err != nil && !sure && f.Unsure(now) {
			sure = true
			s.rooms.Drop(by.Organization, f)
			continue
		}
		if err != nil {
			return Booking{}, err
		}
		b.SeriesID = series
		outcome, err := send(
			ctx,
			&b,
			f.Room.ModifiedAt,
			f.Room.Facility.ModifiedAt,
			atLeastOne(v.Term.MonthCap),
			r.Queue,
		)
		if err != nil {
			return Booking{}, translate(err)
		}
		switch outcome {
		case "placed", "waiting":
			if b.Status == Waiting {
				b.ExpiresAt, b.PermitNumber = nil, ""
			}
			return b, nil
		case "stale", "closed": // judged by what was so a moment ago: the next judgement says why
			s.rooms.Drop(by.Organization, f)
		default:
			return Booking{}, explain(f, refusals(outcome, v.Term.MonthCap), &r)
		}
	}
	return Booking{}, ErrBusy
}

// judged is what facts say of a request, and the booking that it makes.
func (s *Service) judged(
	ctx context.Context,
	by staff.Author,
	f *board.Facts,
	now time.Time,
	r *Request,
) (board.Verdict, Booking, error) {
	v, err := s.rooms.Judge(ctx, f, by.Organization, now, r.use())
	if err != nil {
		return board.Verdict{}, Booking{}, err
	}
	b, err := s.draft(ctx, by, f, v, now, r)
	return v, b, err
}

func refusals(outcome string, monthCap int) error {
	switch outcome {
	case "taken":
		return ErrTaken
	case "noise":
		return board.ErrNoise
	case "cap":
		return board.Refuse([]venue.Problem{{Code: venue.BookingCapped, Params: map[string]any{"cap": monthCap}}})
	case "unknown":
		return board.ErrRoomUnknown
	}
	return fmt.Errorf("understand outcome %q of a booking", outcome)
}

// explain says of a room that is taken whether a round keeps it, which is no secret. It is the
// database that judged; this is what was known a moment ago.
func explain(f *board.Facts, refusal error, r *Request) error {
	if !errors.Is(refusal, ErrTaken) {
		return refusal
	}
	for _, span := range f.Kept {
		if r.StartsAt.Before(span.To) && span.From.Before(r.EndsAt) {
			return ErrKeptForRound
		}
	}
	return refusal
}

func atLeastOne(n int) *int {
	if n < 1 {
		return nil
	}
	return &n
}

// newID gives an id that sorts by time (RFC 9562 version 7), so that the indexes of busy tables
// grow at their ends.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// draft is the booking that a request asks for.
func (s *Service) draft(
	ctx context.Context,
	by staff.Author,
	f *board.Facts,
	v board.Verdict,
	now time.Time,
	r *Request,
) (Booking, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return Booking{}, fmt.Errorf("read directory: %w", err)
	}
	borrower, err := view.ByID(by.Organization)
	if err != nil {
		return Booking{}, err
	}
	cancelUntil := v.Term.CancelUntil(r.StartsAt).UTC()
	b := Booking{
		ID:              newID(),
		Lender:          f.Room.Organization,
		Borrower:        borrower.Ref(),
		Room:            f.Ref(),
		StartsAt:        r.StartsAt,
		EndsAt:          r.EndsAt,
		SetupMinutes:    r.SetupMinutes,
		ClearingMinutes: r.ClearingMinutes,
		Title:           r.Title,
		People:          r.People,
		Noise:           r.Noise,
		ApprovalSteps:   v.Term.Approvals,
		FeeClass:        v.Term.Payer,
		FeeYen:          v.Fee,
		Exemption: ExemptionState{
			State: NoExemption,
		},
		CancelUntil: &cancelUntil,
		Version:     1,
		wants:       Requested,
		Status:      Requested,
	}
	if r.ExemptionClass != "" {
		class, err := f.Exemption(r.ExemptionClass)
		if err != nil {
			return Booking{}, err
		}
		b.Exemption = ExemptionState{State: Asked, Class: class.Key, Asked: r.ExemptionReason, Percent: class.Percent}
	}
	switch {
	case r.Hold:
		until, ok := v.Term.HoldUntil(now, r.StartsAt)
		if !ok {
			return Booking{}, ErrNoHolds
		}
		until = until.UTC()
		minutes := holdMinutes(now, until)
		b.Status, b.wants, b.ExpiresAt, b.holdFor = Held, Held, &until, &minutes
	case b.ApprovalSteps == 0:
		b.Status, b.PermitNumber = Confirmed, permitNumber(&b)
	}
	return b, nil
}

func checkCounts(refusal **fault.Error, people *int, setup, clearing int) {
	if people != nil && (*people < 1 || *people > 100000) {
		*refusal = (*refusal).Field("people", "too_small", "min", 1)
	}
	if setup < 0 || setup > MaxBuffer {
		*refusal = (*refusal).Field("setup_minutes", "too_large", "max", MaxBuffer)
	}
	if clearing < 0 || clearing > MaxBuffer {
		*refusal = (*refusal).Field("clearing_minutes", "too_large", "max", MaxBuffer)
	}
}

// translate turns violated rules of the database into what callers hear.
func translate(err error) error {
	state, constraint := postgres.Constraint(err)
	switch {
	case constraint == "occupancy_no_overlap" || constraint == "booking_occupies_its_room":
		return ErrTaken.Because(err)
	case constraint == "event_room_covers":
		return ErrServesEvent.Because(err)
	case constraint == "event_room_confirmed":
		return ErrServesPublished.Because(err)
	case constraint == "booking_second_person":
		return ErrSecondPerson.Because(err)
	case strings.HasPrefix(state, "22") || strings.HasPrefix(state, "23"):
		return ErrInvalid.Because(err)
	}
	return err
}

// errAgain asks for a new try of the whole transaction.
var errAgain = errors.New("judge again")

// dated adds to a refusal which date it speaks of.
func dated(err error, b *Booking) error {
	if refusal, ok := fault.As(err); ok {
		return refusal.With("date", clock.DateOf(b.StartsAt))
	}
	return err
}
