package event

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// What the lender reads when an event gives a room up and its staff gave no reason.
const (
	givenUp     = "この部屋を使う催しの予定が変わりました。"
	givenUpLate = "この部屋を使う催しの予定が変わりました。取消しの期限を過ぎているため、予約はそのままにしています。取扱いをご相談させてください。"
)

// giveUp cancels a booking that no date stands in any more, by the rules of bookings. Past the
// deadline it stays, and a note asks the lender what to do.
func (s *Service) giveUp(ctx context.Context, a staff.Author, tx *postgres.Tx, id uuid.UUID, reason string) error {
	if err := detach(ctx, tx, id); err != nil {
		return err
	}
	if reason == "" {
		reason = givenUp
	}
	inside := postgres.Joined(ctx, tx)
	_, err := s.bookings.Cancel(inside, a, id, reason)
	switch {
	case errors.Is(err, booking.ErrCancelLate):
		_, err = s.bookings.AddNote(inside, a, id, givenUpLate)
		if errors.Is(err, booking.ErrNotesFull) {
			return nil
		}
		return err
	case errors.Is(err, booking.ErrStatus): // over, or in use at this moment
		return nil
	}
	return err
}

// release gives up the rooms of an event's dates that are not over, or of one date.
func (s *Service) release(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	event uuid.UUID,
	occurrence *uuid.UUID,
	reason string,
) error {
	ids, err := bookingsAhead(ctx, tx, event, occurrence)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.giveUp(ctx, a, tx, id, reason); err != nil {
			return err
		}
	}
	return nil
}

