package tickets

import (
	"context"
	"net/netip"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// Contacts is what the handlers ask of contact.Service.
type Contacts interface {
	Ways(ctx context.Context, event uuid.UUID) (contact.Ways, error)
	Check(ctx context.Context, c contact.Contact) error
	Put(ctx context.Context, code secret.Ticket, c contact.Contact) error
	Remove(ctx context.Context, code secret.Ticket) error
}

// Events is what the handlers ask of event.Service.
type Events interface {
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	ForStaff(ctx context.Context, organization, id uuid.UUID) (event.Event, error)
	Sittings(ctx context.Context, parts []uuid.UUID) (map[uuid.UUID]event.Sitting, error)
}

// Admission is what the handlers ask of admission.Service.
type Admission interface {
	Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error)
	ChangeSlots(
		ctx context.Context,
		from netip.Addr,
		code secret.Ticket,
		take, giveBack []uuid.UUID,
		proof string,
	) (ticket.Ticket, error)
}

// Paper is what the handlers ask of paper.Service.
type Paper interface {
	Print(ctx context.Context, by staff.Author, in paper.Input) (paper.Issued, error)
	Sheets(ctx context.Context, organization, eventID uuid.UUID) ([]paper.Sheet, error)
	Revoke(ctx context.Context, by staff.Author, eventID, sheet uuid.UUID) error
	Look(ctx context.Context, code secret.Paper) (paper.Reservation, error)
	Take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
}

// Tickets is what the handlers ask of ticket.Service.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Cancel(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
	Confirm(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	Rotate(ctx context.Context, code secret.Ticket) (secret.Ticket, ticket.Ticket, error)
	RotateTo(ctx context.Context, code, next secret.Ticket) (ticket.Ticket, error)
	StartCalendar(ctx context.Context, code secret.Ticket) (secret.Calendar, error)
	StopCalendar(ctx context.Context, code secret.Ticket) error
	DayCode(ctx context.Context, code secret.Ticket) (secret.DayCode, error)
	Erasures(ctx context.Context, eventID uuid.UUID) ([]ticket.Erasure, error)
	Draw(ctx context.Context, eventID, partID uuid.UUID) (draw.Draw, error)
}
