package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Services are what the demo is loaded through. The operators' work as the owner's account, the
// others as the program.
type Services struct {
	OrganizationOperator *organization.Service
	StaffOperator        *staff.Service
	Staff                *staff.Service
	Events               *event.Service
	Search               *search.Service
	Tickets              *ticket.Service
	Door                 *door.Service
	Paper                *paper.Service
	Venues               *venue.Service
	Bookings             *booking.Service
	Rounds               *round.Service
	Contacts             *contact.Service
	// ContactKeys gives the dates ahead their keys, as the worker does by and by.
	ContactKeys func(ctx context.Context) error
	Clock       clock.Clock
	// Past opens the house as it was at a moment; without it no date is over.
	Past func(ctx context.Context, at time.Time) (*Past, error)
}

// Load brings the database up to date: organizations, one administrator each with what the book
// says, and every programme. It may be repeated and finishes what an earlier call left unfinished.
// One call at a time.
func Load(ctx context.Context, s Services, book *Book) error {
	roster, err := Roster()
	if err != nil {
		return err
	}
	programmes, err := Programmes()
	if err != nil {
		return err
	}
	if err := establish(ctx, s.OrganizationOperator, roster); err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	l := loader{
		Services: s,
		book:     book,
		today:    clock.Today(s.Clock),
		sessions: map[string]staff.Session{},
		known:    map[string]map[string]event.Event{},
	}
	twice, err := approvingTwice()
	if err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	for _, in := range roster.Inputs() {
		if l.sessions[in.Slug], err = l.enlist(ctx, in, book); err == nil && twice[in.Slug] {
			err = l.enlistSecond(ctx, in, book)
		}
		if err != nil {
			return fmt.Errorf("load demo: staff of %s: %w", in.Slug, err)
		}
	}
	if err := l.venues(ctx); err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	if err := l.bookings(ctx); err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	for _, p := range programmes {
		if err := l.programme(ctx, p); err != nil {
			return fmt.Errorf("load demo: programme %s: %w", p.ID, err)
		}
	}
	if err := l.rounds(ctx); err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	return nil
}

// establish sets up who takes part, be it that somebody tried to close one, and one group that no
// longer does.
func establish(ctx context.Context, operator *organization.Service, roster organization.Roster) error {
	for {
		_, err := operator.EstablishRoster(ctx, roster)
		refusal, _ := fault.As(err)
		if !errors.Is(err, organization.ErrClosed) {
			if err != nil {
				return err
			}
			break
		}
		slug, _ := refusal.Params["slug"].(string)
		if _, err := operator.Reopen(ctx, slug); err != nil {
			return err
		}
	}
	former := organization.Input{
		Kind:         organization.PartnerGroup,
		Slug:         "former-group",
		Name:         "参加を終えた団体の例",
		RegisteredBy: "adachi",
		Position:     len(roster.PartnerGroups) + 1,
		Introduction: "となりまちへの参加を終えた団体のページが、どう見えるかの例です。実在の団体ではありません。",
	}
	if _, err := operator.Establish(ctx, []organization.Input{former}); errors.Is(err, organization.ErrClosed) {
		return nil // by an earlier call
	} else if err != nil {
		return err
	}
	_, err := operator.Close(ctx, former.Slug)
	return err
}

type loader struct {
	Services
	book     *Book
	today    clock.Date
	sessions map[string]staff.Session
	known    map[string]map[string]event.Event // by owner and title
}

func (l *loader) author(slug string) (staff.Author, error) {
	session, ok := l.sessions[slug]
	if !ok {
		return staff.Author{}, fmt.Errorf("no organization %q", slug)
	}
	return session.Author(), nil
}

