package demo

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Paper is the sheet of codes that the demo shows.
type Paper struct {
	EventID uuid.UUID `json:"event_id"`
	PartID  uuid.UUID `json:"part_id"`
	Codes   []string  `json:"codes"`
}

// printed sees that there is a sheet of codes for the next date that can still have one.
func (l *loader) printed(ctx context.Context, owner staff.Author, e event.Event, codes int) error {
	for _, o := range e.Occurrences {
		part := o.Parts[len(o.Parts)-1]
		if o.Status != event.Scheduled || !l.Clock.Now().Before(part.WaitsUntil()) {
			continue
		}
		if l.book.Paper.PartID == part.ID {
			return nil
		}
		issued, err := l.Paper.Print(ctx, owner, paper.Input{
			EventID: e.ID, OccurrenceID: o.ID, PartID: part.ID, QuotaID: part.Quotas[0].ID, Codes: codes, SeatsEach: 1,
		})
		if errors.Is(err, paper.ErrTooFew) {
			return nil // somebody tried the button before
		}
		if err != nil {
			return err
		}
		l.book.Paper = Paper{EventID: e.ID, PartID: part.ID}
		for _, code := range issued.PlainCodes {
			l.book.Paper.Codes = append(l.book.Paper.Codes, code.Reveal())
		}
		return l.book.save()
	}
	return nil
}
