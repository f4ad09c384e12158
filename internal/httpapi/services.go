package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Events is what the face asks of event.Service.
type Events interface {
	List(ctx context.Context, f event.Filter) (event.Page, error)
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	Changes(ctx context.Context, since event.ChangePosition, limit int) (event.ChangePage, error)

	ForStaff(ctx context.Context, organization, id uuid.UUID) (event.Event, error)
	ListForStaff(ctx context.Context, organization uuid.UUID, f event.StaffFilter) (event.StaffPage, error)
	Create(ctx context.Context, by event.Author, in event.Input) (event.Event, error)
	Change(ctx context.Context, by event.Author, id uuid.UUID, change event.Change) (event.Event, error)
	Delete(ctx context.Context, by event.Author, id uuid.UUID) error
	Submit(ctx context.Context, by event.Author, id uuid.UUID) (event.Event, error)
	Publish(ctx context.Context, by event.Author, id uuid.UUID) (event.Event, error)
	Cancel(ctx context.Context, by event.Author, id uuid.UUID, reason string) (event.Event, error)
	Postpone(ctx context.Context, by event.Author, id uuid.UUID, note string) (event.Event, error)
	Copy(ctx context.Context, by event.Author, id uuid.UUID, shiftDays int) (event.Event, error)
	Decide(ctx context.Context, by event.Author, id uuid.UUID, approve bool, seen int) (event.Event, error)

	AddOccurrence(ctx context.Context, by event.Author, id uuid.UUID, in event.OccurrenceInput) (event.Event, error)
	ChangeOccurrence(ctx context.Context, by event.Author, id, occurrence uuid.UUID, change event.OccurrenceChange) (event.Event, error)
	CancelOccurrence(ctx context.Context, by event.Author, id, occurrence uuid.UUID, reason string) (event.Event, error)
	PostponeOccurrence(ctx context.Context, by event.Author, id, occurrence uuid.UUID, note string) (event.Event, error)
	DeleteOccurrence(ctx context.Context, by event.Author, id, occurrence uuid.UUID) (event.Event, error)

	SetRoom(ctx context.Context, by event.Author, id, occurrence uuid.UUID, part, booking *uuid.UUID) (event.Event, error)
	CorrectOccurrence(ctx context.Context, by event.Author, id, occurrence uuid.UUID, c event.Correction) (event.Event, error)
	Relocate(ctx context.Context, by event.Author, id, occurrence uuid.UUID, r event.Relocation) (event.Event, error)
	MoveBooking(ctx context.Context, by event.Author, id uuid.UUID, m booking.Move) (booking.Detail, error)
	ServedBy(ctx context.Context, organization, booking uuid.UUID) (*event.Served, error)

	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
	Sittings(ctx context.Context, parts []uuid.UUID) (map[uuid.UUID]event.Sitting, error)
	SlotsForStaff(ctx context.Context, organization, id uuid.UUID) ([]event.BoothSlot, error)
	SetSlotRule(ctx context.Context, by event.Author, id, occurrence, part uuid.UUID, rule event.SlotRule) (event.SlotRule, error)
	LayOutSlots(ctx context.Context, by event.Author, id, occurrence, part uuid.UUID, plan event.SlotPlan) ([]event.BoothSlot, error)
	ChangeSlot(ctx context.Context, by event.Author, id, slot uuid.UUID, change event.SlotChange) (event.BoothSlot, error)
	DeleteSlot(ctx context.Context, by event.Author, id, slot uuid.UUID) error

	CreateSeries(ctx context.Context, by event.Author, id uuid.UUID, in event.SeriesInput) (event.Event, error)
	ChangeSeries(ctx context.Context, by event.Author, series uuid.UUID, in event.SeriesInput) (event.Event, error)
	DecideMonth(ctx context.Context, by event.Author, series uuid.UUID, month clock.Date, choice event.MonthChoice) (event.Event, error)
}

// Tickets is what the face asks of ticket.Service.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Cancel(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
	Confirm(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Rotate(ctx context.Context, code secret.Ticket) (secret.Ticket, ticket.Ticket, error)
	StartCalendar(ctx context.Context, code secret.Ticket) (secret.Calendar, error)
	StopCalendar(ctx context.Context, code secret.Ticket) error
	DayCode(ctx context.Context, code secret.Ticket) (secret.DayCode, error)
	Erasures(ctx context.Context, eventID uuid.UUID) ([]ticket.Erasure, error)
	Draw(ctx context.Context, eventID, partID uuid.UUID) (ticket.Draw, error)
}

// Contacts is what the face asks of contact.Service.
type Contacts interface {
	Ways(ctx context.Context, event uuid.UUID) (contact.Ways, error)
	Check(ctx context.Context, c contact.Contact) error
	Put(ctx context.Context, code secret.Ticket, c contact.Contact) error
	Remove(ctx context.Context, code secret.Ticket) error
}

