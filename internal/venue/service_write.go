package venue

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// CreateFacility makes a draft. ErrInvalid names the fields; ErrOutsideTaken.
func (s *Service) CreateFacility(ctx context.Context, by staff.Author, in FacilityInput) (made Facility, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Facility{}, err
	}
	if in, err = in.clean(); err != nil {
		return Facility{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		id, err := s.createFacility(ctx, tx, in)
		if err != nil {
			return err
		}
		made, err = s.oneFacility(ctx, tx, ownFacility, id)
		return err
	})
	if err != nil {
		return Facility{}, fmt.Errorf("create facility: %w", err)
	}
	return made, nil
}

func (s *Service) createFacility(ctx context.Context, tx *postgres.Tx, in FacilityInput) (uuid.UUID, error) {
	id, err := insert(tx, in.row())
	if err != nil {
		return uuid.Nil, err
	}
	if err := setSpaces(ctx, tx, id, in.Spaces); err != nil {
		return uuid.Nil, err
	}
	return id, note(ctx, tx, "facility.create", "facility", id)
}

// ChangeFacility lets change work on what the facility says now; it may run more than once and must
// only touch its argument. Errors as CreateFacility; ErrSpaceUsed when a space would go that a room
// is made of.
func (s *Service) ChangeFacility(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	change func(in *FacilityInput),
) (changed Facility, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Facility{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if _, err := lockStatus(tx, "facility", id, ErrFacilityUnknown); err != nil {
			return err
		}
		if err := s.changeFacility(ctx, tx, id, change); err != nil {
			return err
		}
		changed, err = s.oneFacility(ctx, tx, ownFacility, id)
		return err
	})
	if err != nil {
		return Facility{}, fmt.Errorf("change facility: %w", err)
	}
	return changed, nil
}

