package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/site/door"
	"github.com/tonarimachi/tonarimachi/internal/site/events"
	"github.com/tonarimachi/tonarimachi/internal/site/tickets"
	"github.com/tonarimachi/tonarimachi/internal/site/venues"
)

// What the rooms together ask of one service; each room says what it asks.
type (
	// Events is what event.Service does for the pages.
	Events interface {
		events.Events
		tickets.Events
	}
	// Tickets is what ticket.Service does for the pages.
	Tickets interface {
		events.Tickets
		tickets.Tickets
	}
	// Contacts is what contact.Service does for the pages.
	Contacts interface {
		events.Contacts
		tickets.Contacts
	}
	// Guard is what admission.Service does for the pages.
	Guard interface {
		events.Admission
		tickets.Admission
	}
)

// Options are what the pages are made of; all are required, Guard apart.
type Options struct {
	Events   Events
	Search   events.Search
	Tickets  Tickets
	Contacts Contacts
	// Guard asks for work when many want the same seats; nil asks nobody.
	Guard     Guard
	Door      door.Door
	Paper     tickets.Paper
	Venues    venues.Venues
	Board     venues.Board
	Rounds    venues.Rounds
	Directory page.Directory
	Keys      *secret.Keys
	Random    io.Reader // cryptographically random, safe for concurrent use
	Clock     clock.Clock
	Messages  *i18n.Bundle
	Templates fs.FS // web.Templates
	Static    fs.FS // web.Static
	BaseURL   config.BaseURL
}

// Site serves the pages: its rooms serve their own, and it the few that belong to none. Safe for
// concurrent use.
type Site struct {
	*page.Renderer
	events  *events.Handlers
	tickets *tickets.Handlers
	venues  *venues.Handlers
	door    *door.Handlers
	english *i18n.Localizer // for those who build on the API
}

// New reads all templates and assets; a template that is not declared, missing or broken stops the
// start.
func New(o Options) (*Site, error) {
	if o.Events == nil || o.Search == nil || o.Tickets == nil || o.Contacts == nil || o.Door == nil || o.Paper == nil ||
		o.Venues == nil || o.Board == nil || o.Rounds == nil || o.Keys == nil || o.Random == nil {
		return nil, errors.New("make site: an option is missing")
	}
	views := ownViews()
	for _, room := range []map[string]any{events.Views(), tickets.Views(), venues.Views(), door.Views()} {
		maps.Copy(views, room)
	}
	r, err := page.New(page.Options{
		Directory: o.Directory,
		Clock:     o.Clock,
		Messages:  o.Messages,
		Templates: o.Templates,
		Static:    o.Static,
		BaseURL:   o.BaseURL,
		Folder:    "site",
		Views:     views,
	})
	if err != nil {
		return nil, fmt.Errorf("make site: %w", err)
	}
	s := &Site{Renderer: r, english: o.Messages.Localizer(i18n.English)}
	s.tickets = tickets.New(tickets.Options{
		Renderer:  r,
		Events:    o.Events,
		Tickets:   o.Tickets,
		Admission: o.Guard,
		Contacts:  o.Contacts,
		Paper:     o.Paper,
		Random:    o.Random,
	})
	s.events = events.New(events.Options{
		Renderer:   r,
		Events:     o.Events,
		Search:     o.Search,
		Tickets:    o.Tickets,
		Admission:  o.Guard,
		Contacts:   o.Contacts,
		TicketPage: s.tickets,
		Cursors:    o.Keys.Cursors(),
		Random:     o.Random,
	})
	s.venues = venues.New(venues.Options{
		Renderer: r, Venues: o.Venues, Board: o.Board, Rounds: o.Rounds, Cursors: o.Keys.Cursors(),
	})
	s.door = door.New(r, o.Door)
	return s, nil
}

// ownViews has an empty view for each template of the pages that belong to no room.
func ownViews() map[string]any {
	return map[string]any{
		"promises": promisesView{},
		"problem":  problemView{},
		"error":    page.ErrorView{},
		"koyomi":   koyomiView{},
		"proof":    page.ProofView{},
	}
}
