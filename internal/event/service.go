package event

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Directory finds organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Service is everything one can do with events. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory Directory
	changed   func()
	bookings  *booking.Service // of the rooms that dates stand in
}

// NewService works on db. changed, when not nil, is called after every committed write, before the
// database's own notice arrives.
func NewService(db *postgres.DB, directory Directory, changed func()) *Service {
	if changed == nil {
		changed = func() {}
	}
	// Moving and giving up bookings needs neither keys nor random numbers: those are for the
	// calendars of rooms.
	rooms := board.NewService(db, directory, nil, nil)
	return &Service{
		db:        db,
		directory: directory,
		changed:   changed,
		bookings:  booking.NewService(db, directory, rooms),
	}
}

// write runs one change of an event and gives the event as its staff see it afterwards. Organisers
// that said yes to it are asked again when its substance has changed.
func (s *Service) write(
	ctx context.Context,
	a staff.Author,
	id uuid.UUID,
	action string,
	detail map[string]any,
	fn func(tx *postgres.Tx) error,
) (Event, error) {
	var after Event
	err := s.db.InOrganization(ctx, a.Organization, a.Actor, func(tx *postgres.Tx) error {
		before, err := standing(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return translate(err)
		}
		if err := audit.Record(
			ctx,
			tx,
			audit.Entry{Action: action, SubjectKind: "event", SubjectID: id, Detail: detail},
		); err != nil {
			return err
		}
		events, err := LoadTx(ctx, tx, []uuid.UUID{id}, Window{}, true)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return ErrUnknown
		}
		asked, err := askAgain(ctx, tx, before, &events[0])
		if err != nil {
			return err
		}
		if asked {
			if events, err = LoadTx(ctx, tx, []uuid.UUID{id}, Window{}, true); err != nil {
				return err
			}
		}
		after = events[0]
		return nil
	})
	if err != nil {
		return Event{}, err
	}
	s.changed()
	return after, nil
}

// translate turns violated rules of the database into what callers hear.
func translate(err error) error {
	state, constraint := postgres.Constraint(err)
	switch constraint {
	case "event_size":
		return tooMuch().Because(err)
	case "event_room_covers":
		return ErrRoomTime.Because(err)
	case "event_room_live":
		return ErrRoomOver.Because(err)
	case "event_room_confirmed":
		return ErrRoomUnconfirmed.Because(err)
	case "event_room_pkey":
		return ErrRoomTaken.Because(err)
	case "event_room_booking_fkey", "event_room_party":
		return ErrRoomUnknown.Because(err)
	case "occurrence_room_in_person":
		return ErrRoomOnline.Because(err)
	case "quota_counter_taken_within_capacity", "slot_at_door_walk_in", "slot_at_door_range":
		return ErrBelowTaken.Because(err)
	case "ticket_quota_fkey", "ticket_slot_slot_fkey":
		return ErrTicketsHeld.Because(err)
	case "lottery_entry_draw_fkey":
		return ErrApplied.Because(err)
	case "lottery_list_fixed":
		return ErrListFixed.Because(err)
	case "slot_booth_one_at_a_time":
		return ErrSlotOverlaps.Because(err)
	case "slot_within_part":
		return ErrSlotOutside.Because(err)
	case "slot_booth_booth_fkey":
		return ErrBoothHasSlots.Because(err)
	case "occurrence_not_into_past":
		return ErrPast.Because(err)
	case "occurrence_not_too_far":
		return ErrTooFar.Because(err)
	case "occurrence_not_long_over":
		return ErrLongOver.Because(err)
	case "series_event_key":
		return ErrSeriesExists.Because(err)
	case "event_organiser_decides_for_itself", "event_organiser_role_by_owner", "event_organiser_fixed":
		return ErrNotOwner.Because(err)
	}
	// Values that pass check and break a rule of the schema all the same, such as texts that
	// normalisation makes longer (SQLSTATE classes 22 and 23).
	if strings.HasPrefix(state, "22") || strings.HasPrefix(state, "23") {
		return ErrInvalid.Because(err)
	}
	return err
}

