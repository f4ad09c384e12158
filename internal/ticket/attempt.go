package ticket

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket/grant"
)

// Request is what a resident asks for.
type Request struct {
	EventID uuid.UUID
	QuotaID uuid.UUID
	Seats   int
	// Slots are further slots of the same date, when QuotaID is one: all are taken, or none.
	Slots []uuid.UUID
	// Secret is the one the caller made, for being able to ask again; the zero Secret lets the
	// service make one.
	Secret   secret.Ticket
	Nickname string // optional
	// Wait asks for a place on the waiting list when the quota is full and has one; with NoWait the
	// answer is that it is full.
	Wait Reach
	// Answers for the yearly report, if the holder gave any.
	Answers Answers
}

// Reach says which quotas of an event a waiting ticket wishes for, all of the same channel as the
// quota that was asked for.
type Reach string

// The reaches.
const (
	NoWait      Reach = ""
	WaitQuota   Reach = "quota"      // this quota alone
	WaitAnyPart Reach = "occurrence" // any part of the date
	WaitAnyDate Reach = "event"      // any part of any date
)

var reaches = []Reach{NoWait, WaitQuota, WaitAnyPart, WaitAnyDate}

// MostSlots bounds what one request may name; a part's rule permits fewer.
const MostSlots = 20

// clean tidies a request and refuses what can't be asked for.
func (r *Request) clean() error {
	nickname, err := CleanNickname(r.Nickname)
	if err != nil {
		return err
	}
	r.Nickname = nickname
	if !slices.Contains(reaches, r.Wait) {
		return ErrReach.Field("wait_for", "unknown_value")
	}
	if err := r.Answers.check(); err != nil {
		return err
	}
	if r.Seats < 1 {
		return ErrSeats.Field("seats", "too_small", "min", 1)
	}
	if len(r.Slots) > 0 {
		return r.checkSlots()
	}
	return nil
}

// checkSlots refuses what can't be asked of slots.
func (r Request) checkSlots() error {
	switch {
	case len(r.Slots) >= MostSlots:
		return ErrTooManySlots.With("max", MostSlots)
	case r.Seats > 1: // a slot is for one party
		return tooMany.refuse(1)
	}
	return nil
}

// slots gives the slots that r asks for, each once and in order.
func (r Request) slots() []uuid.UUID { return distinct(append([]uuid.UUID{r.QuotaID}, r.Slots...)) }

func distinct(ids []uuid.UUID) []uuid.UUID {
	all := append([]uuid.UUID{}, ids...)
	slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// isAnsweredBy reports whether the ticket is what r asks for, wherever it was given a seat since.
func (r Request) isAnsweredBy(t Ticket) bool {
	if t.EventID != r.EventID || t.Seats != r.Seats || !r.namesPlacesOf(t) {
		return false
	}
	return t.Status.forgotNickname() || t.opened(r.Secret).Nickname == r.Nickname
}

// namesPlacesOf reports whether r names the quota or just the slots that the ticket was asked for;
// a cancelled ticket has forgotten which slots it held.
func (r Request) namesPlacesOf(t Ticket) bool {
	switch {
	case t.asked != nil:
		return slices.Equal(distinct(*t.asked), r.slots())
	case t.QuotaID == r.QuotaID && len(r.Slots) == 0:
		return true
	case t.Status == Cancelled:
		return t.bySlots
	}
	wanted := r.slots()
	return len(wanted) == len(t.Slots()) &&
		!slices.ContainsFunc(t.Slots(), func(h HeldSlot) bool { return !slices.Contains(wanted, h.ID) })
}

// wantsSeatsAlone reports whether a sold-out quota answers r without a look: it can't have a ticket
// already, and neither a place on the waiting list nor slots would do.
func (r Request) wantsSeatsAlone() bool {
	return r.Secret.IsZero() && r.Wait == NoWait && len(r.Slots) == 0
}

// slotField names a slot by where the caller wrote it.
func (r Request) slotField(slot uuid.UUID) string {
	if at := slices.Index(r.Slots, slot); at >= 0 {
		return "slot_ids." + strconv.Itoa(at)
	}
	return "quota_id"
}

// attempt is a request with what is stored if it succeeds.
type attempt struct {
	Request
	id        uuid.UUID // of the ticket
	mac       []byte    // of the secret
	sealed    string    // the nickname
	ownSecret bool      // made by this service: nobody but the answer knows it
	// askedAt is when an attempt with a secret of the caller's was taken up; a lost one that comes
	// in late is told by it.
	askedAt time.Time
}

// newAttempt makes an attempt of a clean request, with a secret if it has none.
func newAttempt(r Request, keys *secret.Keys, random io.Reader) (attempt, error) {
	a := attempt{Request: r, ownSecret: r.Secret.IsZero()}
	var err error
	if a.ownSecret {
		if a.Secret, err = secret.NewTicket(random); err != nil {
			return attempt{}, err
		}
	} else {
		a.askedAt = clock.System().Now() // not the business clock, which may stand still: it only tells attempts apart
	}
	if a.sealed, err = a.Secret.SealText(a.Nickname); err != nil {
		return attempt{}, err
	}
	if a.id, err = uuid.NewRandomFromReader(random); err != nil {
		return attempt{}, fmt.Errorf("make id: %w", err)
	}
	a.mac = keys.TicketMAC(a.Secret)
	return a, nil
}

// grantRequest is the attempt as one for seats first come, first served.
func (a attempt) grantRequest() grant.Request {
	return grant.Request{
		Event:     a.EventID,
		Quota:     a.QuotaID,
		ID:        a.id,
		MAC:       a.mac,
		Seats:     int16(min(a.Seats, math.MaxInt16)), //nolint:gosec // far above what any quota permits
		Nickname:  a.sealed,
		OwnSecret: a.ownSecret,
		AskedAt:   a.askedAt,
	}
}

// reply is the database's word on an attempt.
type reply struct {
	slotVerdict
	// ticket is the one taken, or the one that the secret has already.
	ticket Ticket
	// ofSlots: the attempt was judged as one for slots.
	ofSlots bool
}

// replyOf makes a reply of a verdict on seats; the ticket of a duplicate is not in it.
func replyOf(a attempt, v grant.Verdict) reply {
	r := reply{slotVerdict: slotVerdict{outcome: outcome(v.Outcome), most: v.Most}}
	if r.outcome == granted {
		r.ticket = Ticket{
			ID:             a.id,
			OrganizationID: v.Organization,
			EventID:        a.EventID,
			OccurrenceID:   v.Occurrence,
			PartID:         v.Part,
			QuotaID:        a.QuotaID,
			Status:         Confirmed,
			Seats:          a.Seats,
			sealed:         a.sealed,
			TakenOn:        v.On,
		}
	}
	return r
}

// refuse gives the fault of a reply that gave nothing.
func (r reply) refuse(a attempt) error {
	if r.ofSlots {
		return r.slotVerdict.refuse(a.slotField)
	}
	return r.outcome.refuse(r.most)
}
