package venue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// longestClosing is about three years, as the schema has it.
const longestClosing = 1100 * 24 * time.Hour

// AddClosing closes a facility or one of its rooms for once. What is booked then stays booked: its
// owner is to be told. ErrInvalid names the fields.
func (s *Service) AddClosing(
	ctx context.Context,
	by staff.Author,
	facility uuid.UUID,
	in ClosureInput,
) (made ClosureEntry, err error) {
	c := &checker{refusal: ErrInvalid}
	c.line("reason", &in.Reason, 1, 300)
	first, last := clock.NewDate(2000, 1, 1).Start(), clock.NewDate(2100, 1, 1).Start()
	in.Starts, in.Ends = in.Starts.UTC().Truncate(time.Microsecond), in.Ends.UTC().Truncate(time.Microsecond)
	switch {
	case in.Starts.Before(first) || !in.Starts.Before(last):
		c.wrong("starts_at", "invalid_moment")
	case !in.Starts.Before(in.Ends):
		c.wrong("ends_at", "must_be_after_start")
	case in.Ends.Sub(in.Starts) > longestClosing || !in.Ends.Before(last):
		c.wrong("ends_at", "invalid_moment")
	}
	if err := c.refusal.Or(); err != nil {
		return ClosureEntry{}, err
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		id, err := insertClosure(ctx, tx, facility, in)
		if err != nil {
			return err
		}
		made = ClosureEntry{
			ID:      id,
			Room:    in.Room,
			Closure: Closure{Span: Span{From: in.Starts, To: in.Ends}, Reason: in.Reason},
		}
		return note(ctx, tx, "closure.create", "closure", id)
	})
	if err != nil {
		return ClosureEntry{}, fmt.Errorf("add closing: %w", err)
	}
	return made, nil
}

// RemoveClosing opens again. ErrClosureUnknown.
func (s *Service) RemoveClosing(ctx context.Context, by staff.Author, facility, id uuid.UUID) error {
	err := s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := removeClosure(ctx, tx, facility, id); err != nil {
			return err
		}
		return note(ctx, tx, "closure.delete", "closure", id)
	})
	if err != nil {
		return fmt.Errorf("remove closing: %w", err)
	}
	return nil
}

// ClosingsForStaff lists those of one of the organization's own facilities that end after now, the
// first 500. ErrFacilityUnknown.
func (s *Service) ClosingsForStaff(ctx context.Context, own, facility uuid.UUID) (all []ClosureEntry, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return nil, err
	}
	err = s.db.ReadOrganization(ctx, own, func(tx *postgres.Tx) error {
		if _, err := s.oneFacility(ctx, tx, ownFacility, facility); err != nil {
			return err
		}
		all, err = selectClosures(ctx, tx, facility, tx.Now, clock.NewDate(2100, 1, 1).Start())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list closings: %w", err)
	}
	return all, nil
}

// Holidays gives a year as it is for an organization: the nation's days, those it works on marked,
// and its own.
func (s *Service) Holidays(ctx context.Context, organization uuid.UUID, year int) (all []LocalHoliday, err error) {
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		from, to := clock.NewDate(year, 1, 1), clock.NewDate(year, 12, 31)
		national, err := selectNational(ctx, tx, from, to)
		if err != nil {
			return err
		}
		own, err := selectLocal(ctx, tx, organization, from, to)
		if err != nil {
			return err
		}
		byDay := map[clock.Date]LocalHoliday{}
		for _, h := range append(national, own...) {
			byDay[h.Day] = h
		}
		all = all[:0]
		for _, h := range byDay {
			all = append(all, h)
		}
		slices.SortFunc(all, func(a, b LocalHoliday) int { return a.Day.Compare(b.Day) })
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list holidays: %w", err)
	}
	return all, nil
}

// SetHoliday makes a day a holiday of the organization, or with Observed false one on which it
// works though the nation does not.
func (s *Service) SetHoliday(ctx context.Context, by staff.Author, h LocalHoliday) (LocalHoliday, error) {
	c := &checker{refusal: ErrInvalid}
	c.line("name", &h.Name, 1, 60)
	if !h.Day.Valid() || h.Day.Year < 2000 || h.Day.Year > 2099 {
		c.wrong("day", "invalid_date")
	}
	if err := c.refusal.Or(); err != nil {
		return LocalHoliday{}, err
	}
	err := s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := upsertLocal(ctx, tx, h); err != nil {
			return err
		}
		return note(ctx, tx, "holiday.set", "organization", by.Organization)
	})
	if err != nil {
		return LocalHoliday{}, fmt.Errorf("set holiday: %w", err)
	}
	return h, nil
}

