package tickets

import (
	"context"
	"io"
	"net/netip"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Events is what the pages ask of events; event.Service is one.
type Events interface {
	// Published fails with event.ErrUnknown for what is not listed.
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
}

// Tickets is what the pages ask of tickets; ticket.Service is one. All fail with ticket.ErrUnknown
// for a secret nobody holds.
type Tickets interface {
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Cancel(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	// Confirm fails with ticket.ErrOfferLapsed when it comes too late, with ticket.ErrNothingAsked
	// for one that still waits.
	Confirm(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
	RotateTo(ctx context.Context, code, next secret.Ticket) (ticket.Ticket, error)
	StartCalendar(ctx context.Context, code secret.Ticket) (secret.Calendar, error)
	StopCalendar(ctx context.Context, code secret.Ticket) error
	// DayCode fails with ticket.ErrDayCodeEarly until the day before.
	DayCode(ctx context.Context, code secret.Ticket) (secret.DayCode, error)
}

// Admission lets a change of slots through, or asks for some work first; admission.Service is one.
type Admission interface {
	ChangeSlots(
		ctx context.Context,
		from netip.Addr,
		code secret.Ticket,
		take, giveBack []uuid.UUID,
		proof string,
	) (ticket.Ticket, error)
}

// Contacts is what the pages ask of contacts; contact.Service is one.
type Contacts interface {
	Ways(ctx context.Context, event uuid.UUID) (contact.Ways, error)
	Check(ctx context.Context, c contact.Contact) error
	// Put fails with contact.ErrNotYet, among others.
	Put(ctx context.Context, code secret.Ticket, c contact.Contact) error
	Remove(ctx context.Context, code secret.Ticket) error
}

// Paper is what the pages ask of codes on paper; paper.Service is one.
type Paper interface {
	Look(ctx context.Context, code secret.Paper) (paper.Reservation, error)
	Take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
}

// Options are what the pages are made of; all are required, Admission apart.
type Options struct {
	Renderer  *page.Renderer
	Events    Events
	Tickets   Tickets
	Admission Admission // nil asks nobody for work
	Contacts  Contacts
	Paper     Paper
	Random    io.Reader // cryptographically random, safe for concurrent use
}

// Handlers serves the pages of tickets. Safe for concurrent use.
type Handlers struct {
	*page.Renderer
	events    Events
	tickets   Tickets
	admission Admission
	contacts  Contacts
	paper     Paper
	random    io.Reader
}

// New makes the pages of tickets.
func New(o Options) *Handlers {
	return &Handlers{
		Renderer:  o.Renderer,
		events:    o.Events,
		tickets:   o.Tickets,
		admission: o.Admission,
		contacts:  o.Contacts,
		paper:     o.Paper,
		random:    o.Random,
	}
}

// Views has an empty view for each template of these pages.
func Views() map[string]any {
	return map[string]any{
		"ticket":       ticketView{},
		"ticket_form":  ticketFormView{},
		"ticket_slots": ticketSlotsView{},
		"ticket_slip":  slipView{},
		"paper":        paperView{},
	}
}

// viewBuilder turns what the concepts say into the views of these pages.
type viewBuilder struct{ page.Builder }

func (h *Handlers) viewBuilder(ctx context.Context) (viewBuilder, error) {
	b, err := h.NewBuilder(ctx)
	return viewBuilder{b}, err
}
