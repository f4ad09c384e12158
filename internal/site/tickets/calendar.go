package tickets

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// SwitchCalendar turns the private calendar of the ticket on or off, or gives it another address.
func (h *Handlers) SwitchCalendar(c echo.Context) error {
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	ctx := c.Request().Context()
	if c.Request().PostForm.Get("calendar") == "stop" {
		err = h.tickets.StopCalendar(ctx, code)
	} else {
		_, err = h.tickets.StartCalendar(ctx, code)
	}
	// A ticket that was cancelled meanwhile says so by itself.
	if err != nil && !errors.Is(err, ticket.ErrCancelled) {
		return h.refuseCode(c, err)
	}
	t, err := h.tickets.Look(ctx, code)
	if err != nil {
		return h.refuseCode(c, err)
	}
	return h.ShowTicket(c, http.StatusOK, code, t)
}
