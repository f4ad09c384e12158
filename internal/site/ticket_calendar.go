package site

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// ticketCalendar turns the private calendar of the ticket on or off, or gives it another address.
func (s *Site) ticketCalendar(c echo.Context) error {
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	ctx := c.Request().Context()
	if c.Request().PostForm.Get("calendar") == "stop" {
		err = s.tickets.StopCalendar(ctx, code)
	} else {
		_, err = s.tickets.StartCalendar(ctx, code)
	}
	// A ticket that was cancelled meanwhile says so by itself.
	if err != nil && !errors.Is(err, ticket.ErrCancelled) {
		return s.refuseCode(c, err)
	}
	t, err := s.tickets.Look(ctx, code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicket(c, http.StatusOK, code, t)
}
