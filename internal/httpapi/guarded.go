package httpapi

import (
	"context"
	"net/netip"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Guard is what the face asks of guard.Guard.
type Guard interface {
	Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error)
	ChangeSlots(ctx context.Context, from netip.Addr, code secret.Ticket, take, giveBack []uuid.UUID, proof string) (ticket.Ticket, error)
}

// peerKey is where a request comes from; only on the route that needs it.
type peerKey struct{}

func peerOf(ctx context.Context) netip.Addr {
	from, _ := ctx.Value(peerKey{}).(netip.Addr) // the zero Addr for what is none
	return from
}

// guardedTake takes seats behind the guard, where there is one. The address is looked at here and goes no further than the guard's memory.
func (f *face) guardedTake(c echo.Context, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	ctx := c.Request().Context()
	if f.Guard == nil {
		return f.Tickets.Take(ctx, r)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return f.Guard.Take(ctx, from, r, proof)
}
