package httpapi

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// authorize lets a request through to h when the route's rule and the contract permit it.
// Credentials come first, so that strangers learn nothing of the rest.
func (s *server) authorize(line route, checks *contract.Operation, h echo.HandlerFunc) echo.HandlerFunc {
	if line.rule.checksItself {
		return httpx.Bucketed(h)
	}
	if line.method == post && line.rule.access == staffOnly && checks.TakesKey {
		h = s.idempotent(h)
	}
	if line.rule.notesPeer {
		h = withPeer(h)
	}
	checked := func(c echo.Context) error {
		if err := checks.Check(c); err != nil {
			return err
		}
		return h(c)
	}
	switch line.rule.access {
	case public:
		return cached(checked)
	case paperOnly:
		return httpx.Bucketed(notStored(checked))
	case holderOnly:
		return httpx.Bucketed(notStored(withTicketCode(checked)))
	case doorOnly:
		return httpx.Bucketed(notStored(withDoorToken(checked)))
	case staffOnly:
		return notStored(s.withSession(line.rule.permission, checked))
	}
	panic("httpapi: a route without a rule") // newRegistrar takes only those of the table
}

// notStored keeps every answer of h, refusals too, out of caches.
func notStored(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		httpx.NoStore(c)
		return h(c)
	}
}

func withPeer(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error { return h(caller.WithPeer(c)) }
}

// withTicketCode asks for a participation code; the services say whether there is such a ticket.
func withTicketCode(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		code, err := presentedCode(c)
		if err != nil {
			c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Ticket realm="tonarimachi"`)
			return err
		}
		return h(caller.WithTicketCode(c, code))
	}
}

// withDoorToken asks for the token of a day link; the services say whether it is a good one.
func withDoorToken(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, err := presentedDoor(c)
		if err == nil {
			err = h(caller.WithDoorToken(c, token))
		}
		if fault.KindOf(err) == fault.KindUnauthenticated {
			c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Door realm="tonarimachi"`)
		}
		return err
	}
}

// withSession asks for a token of a member who has the permission in the path's organization.
func (s *server) withSession(permission staff.Permission, h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		bearer, ok := credentials(c, "Bearer")
		if !ok {
			return errTokenMissing
		}
		session, err := s.staff.Authenticate(c.Request().Context(), bearer)
		if err != nil {
			return err
		}
		if err := staff.Require(session, c.Param("slug"), permission); err != nil {
			return err
		}
		c = caller.WithSession(c, session)
		return h(caller.WithLanguage(c, &caller.Language{Chosen: httpx.NegotiateLanguage(c)}))
	}
}

// credentials gives what follows the scheme in Authorization (RFC 9110 section 11.4).
func credentials(c echo.Context, scheme string) (string, bool) {
	lines := c.Request().Header.Values(echo.HeaderAuthorization)
	if len(lines) != 1 {
		return "", false
	}
	named, rest, ok := strings.Cut(lines[0], " ")
	return strings.TrimSpace(rest), ok && strings.EqualFold(named, scheme)
}

func presentedCode(c echo.Context) (secret.Ticket, error) {
	typed, ok := credentials(c, "Ticket")
	if !ok {
		return secret.Ticket{}, errTicketMissing
	}
	code, err := secret.ParseTicket(typed)
	if fault.KindOf(err) == fault.KindInvalid {
		return secret.Ticket{}, errTicketMalformed.Because(err)
	}
	return code, err
}

func presentedDoor(c echo.Context) (secret.Door, error) {
	text, ok := credentials(c, "Door")
	if !ok {
		return secret.Door{}, errDoorMissing
	}
	token, ok := secret.ParseDoor(text)
	if !ok {
		return secret.Door{}, door.ErrLink
	}
	return token, nil
}
