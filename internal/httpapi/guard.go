package httpapi

import (
	"context"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// guard lets a request through to h when the route's rule and the contract permit it. Credentials come first, so that strangers learn nothing of the rest.
func (f *face) guard(line route, checks *operation, h echo.HandlerFunc) echo.HandlerFunc {
	if line.operation == "takeSeat" {
		return httpx.Bucketed(h) // checks by itself; its rule is anyone
	}
	if line.method == post && line.rule.access == staffOnly && checks.takesKey {
		h = f.once(h)
	}
	if line.operation == "changeTicketSlots" {
		change := h
		h = func(c echo.Context) error {
			from, _ := netip.ParseAddr(c.RealIP())
			return change(with(c, peerKey{}, from))
		}
	}
	checked := func(c echo.Context) error {
		if err := checks.check(c); err != nil {
			return err
		}
		return h(c)
	}
	switch line.rule.access {
	case public:
		return cached(checked)
	case paperOnly:
		return httpx.Bucketed(func(c echo.Context) error {
			httpx.NoStore(c)
			return checked(c)
		})
	case holderOnly:
		return httpx.Bucketed(func(c echo.Context) error {
			httpx.NoStore(c)
			code, err := presentedCode(c)
			if err != nil {
				c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Ticket realm="tonarimachi"`)
				return err
			}
			return checked(with(c, holderKey{}, code))
		})
	case doorOnly:
		return httpx.Bucketed(func(c echo.Context) error {
			httpx.NoStore(c)
			token, err := presentedDoor(c)
			if err == nil {
				err = checked(with(c, doorKey{}, token))
			}
			if fault.KindOf(err) == fault.KindUnauthenticated {
				c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Door realm="tonarimachi"`)
			}
			return err
		})
	case staffOnly:
		return func(c echo.Context) error {
			httpx.NoStore(c)
			bearer, ok := credentials(c, "Bearer")
			if !ok {
				return errTokenMissing
			}
			session, err := f.Staff.Authenticate(c.Request().Context(), bearer)
			if err != nil {
				return err
			}
			if err := staff.Require(session, c.Param("slug"), line.rule.permission); err != nil {
				return err
			}
			return checked(with(with(c, sessionKey{}, session), languageKey{}, &language{chosen: httpx.NegotiateLanguage(c)}))
		}
	}
	panic("httpapi: a route without a rule") // newRegistrar takes only those of the table
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

type (
	sessionKey struct{}
	holderKey  struct{}
	doorKey    struct{}
	// languageKey leads to a *language, on public and staff routes only.
	languageKey struct{}
)

// language is the one a request is answered in. used tells that the answer has words in it, so that
// caches keep one answer a language.
type language struct {
	chosen i18n.Lang
	used   bool
}

func with(c echo.Context, key, value any) echo.Context {
	c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key, value)))
	return c
}

// sessionOf gives who was recognised; on staff routes only.
func sessionOf(ctx context.Context) staff.Session { return ctx.Value(sessionKey{}).(staff.Session) }

func codeOf(ctx context.Context) secret.Ticket { return ctx.Value(holderKey{}).(secret.Ticket) }

func doorOf(ctx context.Context) secret.Door { return ctx.Value(doorKey{}).(secret.Door) }

// wordsOf gives the words in the language of a public or staff request, and notes that they were asked for.
func (f *face) wordsOf(ctx context.Context) *i18n.Localizer {
	lang := i18n.Japanese
	if l, ok := ctx.Value(languageKey{}).(*language); ok {
		l.used, lang = true, l.chosen
	}
	return f.Messages.Localizer(lang)
}

func keeperOf(ctx context.Context) venue.Author {
	s := sessionOf(ctx)
	return venue.Author{Organization: s.Organization.ID, Actor: s.Actor()}
}

func authorOf(ctx context.Context) event.Author {
	s := sessionOf(ctx)
	return event.Author{Organization: s.Organization.ID, Actor: s.Actor()}
}
