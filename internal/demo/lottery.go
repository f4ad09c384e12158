package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Lottery is the draw that the demo shows, with some of the codes that took part.
type Lottery struct {
	EventID uuid.UUID `json:"event_id"`
	PartID  uuid.UUID `json:"part_id"`
	Secrets []string  `json:"secrets"`
}

// toldCodes is how many codes of a draw the demo tells.
const toldCodes = 3

// apply has so many apply for the next date that is drawn by lot, in groups of one to three, and
// closes it: the worker then draws. Later dates stay open. Nothing happens while a date ahead was
// closed this way.
func (l *loader) apply(ctx context.Context, owner staff.Author, e event.Event, groups int) error {
	now := l.Clock.Now()
	var next *event.Occurrence
	for i := range e.Occurrences {
		o := &e.Occurrences[i]
		if o.Status != event.Scheduled || !o.StartsAt.After(now) {
			continue
		}
		if !o.Parts[0].Closes().After(now) {
			return nil
		}
		if next == nil {
			next = o
		}
	}
	if next == nil {
		return nil
	}
	p := &next.Parts[0]
	q := p.Quotas[0]
	l.book.Lottery = Lottery{EventID: e.ID, PartID: p.ID}
	for i := range groups {
		code, err := l.code(q.ID, i)
		if err != nil {
			return err
		}
		_, _, err = l.Tickets.Take(
			ctx,
			ticket.Request{EventID: e.ID, QuotaID: q.ID, Seats: min(1+i%3, q.MaxSeats), Secret: code},
		)
		if errors.Is(err, ticket.ErrDrawFull) {
			break
		}
		if err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		if i < toldCodes {
			l.book.Lottery.Secrets = append(l.book.Lottery.Secrets, code.Reveal())
		}
	}
	if err := l.book.save(); err != nil {
		return err
	}
	in := event.PartInput{
		ID:          &p.ID,
		Name:        p.Name,
		Description: p.Description,
		Reservation: p.Reservation,
		ClosesAt:    &now,
		WaitingList: p.WaitingList,
	}
	for _, q := range p.Quotas {
		in.Quotas = append(
			in.Quotas,
			event.QuotaInput{ID: &q.ID, Channel: q.Channel, Name: q.Name, Capacity: q.Capacity, MaxSeats: q.MaxSeats},
		)
	}
	if _, err := l.Events.ChangeOccurrence(
		ctx,
		owner,
		e.ID,
		next.ID,
		event.OccurrenceChange{Parts: &[]event.PartInput{in}},
	); err != nil {
		return fmt.Errorf("close applications: %w", err)
	}
	return nil
}
