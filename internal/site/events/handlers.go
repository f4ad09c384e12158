package events

import (
	"context"
	"io"
	"net/netip"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// Events is what the pages ask of events; event.Service is one.
type Events interface {
	// Published fails with event.ErrUnknown for what is not listed.
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
}

// Search is what the pages ask of lists of events; search.Service is one.
type Search interface {
	// List fails with search.ErrFilter for a filter that names what does not exist.
	List(ctx context.Context, f search.Filter) (search.Page, error)
}

// Tickets is what the pages ask of tickets; ticket.Service is one.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	// Draw fails with draw.ErrUnknown for what is not drawn by lot or not listed.
	Draw(ctx context.Context, event, part uuid.UUID) (draw.Draw, error)
	// Erasures fails with event.ErrUnknown for what is not listed.
	Erasures(ctx context.Context, event uuid.UUID) ([]ticket.Erasure, error)
}

// Admission lets a request for seats through, or asks for some work first; admission.Service is
// one.
type Admission interface {
	Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error)
}

// Contacts is what the pages ask of contacts; contact.Service is one.
type Contacts interface {
	Ways(ctx context.Context, event uuid.UUID) (contact.Ways, error)
	Check(ctx context.Context, c contact.Contact) error
	// Put fails with contact.ErrNotYet, which is no reason to lose a seat, among others.
	Put(ctx context.Context, code secret.Ticket, c contact.Contact) error
}

// TicketPage answers a request for seats with the page of the ticket that was given.
type TicketPage interface {
	ShowTicket(c echo.Context, status int, code secret.Ticket, t ticket.Ticket, also ...page.Notice) error
}

// Options are what the pages are made of; all are required, Admission apart.
type Options struct {
	Renderer   *page.Renderer
	Events     Events
	Search     Search
	Tickets    Tickets
	Admission  Admission // nil asks nobody for work
	Contacts   Contacts
	TicketPage TicketPage
	Cursors    *secret.Sealer
	Random     io.Reader // cryptographically random, safe for concurrent use
}

// Handlers serves the pages of events. Safe for concurrent use.
type Handlers struct {
	*page.Renderer
	events     Events
	search     Search
	tickets    Tickets
	admission  Admission
	contacts   Contacts
	ticketPage TicketPage
	cursors    *secret.Sealer
	random     io.Reader
}

// New makes the pages of events.
func New(o Options) *Handlers {
	return &Handlers{
		Renderer:   o.Renderer,
		events:     o.Events,
		search:     o.Search,
		tickets:    o.Tickets,
		admission:  o.Admission,
		contacts:   o.Contacts,
		ticketPage: o.TicketPage,
		cursors:    o.Cursors,
		random:     o.Random,
	}
}

// Views has an empty view for each template of these pages.
func Views() map[string]any {
	return map[string]any{
		"home":         homeView{},
		"events":       eventsView{},
		"event":        eventView{},
		"organization": organizationView{},
		"erasure":      erasureView{},
		"draw":         drawView{},
	}
}

// viewBuilder turns what the concepts say into the views of these pages.
type viewBuilder struct {
	page.Builder
	// contacts are the ways in which holders of the page's event can be told; on its page alone.
	contacts contact.Ways
	slots    page.Slots // of the page's event
	random   io.Reader
}

func (h *Handlers) viewBuilder(ctx context.Context) (viewBuilder, error) {
	b, err := h.NewBuilder(ctx)
	return viewBuilder{Builder: b, random: h.random}, err
}