// Create makes a draft with its dates. Errors: ErrInvalid with the fields.
func (s *Service) Create(ctx context.Context, a staff.Author, in Input) (Event, error) {
	if err := checkInput(in); err != nil {
		return Event{}, err
	}
	if err := checkOccurrences("occurrences", in.Occurrences...); err != nil {
		return Event{}, err
	}
	in = check.Tidy(in)
	if in.Visibility == "" {
		in.Visibility = Public
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	organisers, err := resolveOrganisers(view, a.Organization, in.Organisers)
	if err == nil {
		err = refuseLeft(organisers, nil)
	}
	if err != nil {
		return Event{}, err
	}
	booths, err := resolveBooths(view, "occurrences", in.Occurrences...)
	if err != nil {
		return Event{}, err
	}
	id := uuid.New()
	return s.write(ctx, a, id, "event.created", nil, func(tx *postgres.Tx) error {
		if err := insertEvent(tx, id, in); err != nil {
			return err
		}
		for position, o := range organisers {
			if err := insertOrganiser(tx, id, o.id, o.role, position); err != nil {
				return err
			}
		}
		for _, o := range in.Occurrences {
			if err := s.addOccurrence(ctx, tx, id, o, booths, uuid.Nil, clock.Date{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Change changes what is not nil. Whoever gets another role among the organisers is asked again;
// the owner always stands.
func (s *Service) Change(ctx context.Context, a staff.Author, id uuid.UUID, c Change) (Event, error) {
	if err := checkInput(c); err != nil {
		return Event{}, err
	}
	change, names := eventPatch(c)
	var organisers []organiser
	if c.Organisers != nil {
		view, err := s.directory.View(ctx)
		if err != nil {
			return Event{}, fmt.Errorf("read directory: %w", err)
		}
		if organisers, err = resolveOrganisers(view, a.Organization, *c.Organisers); err != nil {
			return Event{}, err
		}
		names = append(names, "organisers")
	}
	return s.write(ctx, a, id, "event.changed", map[string]any{"fields": names}, func(tx *postgres.Tx) error {
		if _, _, err := s.own(ctx, tx, id); err != nil {
			return err
		}
		if len(change.columns) > 0 {
			if err := updateEvent(tx, id, change); err != nil {
				return err
			}
		}
		if c.Organisers != nil {
			return replaceOrganisers(ctx, tx, id, organisers)
		}
		return nil
	})
}

// own locks the organization's own event. A neighbour's event that can be seen is ErrNotOwner, a
// published one is ErrPublisherOnly for who may only prepare events, anything else ErrUnknown.
func (s *Service) own(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Status, bool, error) {
	status, wasPublished, err := lockEvent(ctx, tx, id)
	if err == nil {
		return status, wasPublished, nil
	}
	if !errors.Is(err, ErrUnknown) {
		return "", false, err
	}
	visible, loadErr := LoadTx(ctx, tx, []uuid.UUID{id}, Window{PerEvent: 1}, false)
	if loadErr == nil && len(visible) == 1 {
		return "", false, ErrNotOwner
	}
	return "", false, err
}

// Submit hands a draft to those who publish.
func (s *Service) Submit(ctx context.Context, a staff.Author, id uuid.UUID) (Event, error) {
	return s.move(
		ctx,
		a,
		id,
		"event.submitted",
		func(_ *postgres.Tx, status Status, _ bool) (patch[eventModel], error) {
			if status != Draft {
				return patch[eventModel]{}, ErrStatus.With("status", string(status))
			}
			return set(eventModel{Status: Submitted}, "status"), nil
		},
	)
}

// Publish lists an event. Errors: ErrNoDates, ErrStatus, and ErrRoomUnconfirmed with the days whose
// room is not booked for good.
func (s *Service) Publish(ctx context.Context, a staff.Author, id uuid.UUID) (Event, error) {
	return s.move(
		ctx,
		a,
		id,
		"event.published",
		func(tx *postgres.Tx, status Status, _ bool) (patch[eventModel], error) {
			if status != Draft && status != Submitted {
				return patch[eventModel]{}, ErrStatus.With("status", string(status))
			}
			ready, err := hasDates(ctx, tx, id)
			if err != nil {
				return patch[eventModel]{}, err
			}
			if !ready {
				return patch[eventModel]{}, ErrNoDates
			}
			if err := checkRooms(ctx, tx, id); err != nil {
				return patch[eventModel]{}, err
			}
			return set(eventModel{Status: Published, PublishedAt: &tx.Now}, "status", "published_at"), nil
		},
	)
}

// Cancel cancels a published event with all its coming dates, and gives up the rooms booked for
// them (see release). It stays visible, so that people hear of it.
func (s *Service) Cancel(ctx context.Context, a staff.Author, id uuid.UUID, reason string) (Event, error) {
	reason, err := cleanReason(reason)
	if err != nil {
		return Event{}, err
	}
	return s.move(
		ctx,
		a,
		id,
		"event.cancelled",
		func(tx *postgres.Tx, status Status, _ bool) (patch[eventModel], error) {
			if status != Published {
				return patch[eventModel]{}, ErrStatus.With("status", string(status))
			}
			if err := s.release(ctx, a, tx, id, nil, reason); err != nil {
				return patch[eventModel]{}, err
			}
			return set(
				eventModel{Status: Cancelled, CancelledAt: &tx.Now, CancelReason: reason},
				"status", "cancelled_at", "cancel_reason",
			), nil
		},
	)
}

// Postpone puts off every coming date of a published event until new times are set; seats stay with
// their holders.
func (s *Service) Postpone(ctx context.Context, a staff.Author, id uuid.UUID, note string) (Event, error) {
	note, err := cleanReason(note)
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, id, "event.postponed", nil, func(tx *postgres.Tx) error {
		status, _, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if status != Published {
			return ErrStatus.With("status", string(status))
		}
		dates, err := postponeDates(ctx, tx, id, note)
		if err != nil {
			return err
		}
		if dates == 0 {
			return ErrNoDates
		}
		return nil
	})
}

func (s *Service) move(
	ctx context.Context,
	a staff.Author,
	id uuid.UUID,
	action string,
	next func(tx *postgres.Tx, status Status, wasPublished bool) (patch[eventModel], error),
) (Event, error) {
	return s.write(ctx, a, id, action, nil, func(tx *postgres.Tx) error {
		if err := lockRooms(ctx, tx, id, nil); err != nil {
			return err
		}
		status, wasPublished, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		change, err := next(tx, status, wasPublished)
		if err != nil {
			return err
		}
		return updateEvent(tx, id, change)
	})
}

// Delete takes away what was never published; ErrPublishedStays otherwise.
func (s *Service) Delete(ctx context.Context, a staff.Author, id uuid.UUID) error {
	return s.db.InOrganization(ctx, a.Organization, a.Actor, func(tx *postgres.Tx) error {
		if err := lockRooms(ctx, tx, id, nil); err != nil {
			return err
		}
		_, wasPublished, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if wasPublished {
			return ErrPublishedStays
		}
		if err := s.release(ctx, a, tx, id, nil, ""); err != nil {
			return err
		}
		if err := deleteEvent(tx, id); err != nil {
			return translate(err)
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "event.deleted", SubjectKind: "event", SubjectID: id})
	})
}

// Copy makes a draft like one of the organization's own events, its dates moved by days. A series
// is not copied, nor an organization that no longer takes part. ErrNotOwner for a neighbour's
// event.
func (s *Service) Copy(ctx context.Context, a staff.Author, id uuid.UUID, shiftDays int) (Event, error) {
	if shiftDays < -4000 || shiftDays > 4000 {
		return Event{}, ErrInvalid.Field("shift_days", "too_big", "limit", 4000)
	}
	original, err := s.ForStaff(ctx, a.Organization, id)
	if err != nil {
		return Event{}, err
	}
	if original.Owner.ID != a.Organization {
		return Event{}, ErrNotOwner
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	in := copyOf(original, time.Duration(shiftDays)*24*time.Hour)
	in.leaveOut(func(slug string) bool {
		o, err := view.BySlug(slug)
		return err == nil && o.Closed()
	})
	return s.Create(ctx, a, in)
}

// Published gives a listed event with all its dates; ErrUnknown otherwise.
func (s *Service) Published(ctx context.Context, id uuid.UUID) (Event, error) {
	var found Event
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		return one(LoadTx(ctx, tx, []uuid.UUID{id}, Window{}, false))(&found)
	})
	return found, err
}

func one(events []Event, err error) func(*Event) error {
	return func(into *Event) error {
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return ErrUnknown
		}
		*into = events[0]
		return nil
	}
}

// ForStaff gives an event as an organization's staff see it: its own in any state with joining
// links, a neighbour's when listed or shared.
func (s *Service) ForStaff(ctx context.Context, organization, id uuid.UUID) (Event, error) {
	var found Event
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error {
		return one(LoadTx(ctx, tx, []uuid.UUID{id}, Window{}, true))(&found)
	})
	return found, err
}