// beforeRooms does what a change of a date means for its rooms before the date itself changes.
func (s *Service) beforeRooms(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	now *Occurrence,
	next *OccurrenceInput,
	c OccurrenceChange,
) error {
	switch {
	case c.elsewhere(now), c.BookingID != nil && now.Booking != nil && now.Booking.ID != *c.BookingID:
		if err := s.giveUp(ctx, a, tx, now.Booking.ID, ""); err != nil {
			return err
		}
	case now.Booking != nil:
		kind := next.Place.Kind
		next.Place = now.Place // the room's own words
		next.Place.Kind = kind
	}
	// Parts that go take their booking with them.
	for _, p := range now.Parts {
		stays := func(in PartInput) bool { return in.ID != nil && *in.ID == p.ID }
		if p.Booking != nil && !slices.ContainsFunc(next.Parts, stays) {
			if err := s.giveUp(ctx, a, tx, p.Booking.ID, ""); err != nil {
				return err
			}
		}
	}
	if !c.MoveBooking {
		return nil
	}
	if err := together(ctx, tx); err != nil {
		return err
	}
	later, longer := next.StartsAt.Sub(now.StartsAt), next.EndsAt.Sub(now.EndsAt)
	if len(now.bookings()) == 0 {
		return ErrRoomNone
	}
	for use, b := range now.bookings() {
		ends := longer
		if use != now.ID {
			ends = later // a part keeps its length
		}
		if err := s.shift(ctx, a, tx, b.ID, later, ends); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) shift(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	id uuid.UUID,
	starts, ends time.Duration,
) error {
	if starts == 0 && ends == 0 {
		return nil
	}
	inside := postgres.Joined(ctx, tx)
	b, err := s.bookings.Get(inside, a.Organization, id)
	if err != nil {
		return err
	}
	from, to := b.StartsAt.Add(starts), b.EndsAt.Add(ends)
	_, err = s.bookings.Move(inside, a, id, booking.Move{StartsAt: &from, EndsAt: &to})
	return err
}

// afterRooms does the rest once the date has changed.
func (s *Service) afterRooms(ctx context.Context, tx *postgres.Tx, now *Occurrence, c OccurrenceChange) error {
	if c.BookingID != nil && (now.Booking == nil || now.Booking.ID != *c.BookingID) {
		if err := attach(ctx, tx, placed{event: now.EventID, occurrence: now.ID}, *c.BookingID); err != nil {
			return err
		}
	}
	if c.MoveBooking {
		return settled(ctx, tx)
	}
	return nil
}

// SetRoom lets a booking give a date, or one of its parts, its room, in place of the booking
// before, which is given up. id nil only gives up; a published date then needs another place first
// (ErrRoomUnconfirmed). ErrRoomUnknown, ErrRoomTime, ErrRoomOver, ErrRoomTaken, ErrRoomUnconfirmed.
func (s *Service) SetRoom(
	ctx context.Context,
	a staff.Author,
	event, occurrence uuid.UUID,
	part, id *uuid.UUID,
) (Event, error) {
	return s.write(
		ctx,
		a,
		event,
		"occurrence.room_set",
		map[string]any{"occurrence": occurrence},
		func(tx *postgres.Tx) error {
			if err := lockRooms(ctx, tx, event, id); err != nil {
				return err
			}
			status, _, err := s.own(ctx, tx, event)
			if err != nil {
				return err
			}
			now, err := loadOccurrence(ctx, tx, event, occurrence)
			if err != nil {
				return err
			}
			if now.Status == OccurrenceCancelled {
				return ErrOccurrenceStatus.With("status", string(now.Status))
			}
			at, held := placed{event: event, occurrence: occurrence}, now.Booking
			if part != nil {
				index := slices.IndexFunc(now.Parts, func(p Part) bool { return p.ID == *part })
				if index < 0 {
					return ErrPartUnknown
				}
				at.part, held = *part, now.Parts[index].Booking
			}
			switch {
			case held != nil && id != nil && held.ID == *id:
				return nil
			case id == nil && held == nil:
				return ErrRoomNone
			case id == nil && part == nil && status == Published:
				return ErrRoomUnconfirmed
			case held != nil:
				if err := s.giveUp(ctx, a, tx, held.ID, ""); err != nil {
					return err
				}
			}
			if id == nil {
				return nil
			}
			return attach(ctx, tx, at, *id)
		},
	)
}

// Relocate moves a date to another room, another time, or both, with what it has booked, in one
// transaction: all of it or none. A room of the same lender is reached by moving the booking;
// another lender's by a new booking, or by one that is there already (BookingID), and the one
// before is given up. A published date goes only where the room is booked for good
// (ErrRoomUnconfirmed, booking.ErrServesPublished), and where it is free (booking.ErrTaken).
func (s *Service) Relocate(
	ctx context.Context,
	a staff.Author,
	event, occurrence uuid.UUID,
	r Relocation,
) (Event, error) {
	if r.RoomID != nil && r.BookingID != nil {
		return Event{}, ErrInvalid.Field("booking_id", "room_or_booking")
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	return s.write(
		ctx,
		a,
		event,
		"occurrence.relocated",
		map[string]any{"occurrence": occurrence},
		func(tx *postgres.Tx) error {
			if err := lockRooms(ctx, tx, event, r.BookingID); err != nil {
				return err
			}
			if _, _, err := s.own(ctx, tx, event); err != nil {
				return err
			}
			now, err := loadOccurrence(ctx, tx, event, occurrence)
			if err != nil {
				return err
			}
			c := OccurrenceChange{StartsAt: r.StartsAt, EndsAt: r.EndsAt, DoorsAt: r.DoorsAt, BookingID: r.BookingID}
			if r.BookingID == nil && r.RoomID == nil {
				c.MoveBooking = true
			}
			if err := together(ctx, tx); err != nil {
				return err
			}
			if r.RoomID != nil {
				if c.BookingID, err = s.reach(ctx, a, tx, now, c, r); err != nil {
					return err
				}
			}
			if err := s.changeOccurrence(ctx, a, tx, view, event, occurrence, c); err != nil {
				return err
			}
			return settled(ctx, tx)
		},
	)
}

// reach gets a room for a date that is about to move there: by moving its booking, or by a new
// booking.
func (s *Service) reach(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	now *Occurrence,
	c OccurrenceChange,
	r Relocation,
) (*uuid.UUID, error) {
	next := now.input()
	c.apply(&next)
	ask := booking.Request{RoomID: *r.RoomID, StartsAt: next.StartsAt, EndsAt: next.EndsAt}
	if next.DoorsAt != nil {
		ask.StartsAt = *next.DoorsAt
	}
	inside := postgres.Joined(ctx, tx)
	if now.Booking != nil {
		held, err := s.bookings.Get(inside, a.Organization, now.Booking.ID)
		if err != nil {
			return nil, err
		}
		from, to := held.StartsAt.Add(next.StartsAt.Sub(now.StartsAt)), held.EndsAt.Add(next.EndsAt.Sub(now.EndsAt))
		ask.StartsAt, ask.EndsAt, ask.Title, ask.People, ask.Noise = from, to, held.Title, held.People, held.Noise
		ask.SetupMinutes, ask.ClearingMinutes = held.SetupMinutes, held.ClearingMinutes
		if !held.Status.Over() {
			_, err = s.bookings.Move(
				inside,
				a,
				held.ID,
				booking.Move{RoomID: r.RoomID, StartsAt: &from, EndsAt: &to, Reason: r.Reason},
			)
			if !errors.Is(err, board.ErrRoomUnknown) {
				return nil, err
			}
		}
	}
	if ask.Title == "" {
		events, err := LoadTx(ctx, tx, []uuid.UUID{now.EventID}, Window{PerEvent: 1}, false)
		if err != nil || len(events) == 0 {
			return nil, errors.Join(err, ErrUnknown)
		}
		ask.Title = events[0].Title
	}
	b, err := s.bookings.Place(inside, a, ask)
	if err != nil {
		return nil, err
	}
	return &b.ID, nil
}

// MoveBooking moves a booking together with the date, or the part, that stands in it: both or
// neither. ErrRoomNone when it gives no date of this organization its room; the refusals of
// booking.Service.Move and of ChangeOccurrence.
func (s *Service) MoveBooking(
	ctx context.Context,
	a staff.Author,
	id uuid.UUID,
	m booking.Move,
) (booking.Detail, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return booking.Detail{}, fmt.Errorf("read directory: %w", err)
	}
	var moved booking.Detail
	err = s.db.InOrganization(ctx, a.Organization, a.Actor, func(tx *postgres.Tx) error {
		at, found, err := servedBy(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return ErrRoomNone
		}
		if err := lockRooms(ctx, tx, at.event, nil); err != nil {
			return err
		}
		if _, _, err := s.own(ctx, tx, at.event); err != nil {
			return err
		}
		stood, err := standing(ctx, tx, at.event)
		if err != nil {
			return err
		}
		if err := together(ctx, tx); err != nil {
			return err
		}
		inside := postgres.Joined(ctx, tx)
		before, err := s.bookings.Get(inside, a.Organization, id)
		if err != nil {
			return err
		}
		if moved, err = s.bookings.Move(inside, a, id, m); err != nil {
			return err
		}
		now, err := loadOccurrence(ctx, tx, at.event, at.occurrence)
		if err != nil {
			return err
		}
		c := now.follow(at, moved.StartsAt.Sub(before.StartsAt), moved.EndsAt.Sub(before.EndsAt))
		if err := s.changeOccurrence(ctx, a, tx, view, at.event, at.occurrence, c); err != nil {
			return translate(err)
		}
		if err := settled(ctx, tx); err != nil {
			return translate(err)
		}
		if stood != nil {
			events, err := LoadTx(ctx, tx, []uuid.UUID{at.event}, Window{}, true)
			if err == nil && len(events) == 1 {
				_, err = askAgain(ctx, tx, stood, &events[0])
			}
			if err != nil {
				return err
			}
		}
		return audit.Record(
			ctx,
			tx,
			audit.Entry{
				Action:      "occurrence.relocated",
				SubjectKind: "event",
				SubjectID:   at.event,
				Detail:      map[string]any{"occurrence": at.occurrence},
			},
		)
	})
	if err != nil {
		return booking.Detail{}, err
	}
	s.changed()
	return moved, nil
}

// follow is the change of a date, or of one of its parts, by as much as its booking moved.
func (o *Occurrence) follow(at placed, starts, ends time.Duration) OccurrenceChange {
	if at.part == uuid.Nil {
		from, to := o.StartsAt.Add(starts), o.EndsAt.Add(ends)
		return OccurrenceChange{StartsAt: &from, EndsAt: &to}
	}
	parts := o.PartInputs()
	for i := range parts {
		if *parts[i].ID == at.part {
			from, to := parts[i].StartsAt.Add(starts), parts[i].EndsAt.Add(ends)
			parts[i].StartsAt, parts[i].EndsAt = &from, &to
		}
	}
	return OccurrenceChange{Parts: &parts}
}

// ServedBy gives the date that stands in a booking, as far as an organization may see it: its own
// event from the draft on, another's once it is listed. Nil for none.
func (s *Service) ServedBy(ctx context.Context, organization, booking uuid.UUID) (*Served, error) {
	var served *Served
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		served, err = selectServed(ctx, tx, booking)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read date of booking: %w", err)
	}
	return served, nil
}
