package site

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// ticketRotate gives the ticket another code; the old one opens nothing from then on.
func (s *Site) ticketRotate(c echo.Context) error {
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	fresh, t, err := s.tickets.Rotate(c.Request().Context(), code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicket(c, http.StatusOK, fresh, t)
}
