package board

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Limits.
const (
	MaxLength = 14 * 24 * time.Hour // of one use
	MaxWindow = 62 * 24 * time.Hour // of availability
	MaxFree   = 50                  // rooms of one page of a search
)

// RoomRef names a room.
type RoomRef struct {
	ID, FacilityID uuid.UUID
	Name, Facility string
	Address        string
	Access         string
}

// Directory finds organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Service answers questions about rooms. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory Directory
	keys      *secret.Keys
	random    io.Reader
	known     knownFacts
}

// NewService makes the service. keys and random are for the links to rooms' calendars; random must
// be cryptographically random and safe for concurrent use.
func NewService(db *postgres.DB, directory Directory, keys *secret.Keys, random io.Reader) *Service {
	return &Service{db: db, directory: directory, keys: keys, random: random}
}

// Availability gives a room's free and taken times of a window of at most MaxWindow. Everyone may
// ask for a room that is open to others; asker is an organization that asks for its own, or
// uuid.Nil. ErrRoomUnknown, ErrSpan.
func (s *Service) Availability(ctx context.Context, asker, room uuid.UUID, from, to time.Time) (Availability, error) {
	if err := checkWindow(from, to); err != nil {
		return Availability{}, err
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return Availability{}, err
	}
	var a Availability
	read := func(tx *postgres.Tx) error {
		all, err := readFacts(ctx, tx, clock.DateOf(from), clock.DateOf(to), "r.id = $1 and r.status <> 'draft'", room)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrRoomUnknown
		}
		f := all[0]
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return err
		}
		setup, clearing := f.Room.Buffers()
		busy, err := selectBusy(ctx, tx, room, from.Add(-setup-clearing), to.Add(setup+clearing))
		if err != nil {
			return err
		}
		kept, err := keptIn(ctx, tx, room, from.Add(-setup-clearing), to.Add(setup+clearing))
		if err != nil {
			return err
		}
		window := venue.Span{From: from, To: to}
		a = Availability{
			Room:   f.Ref(),
			Lender: f.Room.Organization,
			From:   from,
			To:     to,
			Busy:   within(busy, window),
			Kept:   keptWithin(kept, window),
			Days:   f.days(tx.Now, from, to, busy, kept),
		}
		return nil
	}
	if err := s.asking(ctx, asker, read); err != nil {
		return Availability{}, fmt.Errorf("read availability: %w", err)
	}
	return a, nil
}

// Board gives the free and taken times of open rooms. ErrSpan, ErrRoomUnknown (of a room; a
// facility without open rooms has an empty board).
func (s *Service) Board(ctx context.Context, q Query) (Board, error) {
	if err := q.check(); err != nil {
		return Board{}, err
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return Board{}, err
	}
	var b Board
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		b, err = s.readBoard(ctx, tx, q)
		return err
	})
	if err != nil {
		return Board{}, fmt.Errorf("read board: %w", err)
	}
	return b, nil
}

// readBoard takes the same number of statements for one room and a day as for thirty and a month.
func (s *Service) readBoard(ctx context.Context, tx *postgres.Tx, q Query) (Board, error) {
	b := Board{From: q.From, Days: q.Days, Rooms: []Row{}}
	all, err := selectBoardRooms(ctx, tx, q)
	if err != nil {
		return Board{}, err
	}
	if len(all) == 0 && q.Room != uuid.Nil {
		return Board{}, ErrRoomUnknown
	}
	if b.More = len(all) > MaxRooms; b.More {
		all = all[:MaxRooms]
	}
	busy, err := selectBusyOf(ctx, tx, all, venue.Span{From: q.From.Start(), To: q.From.AddDays(q.Days).Start()})
	if err != nil {
		return Board{}, err
	}
	for _, f := range all {
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return Board{}, err
		}
		row := Row{
			Room:     f.Ref(),
			Lender:   f.Room.Organization,
			Capacity: f.Room.Capacity,
			ByBlocks: f.Rules.Uses.Mode == venue.ByBlocks,
		}
		for i := range q.Days {
			row.Days = append(row.Days, f.board(tx.Now, q.From.AddDays(i), busy[f.Room.ID]))
		}
		b.Rooms = append(b.Rooms, row)
	}
	return b, nil
}

func (s *Service) asking(ctx context.Context, asker uuid.UUID, fn func(tx *postgres.Tx) error) error {
	if asker == uuid.Nil {
		return s.db.InPublic(ctx, fn)
	}
	return s.db.ReadOrganization(ctx, asker, fn)
}

// held gives the context of what is to be read or written in one transaction, with the view that
// names organizations.
func (s *Service) held(ctx context.Context) (context.Context, error) {
	return organization.Hold(ctx, s.directory)
}

func (s *Service) nameOwner(ctx context.Context, tx *postgres.Tx, f *Facts) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	f.Room.Organization, err = view.RefTx(tx, f.Room.Organization.ID)
	return err
}