func (s *Service) changeFacility(
	ctx context.Context,
	tx *postgres.Tx,
	id uuid.UUID,
	change func(in *FacilityInput),
) error {
	before, err := s.oneFacility(ctx, tx, ownFacility, id)
	if err != nil {
		return err
	}
	in := before.FacilityInput
	change(&in)
	if in, err = in.clean(); err != nil {
		return err
	}
	row := in.row()
	fields := differing(before.FacilityInput.row(), row)
	if len(fields) > 0 {
		if err := update(tx, row, id, fields, ErrFacilityUnknown); err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(before.Spaces, in.Spaces) {
		if err := setSpaces(ctx, tx, id, in.Spaces); err != nil {
			return err
		}
		fields = append(fields, "spaces")
	}
	if len(fields) == 0 {
		return nil
	}
	return note(ctx, tx, "facility.change", "facility", id, fields...)
}

// CreateRoom makes a draft in one of the organization's own facilities. ErrInvalid names the
// fields; ErrFacilityUnknown, ErrNameTaken.
func (s *Service) CreateRoom(
	ctx context.Context,
	by staff.Author,
	facility uuid.UUID,
	in RoomInput,
) (made Room, err error) {
	if in, err = in.clean(); err != nil {
		return Room{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return Room{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Room{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if _, err := lockStatus(tx, "facility", facility, ErrFacilityUnknown); err != nil {
			return err
		}
		id, err := insert(tx, in.row(facility))
		if err != nil {
			return err
		}
		if err := setParts(ctx, tx, id, facility, in, view); err != nil {
			return err
		}
		if err := note(ctx, tx, "room.create", "room", id); err != nil {
			return err
		}
		made, err = s.oneRoom(ctx, tx, ownRoom, id)
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("create room: %w", refusedLate(err))
	}
	return made, nil
}

// refusedLate words what the schema refuses at commit.
func refusedLate(err error) error {
	switch {
	case postgres.Violates(err, "room_has_space"):
		return ErrInvalid.Field("spaces", "required").Because(err)
	case postgres.Violates(err, "room_has_partnership"):
		return ErrInvalid.Field("partnerships", "required").Because(err)
	}
	return err
}

// ChangeRoom is ChangeFacility for a room. What is booked already stays booked.
func (s *Service) ChangeRoom(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	change func(in *RoomInput),
) (changed Room, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Room{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Room{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if _, err := lockStatus(tx, "room", id, ErrRoomUnknown); err != nil {
			return err
		}
		before, err := s.oneRoom(ctx, tx, ownRoom, id)
		if err != nil {
			return err
		}
		in := before.RoomInput
		change(&in)
		if in, err = in.clean(); err != nil {
			return err
		}
		row := in.row(before.Facility.ID)
		fields := differing(before.RoomInput.row(before.Facility.ID), row)
		if len(fields) > 0 {
			if err := update(tx, row, id, fields, ErrRoomUnknown); err != nil {
				return err
			}
		}
		if !sameParts(before.RoomInput, in) {
			if err := setParts(ctx, tx, id, before.Facility.ID, in, view); err != nil {
				return err
			}
			fields = append(fields, "parts")
		}
		if len(fields) > 0 {
			if err := note(ctx, tx, "room.change", "room", id, fields...); err != nil {
				return err
			}
		}
		changed, err = s.oneRoom(ctx, tx, ownRoom, id)
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("change room: %w", refusedLate(err))
	}
	return changed, nil
}

func sameParts(a, b RoomInput) bool {
	return reflect.DeepEqual(list(a.Spaces), list(b.Spaces)) &&
		reflect.DeepEqual(list(a.Partnerships), list(b.Partnerships)) &&
		reflect.DeepEqual(list(a.Neighbours), list(b.Neighbours))
}

// OpenFacility shows a draft to everybody, or opens again what was closed. ErrStatus when it is
// open.
func (s *Service) OpenFacility(ctx context.Context, by staff.Author, id uuid.UUID) (Facility, error) {
	return s.moveFacility(ctx, by, id, "facility.open", func(now Status) error {
		if now == Open {
			return ErrStatus
		}
		return nil
	}, statusRow{Status: Open})
}

// CloseFacility tells everybody that it is closed from a day on. ErrStatus unless it is open.
func (s *Service) CloseFacility(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	on clock.Date,
	reason string,
) (Facility, error) {
	to, err := closing(on, reason)
	if err != nil {
		return Facility{}, err
	}
	return s.moveFacility(ctx, by, id, "facility.close", onlyOpen, to)
}

func onlyOpen(now Status) error {
	if now != Open {
		return ErrStatus
	}
	return nil
}

func closing(on clock.Date, reason string) (statusRow, error) {
	c := &checker{refusal: ErrInvalid}
	c.paragraphs("reason", &reason, 1000)
	if !on.Valid() || on.Year < 2000 || on.Year > 2099 {
		c.wrong("on", "invalid_date")
	}
	return statusRow{Status: Closed, ClosedOn: on, CloseReason: reason}, c.refusal.Or()
}

func (s *Service) moveFacility(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	action string,
	allowed func(Status) error,
	to statusRow,
) (f Facility, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Facility{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := move(ctx, tx, "facility", id, ErrFacilityUnknown, action, allowed, to); err != nil {
			return err
		}
		f, err = s.oneFacility(ctx, tx, ownFacility, id)
		return err
	})
	if err != nil {
		return Facility{}, fmt.Errorf("%s: %w", action, err)
	}
	return f, nil
}

func move(
	ctx context.Context,
	tx *postgres.Tx,
	table string,
	id uuid.UUID,
	unknown error,
	action string,
	allowed func(Status) error,
	to statusRow,
) error {
	now, err := lockStatus(tx, table, id, unknown)
	if err == nil {
		err = allowed(now)
	}
	if err == nil {
		err = setStatus(tx, table, id, to, unknown)
	}
	if err != nil {
		return err
	}
	return note(ctx, tx, action, table, id)
}

// DeleteFacility removes one that nothing stands on; ErrInUse while it has rooms.
func (s *Service) DeleteFacility(ctx context.Context, by staff.Author, id uuid.UUID) error {
	return s.delete(ctx, by, "facility", id, ErrFacilityUnknown)
}

// DeleteRoom removes one that was never booked; ErrInUse otherwise.
func (s *Service) DeleteRoom(ctx context.Context, by staff.Author, id uuid.UUID) error {
	return s.delete(ctx, by, "room", id, ErrRoomUnknown)
}

func (s *Service) delete(ctx context.Context, by staff.Author, table string, id uuid.UUID, unknown error) error {
	err := s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := remove(tx, table, id, unknown); err != nil {
			return err
		}
		return note(ctx, tx, table+".delete", table, id)
	})
	if err != nil {
		return fmt.Errorf("delete %s: %w", table, err)
	}
	return nil
}

// OpenRoom lets a room be seen and booked by those it is open to. ErrStatus when it is open;
// ErrFacilityDraft before its facility.
func (s *Service) OpenRoom(ctx context.Context, by staff.Author, id uuid.UUID) (Room, error) {
	return s.moveRoom(ctx, by, id, "room.open", func(now Status) error {
		if now == Open {
			return ErrStatus
		}
		return nil
	}, statusRow{Status: Open})
}

// CloseRoom takes no new bookings from then on. ErrStatus unless it is open.
func (s *Service) CloseRoom(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	on clock.Date,
	reason string,
) (Room, error) {
	to, err := closing(on, reason)
	if err != nil {
		return Room{}, err
	}
	return s.moveRoom(ctx, by, id, "room.close", onlyOpen, to)
}

func (s *Service) moveRoom(
	ctx context.Context,
	by staff.Author,
	id uuid.UUID,
	action string,
	allowed func(Status) error,
	to statusRow,
) (r Room, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Room{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := move(ctx, tx, "room", id, ErrRoomUnknown, action, allowed, to); err != nil {
			return err
		}
		if r, err = s.oneRoom(ctx, tx, ownRoom, id); err != nil {
			return err
		}
		if r.Status == Open && r.Facility.Status == Draft {
			return ErrFacilityDraft
		}
		return nil
	})
	if err != nil {
		return Room{}, fmt.Errorf("%s: %w", action, err)
	}
	return r, nil
}
