package ticket

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/text"
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
	// JoiningLink is nil unless the ticket is a confirmed one for taking part online and the link is open already.
	JoiningLink *JoiningLink
	// WaitsFor is how far its wishes reach; NoWait unless the ticket waits.
	WaitsFor Reach
	// WaitsUntil is when the last promotion can come; nil unless the ticket waits.
	WaitsUntil *time.Time
	// OfferedUntil is when an offer has to be accepted; nil unless the ticket has one.
	OfferedUntil *time.Time
	// AskedStillComing: others wait, and its holder was asked whether they are still coming. Not answering loses nothing.
	AskedStillComing bool
	// DrawNumber is the number of an application, as it stands on the list of its draw; "" when the ticket never was one, or long after.
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

// opened is the ticket with its nickname, which only the secret opens. Without it a ticket is still worth showing.
func (t Ticket) opened(code secret.Ticket) Ticket {
	if t.sealed != "" {
		t.Nickname, _ = code.OpenText(t.sealed)
		t.sealed = ""
	}
	return t
}

// CalendarOn reports whether the ticket has a private calendar.
func (t Ticket) CalendarOn() bool { return t.calendarOn }

// CalendarEnded reports whether the ticket had a private calendar that is off by now: its holder stopped it, or the secret was changed.
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

// Request is what a resident asks for.
type Request struct {
	EventID uuid.UUID
	QuotaID uuid.UUID
	Seats   int
	// Slots are further slots of the same date, when QuotaID is one: all are taken, or none.
	Slots []uuid.UUID
	// Secret is the one the caller made, for being able to ask again; the zero Secret lets the service make one.
	Secret   secret.Ticket
	Nickname string // optional
	// Wait stands in line when the quota is full and has a waiting list; NoWait is told that it is full.
	Wait Reach
	// Answers for the yearly report, if the holder gave any.
	Answers Answers

	// askedAt is when this attempt with a secret of the caller's was taken up; a lost one that comes in late is told by it.
	askedAt time.Time
	sealed  string // Nickname as it is stored
}

// Reach says which quotas of an event a waiting ticket wishes for, all of the same channel as the one asked for.
type Reach string

// The reaches.
const (
	NoWait      Reach = ""
	WaitQuota   Reach = "quota"      // this one alone
	WaitAnyPart Reach = "occurrence" // any part of the date
	WaitAnyDate Reach = "event"      // any part of any date
)

// MaxNickname is how many characters a nickname has at most, counted after normalisation.
const MaxNickname = 20

// maxNicknameBytes bounds what is looked at: twenty characters of four code points each, decomposed.
const maxNicknameBytes = 640

// CleanNickname brings a nickname into the form that is stored: NFC, trimmed; "" for none. It fails with ErrNickname for more than MaxNickname
// characters, and for controls, bidi controls, unassigned characters and those that nobody can see.
func CleanNickname(typed string) (string, error) {
	if len(typed) > maxNicknameBytes {
		return "", ErrNickname.Field("nickname", "too_long", "max", MaxNickname)
	}
	clean, ok := text.Line(typed)
	if !ok {
		return "", ErrNickname.Field("nickname", "invalid_characters")
	}
	visible := clean == ""
	for _, r := range clean {
		if !allowed(r) {
			return "", ErrNickname.Field("nickname", "invalid_characters")
		}
		visible = visible || unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
	}
	if !visible {
		return "", ErrNickname.Field("nickname", "invalid_characters")
	}
	if utf8.RuneCountInString(clean) > MaxNickname {
		return "", ErrNickname.Field("nickname", "too_long", "max", MaxNickname)
	}
	return clean, nil
}

// allowed takes letters, marks, numbers, punctuation, symbols, spaces and the joiners inside emoji; blank fillers (Unicode UAX #44,
// Default_Ignorable_Code_Point) are letters by category only.
func allowed(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return true
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != '\u2800'
}