func (l *loader) programme(ctx context.Context, p Programme) error {
	owner, err := l.author(p.Owner)
	if err != nil {
		return err
	}
	e, err := l.ensure(ctx, owner, p)
	if err != nil || e.Status == event.Cancelled {
		return err // somebody tried the button: it stays cancelled
	}
	if p.Series != nil {
		if e, err = l.settle(ctx, owner, p, e); err != nil {
			return err
		}
	}
	if p.Example == nil ||
		p.Example.Moved == 0 { // a booked room would have to be asked for again before its date moves
		if e, err = l.house(ctx, owner, e); err != nil {
			return err
		}
	}
	if e.Status == event.Draft || e.Status == event.Submitted {
		if e, err = l.Events.Publish(ctx, owner, e.ID); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
	for _, o := range e.Organisers {
		if o.Approval != event.Pending {
			continue
		}
		organiser, err := l.author(o.Organization.Slug)
		if err != nil {
			return err
		}
		if _, err := l.Events.Decide(ctx, organiser, e.ID, true, 0); err != nil {
			return fmt.Errorf("approve as %s: %w", o.Organization.Slug, err)
		}
	}
	if e, err = l.layOut(ctx, owner, p, e); err != nil {
		return err
	}
	if p.Attend != nil {
		if err := l.attend(ctx, owner, e, *p.Attend); err != nil {
			return err
		}
	}
	if err := l.relive(ctx, owner, p, e); err != nil {
		return err
	}
	if p.Example == nil {
		return nil
	}
	return l.show(ctx, owner, e, *p.Example)
}

// ensure gives the event with all the dates it should have.
func (l *loader) ensure(ctx context.Context, owner staff.Author, p Programme) (event.Event, error) {
	if l.known[p.Owner] == nil {
		var err error
		if l.known[p.Owner], err = l.events(ctx, owner); err != nil {
			return event.Event{}, err
		}
	}
	e, exists := l.known[p.Owner][p.Event.Title]
	if exists && e.Status == event.Cancelled {
		return e, nil
	}
	var missing []event.OccurrenceInput
	if p.Dates != nil {
		var err error
		if missing, err = p.Dates.missing(e.Occurrences, l.today); err != nil {
			return event.Event{}, err
		}
	}
	if !exists {
		p.Event.Occurrences = missing
		e, err := l.Events.Create(ctx, owner, p.Event)
		if err != nil {
			return event.Event{}, fmt.Errorf("create: %w", err)
		}
		return e, nil
	}
	for _, o := range missing {
		var err error
		if e, err = l.Events.AddOccurrence(ctx, owner, e.ID, o); err != nil {
			return event.Event{}, fmt.Errorf("add date: %w", err)
		}
	}
	return e, nil
}

// events gives the owner's events by title, which tells its programmes apart.
func (l *loader) events(ctx context.Context, owner staff.Author) (map[string]event.Event, error) {
	found := map[string]event.Event{}
	filter := search.StaffFilter{Scope: search.ScopeOwn, Limit: 100}
	for {
		page, err := l.Search.ListForStaff(ctx, owner.Organization, filter)
		if err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
		for _, e := range page.Items {
			if _, twice := found[e.Title]; !twice {
				found[e.Title] = e
			}
		}
		if page.Next == nil {
			return found, nil
		}
		filter.After = page.Next
	}
}

// settle gives the event its series and decides the next months.
func (l *loader) settle(ctx context.Context, owner staff.Author, p Programme, e event.Event) (event.Event, error) {
	choices := p.Series.undecided(e.Series, l.today)
	if len(choices) == 0 {
		return e, nil
	}
	var err error
	if e.Series == nil {
		if e, err = l.Events.CreateSeries(ctx, owner, e.ID, p.Series.input(choices[0].Dates[0])); err != nil {
			return event.Event{}, fmt.Errorf("create series: %w", err)
		}
	}
	for _, choice := range choices {
		if e, err = l.Events.DecideMonth(ctx, owner, e.Series.ID, firstOfMonth(choice.Dates[0]), choice); err != nil {
			return event.Event{}, fmt.Errorf("decide month: %w", err)
		}
	}
	return e, nil
}

// show makes one date ahead an example of a change, unless there is one.
func (l *loader) show(ctx context.Context, owner staff.Author, e event.Event, x example) error {
	now := l.Clock.Now()
	var ahead []event.Occurrence
	for _, o := range e.Occurrences {
		if !o.StartsAt.After(now) {
			continue
		}
		if x.Cancelled > 0 && o.Status == event.OccurrenceCancelled || x.Postponed > 0 && o.Status == event.Postponed ||
			x.Moved > 0 && o.MovedFrom != nil {
			return nil
		}
		ahead = append(ahead, o)
	}
	number := max(x.Cancelled, x.Moved, x.Postponed)
	if number > len(ahead) {
		return nil
	}
	o := ahead[number-1]
	var err error
	switch {
	case x.Cancelled > 0:
		_, err = l.Events.CancelOccurrence(ctx, owner, e.ID, o.ID, x.Text)
	case x.Postponed > 0:
		_, err = l.Events.PostponeOccurrence(ctx, owner, e.ID, o.ID, x.Text)
	default:
		later := o.StartsAt.AddDate(0, 0, 7) // Tokyo has no clock changes
		_, err = l.Events.ChangeOccurrence(
			ctx,
			owner,
			e.ID,
			o.ID,
			event.OccurrenceChange{StartsAt: &later, Note: &x.Text},
		)
	}
	if err != nil && !errors.Is(err, event.ErrOccurrenceStatus) { // somebody changed that date: leave it
		return fmt.Errorf("show an example: %w", err)
	}
	return nil
}
