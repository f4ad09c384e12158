package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// past says that some dates of a programme are over already, so that there are figures to look at.
type past struct {
	Dates  int `json:"dates"`  // how many, ending with the last before today
	People int `json:"people"` // who took seats for each, and came but for every sixth
}

// Past is the house some time ago: the same services and database, with a clock that is told the
// time.
type Past struct {
	clock     *clock.Fake
	db        *postgres.DB
	events    *event.Service
	bookings  *booking.Service
	rounds    *round.Service
	tickets   *ticket.Service
	door      *door.Service
	collector *report.Collector
}

// OpenPast builds it; c is db's own clock. db needs the roles of faces and worker, and is closed
// with it.
func OpenPast(db *postgres.DB, c *clock.Fake, keys *secret.Keys, random io.Reader) *Past {
	directory := organization.NewDirectory(db)
	rooms := board.NewService(db, directory, keys, random)
	p := &Past{
		clock:     c,
		db:        db,
		events:    event.NewService(db, directory, nil),
		bookings:  booking.NewService(db, directory, rooms),
		tickets:   ticket.New(db, keys, random, nil),
		door:      door.NewService(db, keys, random),
		collector: report.Collect(db, nil),
	}
	p.rounds = round.NewService(db, directory, rooms, p.bookings, random)
	p.tickets.CountAnswers(p.collector)
	return p
}

// Close ends it.
func (p *Past) Close() {
	p.tickets.Close()
	p.collector.Close()
	p.db.Close()
}

// relive lets dates of the programme have taken place, unless some have.
func (l *loader) relive(ctx context.Context, owner staff.Author, p Programme, e event.Event) error {
	now := l.Clock.Now()
	if p.Past == nil || p.Dates == nil || l.Past == nil || len(e.Occurrences) > len(e.Upcoming(now)) {
		return nil
	}
	then, err := l.Past(ctx, now)
	if err != nil {
		return err
	}
	defer then.Close()
	for _, day := range p.Dates.On.before(l.today, p.Past.Dates) {
		in, err := p.Dates.Day.on(day, p.Dates.Places[turn(day, len(p.Dates.Places))])
		if err != nil {
			return err
		}
		if err := then.hold(ctx, owner, e.ID, in, p.Past.People); err != nil {
			return fmt.Errorf("hold %s: %w", day, err)
		}
	}
	return nil
}

// hold goes through a date from its announcement to the figures.
func (p *Past) hold(ctx context.Context, owner staff.Author, id uuid.UUID, in event.OccurrenceInput, people int) error {
	p.clock.Set(in.StartsAt.AddDate(0, 0, -21))
	e, err := p.events.AddOccurrence(ctx, owner, id, in)
	if err != nil {
		return err
	}
	var o event.Occurrence
	for _, o = range e.Occurrences {
		if o.StartsAt.Equal(in.StartsAt) {
			break
		}
	}
	quota := o.Parts[0].Quotas[0].ID
	codes := make([]secret.Ticket, people)
	for i := range codes {
		r := ticket.Request{EventID: id, QuotaID: quota, Seats: 1, Answers: imagined(i)}
		if codes[i], _, err = p.tickets.Take(ctx, r); err != nil {
			return err
		}
	}
	p.clock.Set(in.StartsAt.Add(-time.Hour))
	issued, err := p.door.CreateLink(ctx, owner, id, o.ID)
	if err != nil {
		return err
	}
	for i, code := range codes {
		if i%6 == 5 {
			continue
		}
		if _, err := p.door.CheckIn(ctx, issued.Token, door.Shown{Secret: code}); err != nil {
			return err
		}
	}
	if err := p.collector.Flush(ctx); err != nil {
		return err
	}
	for _, at := range []time.Time{in.StartsAt.Add(report.AfterClosing), in.EndsAt.Add(report.AfterEnd)} {
		p.clock.Set(at)
		if err := p.collector.Flush(ctx); err != nil {
			return err
		}
		if _, err := report.Freeze(ctx, p.db); err != nil {
			return err
		}
	}
	return nil
}

// imagined gives the answers of nobody: counted out so that the figures look like something.
func imagined(i int) ticket.Answers {
	return ticket.Answers{
		Age:      []string{"40s", "50s", "30s", "50s", "60s", "40s", "", "50s", "70s_up", "20s", "40s"}[i%11],
		Gender:   []string{"woman", "man", "woman", "", "woman"}[i%5],
		Standing: []string{"supporter", "supporter", "family", "supporter", "", "self", "supporter"}[i%7],
		Home:     []string{"131164", "131059", "131164", "131164", "131016", "", ticket.Elsewhere, "131059"}[i%8],
	}
}

// before gives the last n days before today, the earliest first.
func (r days) before(today clock.Date, n int) []clock.Date {
	var found []clock.Date
	for month := firstOfMonth(today); len(found) < n; month = firstOfMonth(month.AddDays(-1)) {
		days := r.in(month)
		for i := len(days) - 1; i >= 0 && len(found) < n; i-- {
			if days[i].Before(today) {
				found = append([]clock.Date{days[i]}, found...)
			}
		}
	}
	return found
}
