package site

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/site/door"
)

// ErrorPage renders a problem for people; it is httpx.Options.ErrorPage.
func (s *Site) ErrorPage(c echo.Context, status int, p httpx.Problem) error {
	return s.ShowError(c, status, p, page.ErrorFrame{
		Page: page.Head{Discreet: ofTicket(c), Staff: ofDoor(c)},
		Links: []page.Link{
			{Href: "/", Text: s.Text("site.nav.home")},
			{Href: "/events", Text: s.Text("site.nav.events")},
			{Href: "/t", Text: s.Text("site.nav.ticket")},
		},
		Padded: ofTicket(c),
	})
}

// ofTicket reports routes whose answers tell of a ticket, the door's among them.
func ofTicket(c echo.Context) bool {
	path := c.Path()
	return path == "/t" || path == "/paper" || ofDoor(c) || strings.HasPrefix(path, "/t/") ||
		strings.HasSuffix(path, "/tickets")
}

// ofDoor reports the routes of the phone at the door.
func ofDoor(c echo.Context) bool {
	return c.Path() == door.Path || strings.HasPrefix(c.Path(), door.Path+"/")
}
