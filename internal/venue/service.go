package venue

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Directory finds organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Service is what one can do with facilities and rooms. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory Directory
	changed   func()
	easel     *easel
}

// NewService makes the service.
func NewService(db *postgres.DB, directory Directory) *Service {
	return &Service{db: db, directory: directory, changed: func() {}, easel: newEasel()}
}

// OnChange has fn called after each change: once it is committed, but inside somebody else's
// transaction (postgres.Joined) before that one is. To be called before the service is used.
func (s *Service) OnChange(fn func()) { s.changed = fn }

func (s *Service) write(ctx context.Context, by staff.Author, fn func(tx *postgres.Tx) error) error {
	err := s.db.InOrganization(ctx, by.Organization, by.Actor, fn)
	if err == nil {
		s.changed()
	}
	return err
}

// Page sizes.
const (
	DefaultLimit = 20
	MaxLimit     = 100
)

func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// Facilities lists open facilities in the order of towns. ErrFilter names what does not exist;
// secret.ErrCursor when the page it ended with is gone.
func (s *Service) Facilities(ctx context.Context, f FacilityFilter) (FacilityPage, error) {
	if err := s.checkFilter(ctx, f.Organization, ""); err != nil {
		return FacilityPage{}, err
	}
	return s.facilities(ctx, f, uuid.Nil, s.db.InPublic)
}

// FacilitiesForStaff lists the organization's own, drafts and closed ones too.
func (s *Service) FacilitiesForStaff(ctx context.Context, own uuid.UUID, f FacilityFilter) (FacilityPage, error) {
	return s.facilities(ctx, f, own, func(ctx context.Context, fn func(tx *postgres.Tx) error) error {
		return s.db.ReadOrganization(ctx, own, fn)
	})
}

type reading func(ctx context.Context, fn func(tx *postgres.Tx) error) error

func (s *Service) facilities(
	ctx context.Context,
	f FacilityFilter,
	own uuid.UUID,
	read reading,
) (page FacilityPage, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return page, err
	}
	f.Limit = limit(f.Limit)
	err = read(ctx, func(tx *postgres.Tx) error {
		if f.After != uuid.Nil {
			switch _, err := s.oneFacility(ctx, tx, "true", f.After); {
			case errors.Is(err, ErrFacilityUnknown):
				return secret.ErrCursor.Because(err)
			case err != nil:
				return err
			}
		}
		page.Items, err = s.selectFacilities(ctx, tx, f, own)
		return err
	})
	if err != nil {
		return FacilityPage{}, fmt.Errorf("list facilities: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		page.Next = page.Items[f.Limit-1].ID
	}
	return page, nil
}

// Rooms lists rooms that are open to others, in open facilities. Errors as Facilities.
func (s *Service) Rooms(ctx context.Context, f RoomFilter) (RoomPage, error) {
	if err := s.checkFilter(ctx, f.Organization, f.Partnership); err != nil {
		return RoomPage{}, err
	}
	return s.rooms(ctx, f, uuid.Nil, s.db.InPublic)
}

// RoomsForStaff lists the organization's own, drafts and closed ones too.
func (s *Service) RoomsForStaff(ctx context.Context, own uuid.UUID, f RoomFilter) (RoomPage, error) {
	return s.rooms(ctx, f, own, func(ctx context.Context, fn func(tx *postgres.Tx) error) error {
		return s.db.ReadOrganization(ctx, own, fn)
	})
}

func (s *Service) rooms(ctx context.Context, f RoomFilter, own uuid.UUID, read reading) (page RoomPage, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return page, err
	}
	f.Limit = limit(f.Limit)
	err = read(ctx, func(tx *postgres.Tx) error {
		if f.After != uuid.Nil {
			switch _, err := s.oneRoom(ctx, tx, "true", f.After); {
			case errors.Is(err, ErrRoomUnknown):
				return secret.ErrCursor.Because(err)
			case err != nil:
				return err
			}
		}
		page.Items, err = s.selectRooms(ctx, tx, f, own)
		return err
	})
	if err != nil {
		return RoomPage{}, fmt.Errorf("list rooms: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		page.Next = page.Items[f.Limit-1].ID
	}
	return page, nil
}

// held gives the context of what is to be read or written in one transaction, with the view that
// names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

func (s *Service) checkFilter(ctx context.Context, slug, partnership string) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return err
	}
	refusal := ErrFilter
	if slug != "" {
		if _, err := view.BySlug(slug); err != nil {
			refusal = refusal.Field("organization", "not_found")
		}
	}
	if partnership != "" {
		if _, err := view.Partnership(partnership); err != nil {
			refusal = refusal.Field("partnership", "not_found")
		}
	}
	return refusal.Or()
}