// RemoveHoliday takes the organization's own word on a day back. ErrHolidayUnknown.
func (s *Service) RemoveHoliday(ctx context.Context, by staff.Author, day clock.Date) error {
	err := s.write(ctx, by, func(tx *postgres.Tx) error {
		if err := deleteLocal(ctx, tx, day); err != nil {
			return err
		}
		return note(ctx, tx, "holiday.remove", "organization", by.Organization)
	})
	if err != nil {
		return fmt.Errorf("remove holiday: %w", err)
	}
	return nil
}

// AddPhoto draws a picture anew and keeps it. ErrPhoto, ErrPhotoSize; ErrInvalid names the fields;
// ErrPhotos; ErrFacilityUnknown.
func (s *Service) AddPhoto(
	ctx context.Context,
	by staff.Author,
	facility uuid.UUID,
	in PhotoInput,
	file []byte,
) (made Photo, err error) {
	if err := in.clean(); err != nil {
		return Photo{}, err
	}
	images, err := s.easel.draw(ctx, file)
	if err != nil {
		return Photo{}, fmt.Errorf("add photo: %w", err)
	}
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		if _, err := lockStatus(tx, "facility", facility, ErrFacilityUnknown); err != nil {
			return err
		}
		if n, err := countPhotos(ctx, tx, facility, in.Room); err != nil {
			return err
		} else if n >= maxPhotos {
			return ErrPhotos.With("max", maxPhotos)
		}
		id, err := insertPhoto(ctx, tx, facility, in, images)
		if postgres.Violates(err, "photo_room_fkey") {
			return ErrInvalid.Field("room_id", "not_found")
		}
		if err != nil {
			return err
		}
		if err := note(ctx, tx, "photo.create", "photo", id); err != nil {
			return err
		}
		made, err = s.onePhoto(ctx, tx, facility, id)
		return err
	})
	if err != nil {
		return Photo{}, fmt.Errorf("add photo: %w", err)
	}
	return made, nil
}

func (in *PhotoInput) clean() error {
	c := &checker{refusal: ErrInvalid}
	c.line("alt", &in.Alt, 1, 300)
	c.line("credit", &in.Credit, 0, 200)
	c.line("license", &in.License, 0, 100)
	c.within("position", in.Position, 0, 1000)
	return c.refusal.Or()
}

func (s *Service) onePhoto(ctx context.Context, tx *postgres.Tx, facility, id uuid.UUID) (Photo, error) {
	of, room, err := photoPlace(ctx, tx, facility, id)
	if err != nil {
		return Photo{}, err
	}
	photos, err := selectPhotos(ctx, tx, []uuid.UUID{of}, !room)
	if err != nil {
		return Photo{}, err
	}
	for _, p := range photos[of] {
		if p.ID == id {
			return p, nil
		}
	}
	return Photo{}, ErrPhotoUnknown
}

// ChangePhoto changes what stands beside a picture. ErrPhotoUnknown.
func (s *Service) ChangePhoto(
	ctx context.Context,
	by staff.Author,
	facility, id uuid.UUID,
	change func(in *PhotoInput),
) (changed Photo, err error) {
	err = s.write(ctx, by, func(tx *postgres.Tx) error {
		p, err := s.onePhoto(ctx, tx, facility, id)
		if err != nil {
			return err
		}
		in := p.PhotoInput
		change(&in)
		if err := in.clean(); err != nil {
			return err
		}
		row := &photoRow{Position: in.Position, Alt: in.Alt, Credit: in.Credit, License: in.License}
		if err := update(tx, row, id, []string{"position", "alt", "credit", "license"}, ErrPhotoUnknown); err != nil {
			return err
		}
		if err := note(ctx, tx, "photo.change", "photo", id); err != nil {
			return err
		}
		changed, err = s.onePhoto(ctx, tx, facility, id)
		return err
	})
	if err != nil {
		return Photo{}, fmt.Errorf("change photo: %w", err)
	}
	return changed, nil
}

// DeletePhoto removes a picture in all its sizes. ErrPhotoUnknown.
func (s *Service) DeletePhoto(ctx context.Context, by staff.Author, facility, id uuid.UUID) error {
	err := s.write(ctx, by, func(tx *postgres.Tx) error {
		if _, err := s.onePhoto(ctx, tx, facility, id); err != nil {
			return err
		}
		if err := remove(tx, "photo", id, ErrPhotoUnknown); err != nil {
			return err
		}
		return note(ctx, tx, "photo.delete", "photo", id)
	})
	if err != nil {
		return fmt.Errorf("delete photo: %w", err)
	}
	return nil
}