// Entrance is what the face asks of door.Service.
type Entrance interface {
	CreateLink(ctx context.Context, by event.Author, eventID, occurrence uuid.UUID) (door.Issued, error)
	RevokeLink(ctx context.Context, by event.Author, eventID, occurrence, link uuid.UUID) error
	Links(ctx context.Context, organization, eventID, occurrence uuid.UUID) ([]door.Link, error)
	SetCapacity(ctx context.Context, by event.Author, eventID, occurrence, part uuid.UUID, capacity *int) (door.Count, error)
	Open(ctx context.Context, token secret.Door) (door.Door, error)
	Tap(ctx context.Context, token secret.Door, part uuid.UUID, taps []door.Tap) (door.Count, error)
	CheckIn(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	Slots(ctx context.Context, token secret.Door) ([]door.Slot, error)
	MarkSlot(ctx context.Context, token secret.Door, slot uuid.UUID, parties int) (int, error)
	Undo(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
}

// Reports is what the face asks of report.Service.
type Reports interface {
	Event(ctx context.Context, organization, id uuid.UUID) (report.Event, error)
	Year(ctx context.Context, organization uuid.UUID, year int) (report.Year, error)
}

// Venues is what the face asks of venue.Service.
type Venues interface {
	Facilities(ctx context.Context, f venue.FacilityFilter) (venue.FacilityPage, error)
	Facility(ctx context.Context, id uuid.UUID) (venue.Facility, error)
	Rooms(ctx context.Context, f venue.RoomFilter) (venue.RoomPage, error)
	Room(ctx context.Context, id uuid.UUID) (venue.Room, error)

	FacilitiesForStaff(ctx context.Context, own uuid.UUID, f venue.FacilityFilter) (venue.FacilityPage, error)
	FacilityForStaff(ctx context.Context, own, id uuid.UUID) (venue.Facility, error)
	CreateFacility(ctx context.Context, by venue.Author, in venue.FacilityInput) (venue.Facility, error)
	ChangeFacility(ctx context.Context, by venue.Author, id uuid.UUID, change func(in *venue.FacilityInput)) (venue.Facility, error)
	OpenFacility(ctx context.Context, by venue.Author, id uuid.UUID) (venue.Facility, error)
	CloseFacility(ctx context.Context, by venue.Author, id uuid.UUID, on clock.Date, reason string) (venue.Facility, error)
	DeleteFacility(ctx context.Context, by venue.Author, id uuid.UUID) error
	Import(ctx context.Context, by venue.Author, items []venue.ImportItem, o venue.ImportOptions) ([]venue.Imported, error)

	RoomsForStaff(ctx context.Context, own uuid.UUID, f venue.RoomFilter) (venue.RoomPage, error)
	RoomForStaff(ctx context.Context, own, id uuid.UUID) (venue.Room, error)
	CreateRoom(ctx context.Context, by venue.Author, facility uuid.UUID, in venue.RoomInput) (venue.Room, error)
	ChangeRoom(ctx context.Context, by venue.Author, id uuid.UUID, change func(in *venue.RoomInput)) (venue.Room, error)
	OpenRoom(ctx context.Context, by venue.Author, id uuid.UUID) (venue.Room, error)
	CloseRoom(ctx context.Context, by venue.Author, id uuid.UUID, on clock.Date, reason string) (venue.Room, error)
	DeleteRoom(ctx context.Context, by venue.Author, id uuid.UUID) error

	ClosingsForStaff(ctx context.Context, own, facility uuid.UUID) ([]venue.ClosureEntry, error)
	AddClosing(ctx context.Context, by venue.Author, facility uuid.UUID, in venue.ClosureInput) (venue.ClosureEntry, error)
	RemoveClosing(ctx context.Context, by venue.Author, facility, id uuid.UUID) error
	Holidays(ctx context.Context, organization uuid.UUID, year int) ([]venue.LocalHoliday, error)
	SetHoliday(ctx context.Context, by venue.Author, h venue.LocalHoliday) (venue.LocalHoliday, error)
	RemoveHoliday(ctx context.Context, by venue.Author, day clock.Date) error
	AddPhoto(ctx context.Context, by venue.Author, facility uuid.UUID, in venue.PhotoInput, file []byte) (venue.Photo, error)
	ChangePhoto(ctx context.Context, by venue.Author, facility, id uuid.UUID, change func(in *venue.PhotoInput)) (venue.Photo, error)
	DeletePhoto(ctx context.Context, by venue.Author, facility, id uuid.UUID) error
}

// Organizations is what the face asks of organization.Service.
type Organizations interface {
	List(ctx context.Context) ([]organization.Organization, error)
	BySlug(ctx context.Context, slug string) (organization.Organization, error)
	// ByCode finds a municipality, be it closed; organization.ErrNotFound otherwise.
	ByCode(ctx context.Context, code string) (organization.Organization, error)
	Partnerships(ctx context.Context) ([]organization.Partnership, error)
	Update(ctx context.Context, id uuid.UUID, actor audit.Actor, change organization.Change) (organization.Organization, error)
	RegisterGroup(ctx context.Context, municipality uuid.UUID, actor audit.Actor, in organization.Input) (organization.Organization, error)
}

// Staff is what the face asks of staff.Service.
type Staff interface {
	Authenticate(ctx context.Context, bearer string) (staff.Session, error)
	Tokens(ctx context.Context, by staff.Session) ([]staff.Token, error)
	IssueToken(ctx context.Context, by staff.Session, member uuid.UUID, name string, expiresAt time.Time) (staff.Issued, error)
	RevokeToken(ctx context.Context, by staff.Session, token uuid.UUID) error
}

// Ledger is what the face asks of audit.Ledger.
type Ledger interface {
	List(ctx context.Context, organization uuid.UUID, cursor string, limit int) ([]audit.Line, string, error)
}
