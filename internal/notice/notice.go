package notice

import (
	"context"
	"errors"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Kind is what a notice tells of; the package comment has the table.
type Kind string

// The kinds.
const (
	Reminder     Kind = "reminder"
	Change       Kind = "change"
	Cancellation Kind = "cancellation"
	Promotion    Kind = "promotion"
	Offer        Kind = "offer"
	StillComing  Kind = "still_coming"
	Result       Kind = "result"
)

// Kinds are all of them.
var Kinds = []Kind{Reminder, Change, Cancellation, Promotion, Offer, StillComing, Result}

// Mail is one message to one address.
type Mail struct {
	To            contact.Contact
	ID            string // left of the @ in Message-ID; the same for the same notice
	Subject, Text string
}

// Handover is called when a message is about to leave; when it fails, the message must not.
type Handover func(ctx context.Context) error

// Mailer carries mail. Open fails with ErrUnreachable.
type Mailer interface {
	Open(ctx context.Context) (Outbox, error)
}

// Outbox is one connection to a mail server, used by one goroutine. Send fails with ErrLater,
// ErrRefused, ErrUnclear, ErrUnreachable or what handover failed with. No error holds an address.
type Outbox interface {
	Send(ctx context.Context, m Mail, handover Handover) error
	Close() error
}

// Pusher carries web pushes (RFC 8030). It fails as Outbox.Send does, and with ErrGone for a
// subscription that ended.
type Pusher interface {
	Push(ctx context.Context, to contact.Push, payload []byte, handover Handover) error
}

// What becomes of a message that did not arrive.
var (
	ErrLater       = errors.New("not now")                     // not taken; asked to come again
	ErrRefused     = errors.New("refused for good")            // not taken, and never will be
	ErrGone        = errors.New("nobody there any more")       // as ErrRefused, and the address is of no use any more
	ErrUnclear     = errors.New("the answer was lost")         // perhaps taken
	ErrUnreachable = errors.New("the server is not reachable") // this one's fault it is not
)

// row is a notice that is due, with what decides whether it is still true.
type row struct {
	key
	handovers        int
	ticketStatus     ticket.Status
	eventStatus      string
	occurrenceStatus string
	startsAt, endsAt time.Time // of the part
	sealed           *sealedContact
}

// on reports whether the date takes place as far as anybody knows.
func (r *row) on(now time.Time) bool {
	return r.eventStatus == "published" && r.occurrenceStatus == "scheduled" && now.Before(r.endsAt)
}

// remindAhead is the longest time before the start in which a reminder is still one.
const remindAhead = 40 * time.Hour

// holds reports whether the notice is still true.
func (r *row) holds(now time.Time) bool {
	confirmed := r.ticketStatus == ticket.Confirmed
	cancelled := r.eventStatus == "cancelled" || r.occurrenceStatus == "cancelled"
	switch r.kind {
	case Reminder:
		return confirmed && r.on(now) && now.Before(r.startsAt) && r.startsAt.Sub(now) < remindAhead
	case Change:
		return !cancelled && now.Before(r.endsAt)
	case Cancellation:
		return cancelled && now.Before(r.endsAt)
	case Promotion, StillComing:
		return confirmed && r.on(now)
	case Offer:
		return r.ticketStatus == ticket.Offered && r.on(now)
	case Result:
		return !cancelled && now.Before(r.endsAt)
	}
	return false
}

// The night, in which nobody is woken (Asia/Tokyo).
const (
	nightFrom = 22
	nightTo   = 7
	noon      = 12
)

// Quiet reports whether now is in the night.
func Quiet(now time.Time) bool {
	hour := now.In(clock.Tokyo).Hour()
	return hour >= nightFrom || hour < nightTo
}

// Morning is the end of the night that now is in, or the next one's.
func Morning(now time.Time) time.Time {
	day := clock.DateOf(now)
	if morning := day.At(nightTo, 0); now.Before(morning) {
		return morning
	}
	return day.AddDays(1).At(nightTo, 0)
}

// urgentBefore is the moment before which a date must begin for a notice to leave at night: noon of
// the day that dawns.
func urgentBefore(now time.Time) time.Time { return clock.DateOf(Morning(now)).At(noon, 0) }

// backoff is how long a server that asked us to come again is left alone before a round; lastRound
// is when we give up, after a day and a half.
func backoff(round int) time.Duration {
	waits := []time.Duration{
		0,
		time.Minute,
		5 * time.Minute,
		20 * time.Minute,
		time.Hour,
		3 * time.Hour,
		8 * time.Hour,
		24 * time.Hour,
	}
	return waits[min(round, len(waits)-1)]
}

const lastRound = 7

// maxHandovers is how often one notice may be about to leave without an answer: the second time may
// be a duplicate, a third would be one too many.
const maxHandovers = 2
