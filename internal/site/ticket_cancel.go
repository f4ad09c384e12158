package site

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// ticketCancel gives the seats back. Pressed twice, it shows the same cancelled ticket; too late, the ticket as it is.
func (s *Site) ticketCancel(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	status := http.StatusOK
	t, err := s.tickets.Cancel(ctx, code)
	if errors.Is(err, ticket.ErrCancelled) || errors.Is(err, ticket.ErrOver) {
		if errors.Is(err, ticket.ErrOver) {
			status = http.StatusConflict
		}
		t, err = s.tickets.Look(ctx, code)
	}
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicket(c, status, code, t)
}
