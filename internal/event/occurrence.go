package event

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// OccurrenceStatus is where a date stands.
type OccurrenceStatus string

// The states of an occurrence.
const (
	Scheduled           OccurrenceStatus = "scheduled"
	Postponed           OccurrenceStatus = "postponed"
	OccurrenceCancelled OccurrenceStatus = "cancelled"
)

// Occurrence is one date of an event.
type Occurrence struct {
	ID           uuid.UUID
	EventID      uuid.UUID
	Status       OccurrenceStatus
	StartsAt     time.Time
	EndsAt       time.Time
	DoorsAt      *time.Time
	MovedFrom    *time.Time // where it stood before the last move
	Place        Place
	Note         string
	CancelledAt  *time.Time
	CancelReason string
	SeriesMonth  *clock.Date // first day of the month whose decision it came from
	Sequence     int         // RFC 5545 SEQUENCE
	ModifiedAt   time.Time   // RFC 5545 LAST-MODIFIED
	Parts        []Part      // in order, at least one
	Room         *Room       // the booked room that Place tells of; nil: an external place
	// NeedsPlace tells that the booked room was lost; Place then says kindly that another is looked
	// for.
	NeedsPlace bool
	Booking    *RoomBooking // for the event's own staff
}

// PlaceKind says whether one comes or connects.
type PlaceKind string

// The place kinds.
const (
	InPerson PlaceKind = "in_person"
	Online   PlaceKind = "online"
	Both     PlaceKind = "both"
)

// Place is where an occurrence happens: as staff wrote it, or as the facility says of a booked room
// (Occurrence.Room).
type Place struct {
	Kind    PlaceKind `json:"kind"    validate:"required,oneof=in_person online both"`
	Name    string    `json:"name"    validate:"max=200,line"`
	Address string    `json:"address" validate:"max=300,line"`
	Access  string    `json:"access"  validate:"max=1000,paragraphs"`
	// AreaCode is the 全国地方公共団体コード of the municipality it lies in, "" when online or not told.
	AreaCode string `json:"area_code" validate:"omitempty,municipality_code"`
}

// Reservation is the way of taking part.
type Reservation string

// 予約不要, 席, 相談枠, 抽選.
const (
	NoReservation Reservation = "none"
	Seat          Reservation = "seat"
	Slot          Reservation = "slot"
	Lottery       Reservation = "lottery"
)

// Reservations in the order in which pages offer them.
var Reservations = []Reservation{NoReservation, Seat, Slot, Lottery}

// Part is 第1部, 第2部 … of an occurrence.
type Part struct {
	ID          uuid.UUID
	Position    int
	Name        string
	Description string
	StartsAt    time.Time
	EndsAt      time.Time
	PlaceNote   string
	Audience    string
	Press       Press
	Reservation Reservation
	// Sitting names what several parts of a date hold alike, each for other people (同じ内容の入替制); ""
	// for a part that stands alone.
	Sitting  string
	OpensAt  *time.Time // registration; nil: from publication
	ClosesAt *time.Time // registration; nil: until the part starts
	DrawsAt  *time.Time // of a lottery; nil: as soon as registration has closed
	// WaitingList lets people stand in line once a quota is full. Seats that come free go to them
	// until WaitsUntil.
	WaitingList  bool
	WaitingUntil *time.Time // nil: see WaitsUntil
	Quotas       []Quota
	Booths       []Booth
	Slots        *SlotSum // nil unless the part has slots
	// DoorBand says how full the room for those without reservation is, of a whole part or of its
	// walk-in share, from six hours before the start until the end; "" when nobody counts or knows
	// how many fit.
	DoorBand Band
	// JoiningLink is given to the event's own staff only; holders of a confirmed online ticket get
	// it on their ticket.
	JoiningLink *JoiningLink
	Room        *Room // the part's own, beside the date's
	NeedsPlace  bool
	Booking     *RoomBooking // for the event's own staff
}

