package caller

import (
	"context"
	"net/netip"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

type (
	sessionKey struct{}
	ticketKey  struct{}
	doorKey    struct{}
	peerKey    struct{}
	// languageKey leads to a *Language, on public and staff routes only.
	languageKey struct{}
)

// WithSession notes who was recognised.
func WithSession(c echo.Context, s staff.Session) echo.Context { return with(c, sessionKey{}, s) }

// Session gives who was recognised; on staff routes only.
func Session(ctx context.Context) staff.Session { return ctx.Value(sessionKey{}).(staff.Session) }

// Author gives who answers for a change: the recognised member's organization, and the member or
// token that acts; on staff routes only.
func Author(ctx context.Context) staff.Author { return Session(ctx).Author() }

// WithTicketCode notes the participation code that was presented.
func WithTicketCode(c echo.Context, code secret.Ticket) echo.Context {
	return with(c, ticketKey{}, code)
}

// TicketCode gives the participation code that was presented; on routes of holders only.
func TicketCode(ctx context.Context) secret.Ticket { return ctx.Value(ticketKey{}).(secret.Ticket) }

// WithDoorToken notes the token of a day link that was presented.
func WithDoorToken(c echo.Context, token secret.Door) echo.Context { return with(c, doorKey{}, token) }

// DoorToken gives the token of the day link that was presented; on routes of the door only.
func DoorToken(ctx context.Context) secret.Door { return ctx.Value(doorKey{}).(secret.Door) }

// WithPeer notes the address that a request comes from.
func WithPeer(c echo.Context) echo.Context {
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return with(c, peerKey{}, from)
}

// Peer gives the address that a request comes from, on routes that note it; the zero Addr
// elsewhere.
func Peer(ctx context.Context) netip.Addr {
	from, _ := ctx.Value(peerKey{}).(netip.Addr)
	return from
}

func with(c echo.Context, key, value any) echo.Context {
	c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key, value)))
	return c
}
