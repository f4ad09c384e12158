package demo

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// attendance says who has come, or will, to a programme's next date.
type attendance struct {
	// Waiting fills the first part of the next date that still takes tickets, and has so many more
	// stand in line.
	Waiting int `json:"waiting"`
	// Offered has somebody in line for the date after that one be asked whether they want the seat
	// that was given up.
	Offered bool `json:"offered"`
	// Fits is how many fit into each part without reservation.
	Fits int `json:"fits"`
	// Inside are counted at today's door, for which there is a day link.
	Inside int `json:"inside"`
	// Applied groups take part in the draw of the next date, which closes at once.
	Applied int `json:"applied"`
	// Paper codes are printed for the last part of the next date, for one seat each.
	Paper int `json:"paper"`
}

// DoorLink is the day link of the demo's own gathering.
type DoorLink struct {
	OccurrenceID uuid.UUID `json:"occurrence_id"`
	EventID      uuid.UUID `json:"event_id"`
	Token        string    `json:"token"`
}

// Held is a ticket whose code the demo tells, to be looked at and cancelled.
type Held struct {
	Secret string        `json:"secret"`
	Status ticket.Status `json:"status"`
}

func (l *loader) attend(ctx context.Context, owner staff.Author, e event.Event, a attendance) error {
	if a.Waiting > 0 {
		if err := l.fill(ctx, e, a.Waiting); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	if a.Offered {
		if err := l.offer(ctx, e); err != nil {
			return fmt.Errorf("offer a seat: %w", err)
		}
	}
	if a.Paper > 0 {
		if err := l.printed(ctx, owner, e, a.Paper); err != nil {
			return fmt.Errorf("print codes: %w", err)
		}
	}
	if a.Fits > 0 {
		if err := l.fits(ctx, owner, e, a.Fits); err != nil {
			return fmt.Errorf("say how many fit: %w", err)
		}
	}
	if a.Applied > 0 {
		if err := l.apply(ctx, owner, e, a.Applied); err != nil {
			return fmt.Errorf("draw lots: %w", err)
		}
	}
	if a.Inside > 0 {
		if err := l.count(ctx, owner, e, a.Inside); err != nil {
			return fmt.Errorf("count at the door: %w", err)
		}
	}
	return nil
}

// fill takes the seats as residents do. Each request has a code of its own that is the same at
// every start, so taking it again takes nothing.
func (l *loader) fill(ctx context.Context, e event.Event, waiting int) error {
	for _, o := range e.Occurrences {
		part := o.Parts[0]
		if o.Status != event.Scheduled || !l.Clock.Now().Before(part.WaitsUntil()) ||
			part.Registration(&o, l.Clock.Now()) == event.RegistrationNotYet {
			continue
		}
		q := part.Quotas[0]
		l.book.Tickets = nil
		for i := range q.Capacity + waiting {
			code, err := l.code(q.ID, i)
			if err != nil {
				return err
			}
			r := ticket.Request{EventID: e.ID, QuotaID: q.ID, Seats: 1, Secret: code}
			if i >= q.Capacity {
				r.Wait = ticket.WaitQuota
			}
			_, t, err := l.Tickets.Take(ctx, r)
			if errors.Is(err, ticket.ErrFull) || errors.Is(err, ticket.ErrListFull) {
				continue // somebody tried the button before
			}
			if err != nil {
				return err
			}
			if i == 0 || i == q.Capacity {
				l.book.Tickets = append(l.book.Tickets, Held{Secret: code.Reveal(), Status: t.Status})
			}
		}
		return l.book.save()
	}
	return nil
}

// offeree is the number of the imagined person who is asked, beyond those who fill an event.
const offeree = 1000

// offer fills the first part of the second date ahead, has one stand in line who left an address,
// and gives a seat up: that one is asked, and has a day to answer. Once that was done for a date,
// it is left as it stands.
func (l *loader) offer(ctx context.Context, e event.Event) error {
	ahead := 0
	for _, o := range e.Occurrences {
		part := o.Parts[0]
		if o.Status != event.Scheduled || !l.Clock.Now().Before(part.WaitsUntil()) ||
			part.Registration(&o, l.Clock.Now()) == event.RegistrationNotYet {
			continue
		}
		if ahead++; ahead < 2 {
			continue
		}
		return l.offerOn(ctx, e.ID, part.Quotas[0])
	}
	return nil
}

func (l *loader) offerOn(ctx context.Context, id uuid.UUID, q event.Quota) error {
	take := func(n int, wait ticket.Reach) (secret.Ticket, ticket.Ticket, error) {
		code, err := l.code(q.ID, n)
		if err != nil {
			return code, ticket.Ticket{}, err
		}
		return l.Tickets.Take(ctx, ticket.Request{EventID: id, QuotaID: q.ID, Seats: 1, Secret: code, Wait: wait})
	}
	var last secret.Ticket // of those who hold a seat
	for n := range q.Capacity {
		code, t, err := take(n, ticket.NoWait)
		if errors.Is(err, ticket.ErrFull) {
			continue // somebody tried the button before
		}
		if err != nil {
			return err
		}
		if t.Status == ticket.Confirmed {
			last = code
		}
	}
	code, t, err := take(offeree, ticket.WaitQuota)
	if errors.Is(err, ticket.ErrListFull) || err == nil && t.Status == ticket.Confirmed {
		return nil // visitors changed it
	}
	if err != nil {
		return err
	}
	if t.Status == ticket.Waiting && !last.IsZero() {
		if err := l.ContactKeys(ctx); err != nil {
			return err
		}
		to, err := contact.FromMail("machi@demo.example")
		if err != nil {
			return err
		}
		if err := l.Contacts.Put(ctx, code, to); err != nil {
			return err
		}
		if _, err := l.Tickets.Cancel(ctx, last); err != nil {
			return err
		}
		if t, err = l.Tickets.Look(ctx, code); err != nil {
			return err
		}
	}
	l.book.Tickets = append(l.book.Tickets, Held{Secret: code.Reveal(), Status: t.Status})
	return l.book.save()
}

// code is the participation code of one imagined person.
func (l *loader) code(quota uuid.UUID, n int) (secret.Ticket, error) {
	mac := hmac.New(sha256.New, []byte(l.book.SecretKey))
	_, _ = fmt.Fprint(mac, "demo ticket ", quota, n) // never fails
	return secret.NewTicket(bytes.NewReader(mac.Sum(nil)))
}

// fits says how many fit where nobody said it yet.
func (l *loader) fits(ctx context.Context, owner staff.Author, e event.Event, most int) error {
	said, err := l.Door.Counts(ctx, owner.Organization, e.ID)
	if err != nil {
		return err
	}
	for _, o := range e.Occurrences {
		for _, p := range o.Parts {
			if p.Reservation != event.NoReservation || said[p.ID].Capacity != nil || !o.EndsAt.After(l.Clock.Now()) {
				continue
			}
			if _, err := l.Door.SetCapacity(ctx, owner, e.ID, o.ID, p.ID, &most); err != nil {
				return err
			}
		}
	}
	return nil
}

// count sees that there is a day link for today's date and that so many are inside, once its door
// is open.
func (l *loader) count(ctx context.Context, owner staff.Author, e event.Event, inside int) error {
	for _, o := range e.Occurrences {
		if clock.DateOf(o.StartsAt) != l.today || o.Status != event.Scheduled {
			continue
		}
		if l.book.Door.OccurrenceID != o.ID {
			issued, err := l.Door.CreateLink(ctx, owner, e.ID, o.ID)
			if err != nil {
				return err
			}
			l.book.Door = DoorLink{OccurrenceID: o.ID, EventID: e.ID, Token: issued.Token.Reveal()}
			if err := l.book.save(); err != nil {
				return err
			}
		}
		token, _ := secret.ParseDoor(l.book.Door.Token)
		var taps []door.Tap
		for i := range inside {
			taps = append(
				taps,
				door.Tap{ID: uuid.NewSHA1(o.ID, fmt.Append(nil, i)), Delta: 1},
			) // the same at every start, so it counts once
		}
		_, err := l.Door.Tap(ctx, token, o.Parts[0].ID, taps)
		if errors.Is(err, door.ErrEarly) || errors.Is(err, door.ErrOver) || errors.Is(err, door.ErrLink) {
			return nil // nobody is at the door at this hour, or somebody revoked the link
		}
		return err
	}
	return nil
}
