package ticket

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Status is what became of a ticket; the package comment has the table.
type Status string

// The states of a ticket.
const (
	Confirmed Status = "confirmed"
	Waiting   Status = "waiting"
	Offered   Status = "offered"
	Lapsed    Status = "lapsed"
	Cancelled Status = "cancelled"
	Applied   Status = "applied"   // for a draw that is yet to come
	NotDrawn  Status = "not_drawn" // the draw gave it no seat, and there is no line to wait in
)

// HoldsSeats reports whether the quota's counter counts a ticket of this state.
func (s Status) HoldsSeats() bool { return s == Confirmed || s == Offered }

// Active reports whether the ticket can still be cancelled.
func (s Status) Active() bool { return s == Confirmed || s == Waiting || s == Offered || s == Applied }

// forgotNickname reports whether a ticket of this state has forgotten its nickname.
func (s Status) forgotNickname() bool { return s == Cancelled || s == Lapsed || s == NotDrawn }

// Ticket is one anonymous registration.
type Ticket struct {
	ID             uuid.UUID // random; says nothing about order or time
	OrganizationID uuid.UUID
	EventID        uuid.UUID
	OccurrenceID   uuid.UUID
	PartID         uuid.UUID
	QuotaID        uuid.UUID
	Status         Status
	Seats          int
	Nickname       string     // "" for none; forgotten when the ticket is cancelled
	TakenOn        clock.Date // the day is all that is kept
	// JoiningLink is nil unless the ticket is a confirmed one for taking part online and the link
	// is open already.
	JoiningLink *JoiningLink
	// WaitsFor is how far its wishes reach; NoWait unless the ticket waits.
	WaitsFor Reach
	// WaitsUntil is when the last promotion can come; nil unless the ticket waits.
	WaitsUntil *time.Time
	// OfferedUntil is when an offer has to be accepted; nil unless the ticket has one.
	OfferedUntil *time.Time
	// AskedStillComing: others wait, and its holder was asked whether they are still coming. Not
	// answering loses nothing.
	AskedStillComing bool
	// DrawNumber is the number of an application, as it stands on the list of its draw; "" when the
	// ticket never was one, or long after.
	DrawNumber string

	slots *[]HeldSlot  // nil for none, so that tickets can be compared
	asked *[]uuid.UUID // the quota or the slots of the request, when the ticket stands for others by now; nil for none
	// bySlots tells a cancelled ticket that held slots.
	bySlots bool
	// HasContact says that a contact is kept, sealed (internal/contact).
	HasContact bool

	calendarOn   bool
	calendarTurn int
	sealed       string // the nickname as it is stored
}

// HeldSlot is a slot on a ticket.
type HeldSlot struct {
	ID               uuid.UUID
	PartID           uuid.UUID
	StartsAt, EndsAt time.Time
}

// Slots gives the slots that the ticket holds, by time; its QuotaID then counts the tickets of the
// part. A cancelled ticket holds none.
func (t Ticket) Slots() []HeldSlot {
	if t.slots == nil {
		return nil
	}
	return *t.slots
}

// opened is the ticket with its nickname, which only the secret opens. Without it a ticket is still
// worth showing.
func (t Ticket) opened(code secret.Ticket) Ticket {
	if t.sealed != "" {
		t.Nickname, _ = code.OpenText(t.sealed)
		t.sealed = ""
	}
	return t
}

// CalendarOn reports whether the ticket has a private calendar.
func (t Ticket) CalendarOn() bool { return t.calendarOn }

// CalendarEnded reports whether the ticket had a private calendar that is off by now: its holder
// stopped it, or the secret was changed.
func (t Ticket) CalendarEnded() bool { return !t.calendarOn && t.calendarTurn > 0 }

// JoiningLink is where an online part is held.
type JoiningLink struct {
	URL   string
	Note  string
	Phone string // how to take part by telephone when the link does not work, with PhoneMarker in it; "" for none
}

// PhoneMarker stands in a telephone text for the ticket's own day code.
const PhoneMarker = "{番号}"

// Spoken is the telephone text with the ticket's own digits in it.
func (l JoiningLink) Spoken(digits string) string {
	return strings.NewReplacer(PhoneMarker, digits, "｛番号｝", digits).Replace(l.Phone)
}

// Followed is what the private calendar of a ticket shows: times and states, not a word of what it
// is about.
type Followed struct {
	TicketID         uuid.UUID
	Status           Status
	StartsAt, EndsAt time.Time
	Moved            bool // stands at another time than it was announced for
	Off              bool // the event or its date was cancelled
	Postponed        bool
	// StillComing is nil when nobody asked, false when an answer is waited for.
	StillComing *bool
	// Until is when the last promotion of a waiting ticket can come, or an offer has to be
	// accepted; nil for any other.
	Until      *time.Time
	Sequence   int
	ModifiedAt time.Time
}

// Erasure says of one past date whether its tickets were erased.
type Erasure struct {
	OccurrenceID uuid.UUID
	EndedAt      time.Time
	EraseAfter   time.Time
	// Erased is nil before EraseAfter, and false while the worker has not been round since.
	Erased *bool
	// Key is what became of the key for which contacts of the date were sealed; once it is
	// destroyed, what old backups hold of them opens to nobody.
	Key KeyState
	// KeyDestroyedOn is nil unless it was destroyed.
	KeyDestroyedOn *clock.Date
}

// KeyState says of a date's key whether it is there.
type KeyState string

// The states of a date's key.
const (
	NoKey        KeyState = "none" // nobody could leave a contact
	KeyKept      KeyState = "kept"
	KeyDestroyed KeyState = "destroyed"
)