// Closes gives the moment after which no seat is given.
func (p *Part) Closes() time.Time {
	if p.ClosesAt != nil {
		return *p.ClosesAt
	}
	return p.StartsAt
}

// Draws gives the moment at which the lots of a lottery are drawn.
func (p *Part) Draws() time.Time {
	if p.DrawsAt != nil {
		return *p.DrawsAt
	}
	return p.Closes()
}

// WaitsUntil gives the moment of the last promotion from the waiting list: a day before the start,
// or when registration closes if that is earlier, unless staff set another. The line of a lottery
// begins when registration has closed. The database has the same rule (part_waits_until).
func (p *Part) WaitsUntil() time.Time {
	if p.WaitingUntil != nil {
		return *p.WaitingUntil
	}
	until := p.StartsAt.Add(-24 * time.Hour)
	if closes := p.Closes(); closes.Before(until) && p.Reservation != Lottery {
		return closes
	}
	return until
}

// Channel is how the holder of a seat of a quota takes part.
type Channel string

// The channels.
const (
	ChannelInPerson Channel = "in_person"
	ChannelOnline   Channel = "online"
	ChannelWalkIn   Channel = "walk_in"
	ChannelSlot     Channel = "slot"
)

// Quota is a counted pool of seats.
type Quota struct {
	ID        uuid.UUID
	Channel   Channel
	Name      string
	MaxSeats  int // at most on one ticket
	Capacity  int
	Taken     int // staff only; the public hears a Band
	Accepting bool
}

// Band is the public state of a quota, never a number.
type Band string

// 余裕あり, 残りわずか, 満席.
const (
	BandAvailable Band = "available"
	BandFew       Band = "few"
	BandFull      Band = "full"
)

// Band says how full a quota is: few means a fifth or less left, or two seats.
func (q Quota) Band() Band {
	left := q.Capacity - q.Taken
	switch {
	case left <= 0:
		return BandFull
	case left <= max(2, q.Capacity/5) && q.Capacity > left:
		return BandFew
	}
	return BandAvailable
}

// RegistrationState says whether a seat of a part can be taken now.
type RegistrationState string

// The registration states of a part.
const (
	RegistrationNotNeeded RegistrationState = "not_needed"
	RegistrationOpen      RegistrationState = "open"
	RegistrationNotYet    RegistrationState = "not_open_yet"
	RegistrationClosed    RegistrationState = "closed"
	RegistrationFull      RegistrationState = "full"
	RegistrationWaiting   RegistrationState = "waiting_list" // full, and the waiting list is open
)

// Registration gives the state of taking part at now, for display; the database judges each request
// by itself.
func (p *Part) Registration(o *Occurrence, now time.Time) RegistrationState {
	switch {
	case p.Reservation == NoReservation:
		return RegistrationNotNeeded
	case o.Status != Scheduled, !now.Before(p.Closes()):
		return RegistrationClosed
	case p.OpensAt != nil && now.Before(*p.OpensAt):
		return RegistrationNotYet
	case p.Reservation == Lottery:
		return RegistrationOpen // the draw looks at the room there is
	}
	if p.Reservation == Slot {
		return p.Slots.registration()
	}
	for _, q := range p.Quotas {
		if q.Band() != BandFull {
			return RegistrationOpen
		}
	}
	if p.WaitingList && now.Before(p.WaitsUntil()) {
		return RegistrationWaiting
	}
	return RegistrationFull
}

// Booth is an organization's table in a 合同相談会.
type Booth struct {
	ID     uuid.UUID
	By     *organization.Ref // nil for a guest that is not registered here
	Name   string
	Offers string
}

// JoiningLink leads into an online part.
type JoiningLink struct {
	URL  string `json:"url"  validate:"required,max=2000,https"`
	Note string `json:"note" validate:"max=1000,paragraphs"`
	// how to take part by telephone; ticket.PhoneMarker stands for the day code
	Phone string `json:"phone" validate:"max=1000,paragraphs"`
	// shown from this long before the part starts
	OpensBefore time.Duration `json:"-" validate:"min=0,max=5184000000000000"`
}
