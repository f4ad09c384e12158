package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Events is what the pages ask of events; event.Service is one.
type Events interface {
	// List fails with event.ErrFilter for a filter that names what does not exist.
	List(ctx context.Context, f event.Filter) (event.Page, error)
	// Published fails with event.ErrUnknown for what is not listed.
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
}

// Tickets is what the pages ask of tickets; ticket.Service is one. All fail with ticket.ErrUnknown for a secret nobody holds.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Cancel(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	// Confirm fails with ticket.ErrOfferLapsed when it comes too late, with ticket.ErrNothingAsked for one that still waits.
	Confirm(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
	RotateTo(ctx context.Context, code, next secret.Ticket) (ticket.Ticket, error)
	StartCalendar(ctx context.Context, code secret.Ticket) (secret.Calendar, error)
	StopCalendar(ctx context.Context, code secret.Ticket) error
	// DayCode fails with ticket.ErrDayCodeEarly until the day before.
	DayCode(ctx context.Context, code secret.Ticket) (secret.DayCode, error)
	// Draw fails with ticket.ErrDrawUnknown for what is not drawn by lot or not listed.
	Draw(ctx context.Context, event, part uuid.UUID) (ticket.Draw, error)
	// Erasures fails with event.ErrUnknown for what is not listed.
	Erasures(ctx context.Context, event uuid.UUID) ([]ticket.Erasure, error)
}

// Door is what the pages ask of the entrance; door.Service is one. All fail with door.ErrLink for a link nobody has, door.ErrEarly and door.ErrOver.
type Door interface {
	Open(ctx context.Context, token secret.Door) (door.Door, error)
	Tap(ctx context.Context, token secret.Door, part uuid.UUID, taps []door.Tap) (door.Count, error)
	// CheckIn and Undo fail with door.ErrNotToday when no confirmed ticket of the date was shown.
	CheckIn(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	Undo(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	// MarkSlot fails with door.ErrSlot, door.ErrSlotBooked or door.ErrSlotFull.
	Slots(ctx context.Context, token secret.Door) ([]door.Slot, error)
	MarkSlot(ctx context.Context, token secret.Door, slot uuid.UUID, parties int) (int, error)
}

// Venues is what the pages ask of facilities and rooms; venue.Service is one.
type Venues interface {
	// Facilities and Rooms fail with venue.ErrFilter for a filter that names what does not exist.
	Facilities(ctx context.Context, f venue.FacilityFilter) (venue.FacilityPage, error)
	Rooms(ctx context.Context, f venue.RoomFilter) (venue.RoomPage, error)
	// Facility and Room fail with venue.ErrFacilityUnknown and venue.ErrRoomUnknown for what is not shown.
	Facility(ctx context.Context, id uuid.UUID) (venue.Facility, error)
	Room(ctx context.Context, id uuid.UUID) (venue.Room, error)
	Closings(ctx context.Context, facility uuid.UUID, from, to clock.Date) ([]venue.ClosureEntry, error)
	// Picture fails with venue.ErrPhotoUnknown.
	Picture(ctx context.Context, address string) ([]byte, error)
}

// Directory knows organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Options are what the pages are made of; all are required, Guard apart.
type Options struct {
	Events   Events
	Tickets  Tickets
	Contacts Contacts
	// Guard asks for work when many want the same seats; nil asks nobody.
	Guard     Guard
	Door      Door
	Paper     Paper
	Venues    Venues
	Bookings  Bookings
	Directory Directory
	Keys      *secret.Keys
	Random    io.Reader // cryptographically random, safe for concurrent use
	Clock     clock.Clock
	Messages  *i18n.Bundle
	Templates fs.FS // web.Templates
	Static    fs.FS // web.Static
	BaseURL   config.BaseURL
}

// Site serves the pages. Safe for concurrent use.
type Site struct {
	events    Events
	tickets   Tickets
	contacts  Contacts
	door      Door
	paper     Paper
	guard     Guard
	venues    Venues
	bookings  Bookings
	directory Directory
	cursors   *secret.Sealer
	random    io.Reader
	clock     clock.Clock
	words     *i18n.Localizer // of the pages
	english   *i18n.Localizer // for those who build on the API
	base      config.BaseURL
	host      string // of base, with its port
	assets    *assets
	templates templates
}

// New reads all templates and assets; a template that is not declared, missing or broken stops the start.
func New(o Options) (*Site, error) {
	if o.Events == nil || o.Tickets == nil || o.Contacts == nil || o.Door == nil || o.Paper == nil || o.Directory == nil || o.Venues == nil || o.Bookings == nil || o.Keys == nil || o.Random == nil || o.Clock == nil || o.Messages == nil ||
		o.Templates == nil || o.Static == nil {
		return nil, errors.New("make site: an option is missing")
	}
	base, err := url.Parse(string(o.BaseURL))
	if err != nil || base.Host == "" {
		return nil, errors.New("make site: the base URL is not absolute")
	}
	a, err := readAssets(o.Static)
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	t, err := parseTemplates(o.Templates, a)
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	return &Site{
		events: o.Events, tickets: o.Tickets, contacts: o.Contacts, guard: o.Guard, door: o.Door, paper: o.Paper, directory: o.Directory, venues: o.Venues, bookings: o.Bookings, cursors: o.Keys.Cursors(), random: o.Random, clock: o.Clock,
		words: o.Messages.Localizer(i18n.Japanese), english: o.Messages.Localizer(i18n.English), base: o.BaseURL, host: base.Host, assets: a, templates: t,
	}, nil
}
