package board

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Calendars gives the links of an own room, newest first. ErrRoomUnknown.
func (s *Service) Calendars(ctx context.Context, organization, room uuid.UUID) ([]Calendar, error) {
	var all []Calendar
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		if err := ownRoom(ctx, tx, room); err != nil {
			return err
		}
		all, err = selectCalendars(tx, room)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list room calendars: %w", err)
	}
	return all, nil
}

// CreateCalendar makes a link to an own room's free/busy calendar. ErrRoomUnknown, ErrInvalid,
// ErrCalendarsFull.
func (s *Service) CreateCalendar(
	ctx context.Context,
	by staff.Author,
	room uuid.UUID,
	name string,
) (IssuedCalendar, error) {
	in, err := calendarInput{Name: name}.clean()
	if err != nil {
		return IssuedCalendar{}, err
	}
	token, err := secret.NewRoomCalendar(s.random)
	if err != nil {
		return IssuedCalendar{}, err
	}
	issued := IssuedCalendar{Token: token}
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) (err error) {
		if err := ownRoom(ctx, tx, room); err != nil {
			return err
		}
		if n, err := countCalendars(tx, room); err != nil {
			return err
		} else if n >= MaxCalendars {
			return ErrCalendarsFull.With("max", MaxCalendars)
		}
		if issued.Calendar, err = insertCalendar(tx, room, in.Name, s.keys.RoomCalendarMAC(token)); err != nil {
			return err
		}
		return audit.Record(
			ctx,
			tx,
			audit.Entry{
				Action:      "room.calendar_create",
				SubjectKind: "room_calendar",
				SubjectID:   issued.ID,
				Detail:      map[string]any{"room_id": room},
			},
		)
	})
	if err != nil {
		return IssuedCalendar{}, fmt.Errorf("create room calendar: %w", err)
	}
	return issued, nil
}

// RevokeCalendar ends a link for good; once more does nothing. ErrCalendarUnknown.
func (s *Service) RevokeCalendar(ctx context.Context, by staff.Author, room, id uuid.UUID) error {
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		changed, err := revokeCalendar(tx, room, id)
		if err != nil || !changed {
			return err
		}
		return audit.Record(
			ctx,
			tx,
			audit.Entry{
				Action:      "room.calendar_revoke",
				SubjectKind: "room_calendar",
				SubjectID:   id,
				Detail:      map[string]any{"room_id": room},
			},
		)
	})
	if err != nil {
		return fmt.Errorf("revoke room calendar: %w", err)
	}
	return nil
}

// FollowRoom gives what a token's calendar shows: when the room is taken or kept for a round, and
// nothing else. ErrCalendarUnknown for a token that opens nothing.
func (s *Service) FollowRoom(ctx context.Context, token secret.RoomCalendar) (RoomBusy, error) {
	var busy RoomBusy
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		room, err := openCalendar(ctx, tx, s.keys.RoomCalendarMACs(token), &busy)
		if err != nil {
			return err
		}
		window := calendarWindow(tx.Now)
		if busy.Busy, err = selectBusy(ctx, tx, room, window.From, window.To); err != nil {
			return err
		}
		// A round is shown whole, so that its entry stays the same while the window passes over it.
		const most = roundDaysMost
		kept, err := keptIn(ctx, tx, room, window.From.AddDate(0, 0, -most), window.To.AddDate(0, 0, most))
		if err != nil {
			return err
		}
		busy.Kept = touching(kept, window)
		return nil
	})
	if err != nil {
		return RoomBusy{}, fmt.Errorf("follow room: %w", err)
	}
	return busy, nil
}