// Facility gives one that is listed, closed ones too; ErrFacilityUnknown otherwise.
func (s *Service) Facility(ctx context.Context, id uuid.UUID) (f Facility, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Facility{}, err
	}
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		f, err = s.oneFacility(ctx, tx, "f.listed", id)
		return err
	})
	if err != nil {
		return Facility{}, fmt.Errorf("read facility: %w", err)
	}
	return f, nil
}

// FacilityForStaff gives one of the organization's own in any state.
func (s *Service) FacilityForStaff(ctx context.Context, own, id uuid.UUID) (f Facility, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Facility{}, err
	}
	err = s.db.ReadOrganization(ctx, own, func(tx *postgres.Tx) error {
		f, err = s.oneFacility(ctx, tx, ownFacility, id)
		return err
	})
	if err != nil {
		return Facility{}, fmt.Errorf("read facility: %w", err)
	}
	return f, nil
}

const (
	ownFacility = "f.organization_id = app_organization()"
	ownRoom     = "r.organization_id = app_organization()"
)

// Room gives one that others can see, closed ones too; ErrRoomUnknown otherwise.
func (s *Service) Room(ctx context.Context, id uuid.UUID) (r Room, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Room{}, err
	}
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		r, err = s.oneRoom(ctx, tx, "r.listed and f.listed", id)
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("read room: %w", err)
	}
	return r, nil
}

// RoomForStaff gives one of the organization's own in any state.
func (s *Service) RoomForStaff(ctx context.Context, own, id uuid.UUID) (r Room, err error) {
	if ctx, err = s.held(ctx); err != nil {
		return Room{}, err
	}
	err = s.db.ReadOrganization(ctx, own, func(tx *postgres.Tx) error {
		r, err = s.oneRoom(ctx, tx, ownRoom, id)
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("read room: %w", err)
	}
	return r, nil
}

// RoomTx gives a room that the transaction's role and organization may see: its own, or one that
// others can see. For concepts above, whose ctx holds a view (organization.Hold).
func (s *Service) RoomTx(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Room, error) {
	return s.oneRoom(ctx, tx, "true", id)
}

// RoomsTx gives those of many rooms that the transaction may see, in no order to rely on.
func (s *Service) RoomsTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]Room, error) {
	return s.queryRooms(ctx, tx, "where r.id = any ($1)", list(ids))
}

// RulesTx gives what decides about times of a room on the days from first to last: holidays and
// closings of just these days are in it.
func (s *Service) RulesTx(ctx context.Context, tx *postgres.Tx, room Room, first, last clock.Date) (Rules, error) {
	rules := Rules{Facility: room.Facility.Hours, Uses: room.Uses}
	var err error
	if rules.Holidays, err = selectHolidays(ctx, tx, room.Organization.ID, HolidaysFrom(first), last); err != nil {
		return Rules{}, fmt.Errorf("read holidays: %w", err)
	}
	closures, err := selectClosures(ctx, tx, room.Facility.ID, first.Start(), last.AddDays(1).Start())
	if err != nil {
		return Rules{}, fmt.Errorf("read closings: %w", err)
	}
	for _, c := range closures {
		if c.Room == nil || *c.Room == room.ID {
			rules.Closures = append(rules.Closures, c.Closure)
		}
	}
	return rules, nil
}

// Rules is RulesTx as the public sees it.
func (s *Service) Rules(ctx context.Context, room Room, first, last clock.Date) (rules Rules, err error) {
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		rules, err = s.RulesTx(ctx, tx, room, first, last)
		return err
	})
	return rules, err
}

// Closings lists closings for once of a listed facility that end after from, the first 500; of
// rooms that others don't see none is told.
func (s *Service) Closings(
	ctx context.Context,
	facility uuid.UUID,
	from, to clock.Date,
) (all []ClosureEntry, err error) {
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		all, err = selectClosures(ctx, tx, facility, from.Start(), to.Start())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list closings: %w", err)
	}
	return all, nil
}

// Picture gives the bytes of an image by its address, a JPEG; ErrPhotoUnknown.
func (s *Service) Picture(ctx context.Context, address string) (body []byte, err error) {
	checksum, err := hex.DecodeString(address)
	if err != nil || len(checksum) != 32 {
		return nil, ErrPhotoUnknown
	}
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		body, err = selectImage(ctx, tx, checksum)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return body, nil
}

// note writes the change into the ledger.
func note(ctx context.Context, tx *postgres.Tx, action, kind string, id uuid.UUID, fields ...string) error {
	entry := audit.Entry{Action: action, SubjectKind: kind, SubjectID: id}
	if len(fields) > 0 {
		slices.Sort(fields)
		entry.Detail = map[string]any{"fields": fields}
	}
	return audit.Record(ctx, tx, entry)
}
