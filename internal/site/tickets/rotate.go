package tickets

import (
	"crypto/rand"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// RotateTicket gives the ticket another code; the old one opens nothing from then on. The next code
// came with the page, so that a form that is sent twice, or a page that is loaded anew, opens the
// same ticket [R2].
func (h *Handlers) RotateTicket(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	code, err := secret.ParseTicket(form.Get("secret"))
	if err != nil {
		return h.refuseCode(c, err)
	}
	var next secret.Ticket
	if typed := form.Get("next"); typed != "" {
		next, err = secret.ParseTicket(typed)
	} else { // a page of the version before
		next, err = secret.NewTicket(rand.Reader)
	}
	if err != nil {
		return h.refuseCode(c, err)
	}
	t, err := h.tickets.RotateTo(c.Request().Context(), code, next)
	if err != nil {
		return h.refuseCode(c, err)
	}
	renewed := page.Notice{
		Icon:  "refresh",
		Title: h.Words.T("label.rotated.title", nil),
		Lines: []string{h.Words.T("label.rotated.code", nil)},
	}
	if t.CalendarEnded() {
		renewed.Lines = append(renewed.Lines, h.Words.T("label.rotated.calendar", nil))
	}
	return h.ShowTicket(c, http.StatusOK, next, t, renewed)
}
