package booking

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/text"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Directory finds organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Service is everything one can do with bookings. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory Directory
	keys      *secret.Keys
	random    io.Reader
	known     knownFacts
	turned    turned
	crowd     crowd
}

// NewService makes the service. random must be cryptographically random and safe for concurrent use.
func NewService(db *postgres.DB, directory Directory, keys *secret.Keys, random io.Reader) *Service {
	return &Service{db: db, directory: directory, keys: keys, random: random, crowd: crowd{together: placeTogether(db)}}
}

// clean tidies a request and tells every broken rule at once.
func (r *Request) clean(now time.Time) error {
	refusal := ErrInvalid
	r.Title = line(&refusal, "title", r.Title, 200)
	r.ExemptionReason = paragraphs(&refusal, "exemption_reason", r.ExemptionReason, 1000)
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
	return checkSpan(now, r.StartsAt, r.EndsAt)
}

// Place takes a room, or stands in line for it: a hold, a request, or at once a confirmed booking where the room asks for no approval. ErrRoomUnknown,
// ErrTaken, ErrInvalid, ErrSpan, ErrNotOpenToYou, ErrNoHolds, ErrNoise, ErrExemptionUnknown and venue's codes.
func (s *Service) Place(ctx context.Context, by Author, r Request) (Booking, error) {
	known := func(ctx context.Context) (*facts, error) { return s.factsFor(ctx, by.Organization, r.RoomID) }
	now := s.db.Clock().Now()
	if err := r.clean(now); err != nil {
		return Booking{}, fmt.Errorf("place booking: %w", err)
	}
	w := wishOf(by, &r)
	refused, generation := s.turned.recently(w, now)
	if refused && !r.Queue {
		return Booking{}, ErrTaken
	}
	b, err := s.place(ctx, by, r, nil, known, s.placeAmong(by))
	if errors.Is(err, ErrTaken) {
		s.turned.note(w, now, generation)
	}
	if err != nil {
		return Booking{}, fmt.Errorf("place booking: %w", err)
	}
	return b, nil
}

const judgements = 3 // of one request, when the rules change meanwhile

func (s *Service) place(ctx context.Context, by Author, r Request, series *uuid.UUID, known func(context.Context) (*facts, error), send sender) (Booking, error) {
	now := s.db.Clock().Now()
	if err := r.clean(now); err != nil {
		return Booking{}, err
	}
	key, sure := factsKey{by.Organization, r.RoomID}, false
	for range judgements {
		f, err := known(ctx)
		if err != nil {
			return Booking{}, err
		}
		v, b, err := s.judged(ctx, by, f, now, &r)
		if err != nil && !sure && f.cached && now.Sub(f.loadedAt) > factsSure {
			sure = true
			s.known.drop(key, f)
			continue
		}
		if err != nil {
			return Booking{}, err
		}
		b.SeriesID = series
		outcome, err := send(ctx, &b, f.room.ModifiedAt, f.room.Facility.ModifiedAt, atLeastOne(v.term.MonthCap), r.Queue)
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
			s.known.drop(key, f)
		default:
			return Booking{}, f.explain(refusals(outcome, v.term.MonthCap), &r)
		}
	}
	return Booking{}, ErrBusy
}

// judged is what facts say of a request, and the booking that it makes.
func (s *Service) judged(ctx context.Context, by Author, f *facts, now time.Time, r *Request) (verdict, Booking, error) {
	v, err := s.judge(ctx, f, by.Organization, now, r)
	if err != nil {
		return verdict{}, Booking{}, err
	}
	b, err := s.draft(ctx, by, f, v, now, r)
	return v, b, err
}

func refusals(outcome string, monthCap int) error {
	switch outcome {
	case "taken":
		return ErrTaken
	case "noise":
		return ErrNoise
	case "cap":
		return refuse([]venue.Problem{{Code: venue.BookingCapped, Params: map[string]any{"cap": monthCap}}})
	case "unknown":
		return ErrRoomUnknown
	}
	return fmt.Errorf("understand outcome %q of a booking", outcome)
}

func atLeastOne(n int) *int {
	if n < 1 {
		return nil
	}
	return &n
}

// newID gives an id that sorts by time (RFC 9562 version 7), so that the indexes of busy tables grow at their ends.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// draft is the booking that a request asks for.
func (s *Service) draft(ctx context.Context, by Author, f *facts, v verdict, now time.Time, r *Request) (Booking, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return Booking{}, fmt.Errorf("read directory: %w", err)
	}
	borrower, err := view.ByID(by.Organization)
	if err != nil {
		return Booking{}, err
	}
	cancelUntil := v.term.CancelUntil(r.StartsAt).UTC()
	b := Booking{
		ID: newID(), Lender: f.room.Organization, Borrower: borrower.Ref(), Room: f.ref(), StartsAt: r.StartsAt, EndsAt: r.EndsAt, SetupMinutes: r.SetupMinutes,
		ClearingMinutes: r.ClearingMinutes, Title: r.Title, People: r.People, Noise: r.Noise, ApprovalSteps: v.term.Approvals, FeeClass: v.term.Payer, FeeYen: v.fee,
		Exemption: ExemptionState{State: NoExemption}, CancelUntil: &cancelUntil, Version: 1, wants: Requested, Status: Requested,
	}
	if r.ExemptionClass != "" {
		class, err := f.exemption(r.ExemptionClass)
		if err != nil {
			return Booking{}, err
		}
		b.Exemption = ExemptionState{State: Asked, Class: class.Key, Asked: r.ExemptionReason, Percent: class.Percent}
	}
	switch {
	case r.Hold:
		until, ok := v.term.HoldUntil(now, r.StartsAt)
		if !ok {
			return Booking{}, ErrNoHolds
		}
		until = until.UTC()
		minutes := min(max(1, int(until.Sub(now)/time.Minute)), 90*24*60)
		b.Status, b.wants, b.ExpiresAt, b.holdFor = Held, Held, &until, &minutes
	case b.ApprovalSteps == 0:
		b.Status, b.PermitNumber = Confirmed, permitNumber(&b)
	}
	return b, nil
}

func (f *facts) ref() RoomRef {
	return RoomRef{
		ID: f.room.ID, FacilityID: f.room.Facility.ID, Name: f.room.Name, Facility: f.room.Facility.Name, Address: f.room.Facility.Address, Access: f.room.Facility.Access,
	}
}

// line and paragraphs clean a text and note what is wrong with it; a line must not be empty.
func line(refusal **fault.Error, name, s string, most int) string {
	clean, ok := text.Line(s)
	note(refusal, name, clean, ok, 1, most)
	return clean
}

func paragraphs(refusal **fault.Error, name, s string, most int) string {
	clean, ok := text.Paragraphs(s)
	note(refusal, name, clean, ok, 0, most)
	return clean
}

func note(refusal **fault.Error, name, clean string, ok bool, least, most int) {
	switch n := len([]rune(clean)); {
	case !ok:
		*refusal = (*refusal).Field(name, "hidden_characters")
	case n < least:
		*refusal = (*refusal).Field(name, "required")
	case n > most:
		*refusal = (*refusal).Field(name, "too_long", "max", most)
	}
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
