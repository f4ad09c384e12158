package booking

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Status is where a booking stands.
type Status string

// The states.
const (
	Waiting   Status = "waiting"   // behind a hold; occupies nothing
	Held      Status = "held"      // 仮押さえ, until ExpiresAt
	Requested Status = "requested" // 申請中
	Approved  Status = "approved"  // 承認済み, to be confirmed by the borrower
	Confirmed Status = "confirmed" // 本予約
	Done      Status = "done"      // used
	Declined  Status = "declined"
	Cancelled Status = "cancelled"
	Lapsed    Status = "lapsed" // a hold that ran out, or a time that came undecided
)

// Statuses lists them.
var Statuses = []Status{Waiting, Held, Requested, Approved, Confirmed, Done, Declined, Cancelled, Lapsed}

// Occupies tells whether it keeps others out.
func (s Status) Occupies() bool {
	return s == Held || s == Requested || s == Approved || s == Confirmed || s == Done
}

// Over tells whether nothing can be done with it any more.
func (s Status) Over() bool {
	return s == Done || s == Declined || s == Cancelled || s == Lapsed
}

// Side is one of the two organizations of a booking.
type Side string

// The sides. Who books its own room is both.
const (
	Lender   Side = "lender"
	Borrower Side = "borrower"
)

// Exemption is where 減免 stands.
type Exemption string

// The states of an exemption.
const (
	NoExemption Exemption = "none"
	Asked       Exemption = "asked"
	Granted     Exemption = "granted"
	Refused     Exemption = "refused"
)

// Booking is one as its two organizations see it.
type Booking struct {
	ID               uuid.UUID
	Lender, Borrower organization.Ref
	Room             board.RoomRef
	SeriesID         *uuid.UUID
	Status           Status
	StartsAt, EndsAt time.Time
	// SetupMinutes and ClearingMinutes are this booking's own, beside the room's.
	SetupMinutes, ClearingMinutes int
	Title                         string
	People                        *int
	Noise                         venue.Noise
	WaitsSince                    *time.Time
	ExpiresAt                     *time.Time // of a hold
	Approvals, ApprovalSteps      int
	Reason                        string // of the last decision, cancellation or move
	Conditions                    string // of the approval
	FeeClass                      string
	FeeYen                        *int // before any exemption; nil: the desk says
	Exemption                     ExemptionState
	CancelUntil                   *time.Time // until when the borrower may cancel without asking
	PermitNumber                  string
	Version                       int
	CreatedAt, ModifiedAt         time.Time

	approvedBy *uuid.UUID
	wants      Status
	holdFor    *int // minutes
}

// ExemptionState is what was asked and answered about 減免.
type ExemptionState struct {
	State   Exemption
	Class   string // a key of the room's exemptions
	Asked   string // why
	Answer  string // the deciding member's reason
	Percent int    // that is let off when granted
	by      *uuid.UUID
}

// DueYen is what is left to pay; nil when the desk says.
func (b Booking) DueYen() *int {
	if b.FeeYen == nil {
		return nil
	}
	due := venue.Exemption{Percent: 0}.Apply(*b.FeeYen)
	if b.Exemption.State == Granted {
		due = venue.Exemption{Percent: b.Exemption.Percent}.Apply(*b.FeeYen)
	}
	return &due
}

// side tells for which side an organization stands; both is true when it books its own room.
func (b Booking) side(organization uuid.UUID) (lends, borrows bool) {
	return b.Lender.ID == organization, b.Borrower.ID == organization
}

// Detail is a booking with what surrounds it.
type Detail struct {
	Booking
	// Ahead is how many stand before one that waits, Behind how many wait behind it.
	Ahead, Behind int
	// Clashes are neighbouring rooms that would disturb it, or be disturbed.
	Clashes []board.RoomRef
	Notes   []Note
	History []Change
}

// Note is what one of the two towns wrote.
type Note struct {
	ID   uuid.UUID
	At   time.Time
	By   organization.Ref
	Body string
}

// Change is one line of a booking's history.
type Change struct {
	ID        uuid.UUID
	BookingID uuid.UUID
	At        time.Time
	// placed, moved_up, submitted, approved_once, approved, declined, confirmed, moved, swapped,
	// cancelled, lapsed, done, noted, exemption_*
	Kind   string
	By     *organization.Ref // nil: time did
	Status Status            // after it
}

// Request asks for a room.
type Request struct {
	RoomID                        uuid.UUID
	StartsAt, EndsAt              time.Time
	Hold                          bool // 仮押さえ instead of a request
	Queue                         bool // wait behind a hold
	Title                         string
	People                        *int
	Noise                         venue.Noise // normal when empty
	SetupMinutes, ClearingMinutes int
	ExemptionClass                string
	ExemptionReason               string
}

// Move says what changes; nil stays.
type Move struct {
	RoomID                        *uuid.UUID
	StartsAt, EndsAt              *time.Time
	SetupMinutes, ClearingMinutes *int
	People                        *int
	Title                         *string
	Noise                         *venue.Noise
	Reason                        string
}

// Filter narrows a list of an organization's bookings; empty values don't.
type Filter struct {
	Side         Side // "" is both
	Status       Status
	Room         uuid.UUID
	Facility     uuid.UUID
	Series       uuid.UUID
	From, To     time.Time // of the use
	ChangedSince time.Time
	After        *Position
	Limit        int
}

// Position is where a page ended.
type Position struct {
	StartsAt time.Time
	ID       uuid.UUID
}

// Page is one page; Next is nil on the last.
type Page struct {
	Items []Booking
	Next  *Position
}

// Limits.
const (
	MaxBuffer  = 12 * 60 // minutes
	MaxSeries  = 60      // dates of one series
	MaxNotes   = 500
	MaxPage    = 100
	pageLength = 50
)

// use is what a request wants of its room.
func (r *Request) use() board.Use {
	return board.Use{StartsAt: r.StartsAt, EndsAt: r.EndsAt, People: r.People, Noise: r.Noise}
}

// use is what a booking does in its room.
func (b *Booking) use() board.Use {
	return board.Use{StartsAt: b.StartsAt, EndsAt: b.EndsAt, People: b.People, Noise: b.Noise}
}
