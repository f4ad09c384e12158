package door

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// When a day link opens its door; the database has the same rule (door_of).
const (
	Before = 6 * time.Hour // ahead of the date's start
	After  = 6 * time.Hour // past its end
)

// Limits.
const (
	MaxTaps     = 500 // in one call
	MaxDelta    = 20  // of one tap, either way
	MaxLinks    = 50  // of one date that are not revoked
	MaxCapacity = 100000
)

// How fast day codes can be tried with one link; the database has the same rule (door_miss).
// MaxMisses may come at once, and one is forgiven every Forgiven. With no more left, no day code is
// judged for the next of Pauses, which is the longer the more of them followed each other.
const (
	MaxMisses = 10
	Forgiven  = time.Minute
)

// Pauses are those after the first, second, third and any later time.
var Pauses = [...]time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute}

// Link is a day link as staff see it: never its token.
type Link struct {
	ID           uuid.UUID
	OccurrenceID uuid.UUID
	CreatedAt    time.Time
	RevokedAt    *time.Time
	// OpensAt and ClosesAt follow the date when it moves.
	OpensAt, ClosesAt time.Time
	// PausedUntil is when a link that judges no day codes for a while judges them again: somebody
	// may be guessing. nil otherwise.
	PausedUntil *time.Time
}

// Issued is a new link with its token, which is shown this once.
type Issued struct {
	Link
	Token secret.Door
}

// Door is what a phone at the entrance shows.
type Door struct {
	OccurrenceID      uuid.UUID
	Title             string // of the event
	StartsAt, EndsAt  time.Time
	OpensAt, ClosesAt time.Time // of the link
	Parts             []Part    // in order
	// PausedUntil is as in Link.
	PausedUntil *time.Time
}

// Part is one part of the date, in numbers.
type Part struct {
	ID               uuid.UUID
	Name             string
	StartsAt, EndsAt time.Time
	Reservation      event.Reservation
	Count
	Taken   int // seats of tickets for coming in person
	Arrived int // seats of tickets that have come
}

// Count is the head count of a part.
type Count struct {
	Count    int
	Capacity *int       // nil when nobody said how many fit
	Band     event.Band // "" without a capacity
}

// Tap is one press of a button at the door.
type Tap struct {
	ID    uuid.UUID // made by the phone; counts once a part
	Delta int       // people, −MaxDelta to MaxDelta and not 0
}

// Outcome is what became of a check-in or of taking one back.
type Outcome string

// The outcomes.
const (
	Arrived    Outcome = "arrived"
	Already    Outcome = "already"     // it had been counted before
	Undone     Outcome = "undone"      // the arrival was taken back
	NotCounted Outcome = "not_counted" // there was nothing to take back
)

// CheckIn is what the door hears of a ticket.
type CheckIn struct {
	Outcome Outcome
	Seats   int // people the ticket stands for
	PartID  uuid.UUID
	Channel event.Channel
}

// Shown is what a holder shows at the door: exactly one of the two.
type Shown struct {
	Secret  secret.Ticket
	DayCode secret.DayCode
}

// Slot is a time at a table, as the door sees it: whether it is free, not whose it is.
type Slot struct {
	ID, PartID       uuid.UUID
	StartsAt, EndsAt time.Time
	Booths           []string // what the tables are called
	WalkIn           bool     // kept for those who come without booking: only these are marked at the door
	Closed           bool
	Parties, Taken   int
}
