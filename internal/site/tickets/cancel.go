package tickets

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// CancelTicket gives the seats back. Pressed twice, it shows the same cancelled ticket; too late,
// the ticket as it is.
func (h *Handlers) CancelTicket(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	status := http.StatusOK
	t, err := h.tickets.Cancel(ctx, code)
	if errors.Is(err, ticket.ErrCancelled) || errors.Is(err, ticket.ErrOver) {
		if errors.Is(err, ticket.ErrOver) {
			status = http.StatusConflict
		}
		t, err = h.tickets.Look(ctx, code)
	}
	if err != nil {
		return h.refuseCode(c, err)
	}
	return h.ShowTicket(c, status, code, t)
}
