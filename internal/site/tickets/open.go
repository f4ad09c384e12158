package tickets

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

type ticketFormView struct {
	Page   page.Head
	Errors []page.FieldError
	Error  string
}

// AskForCode asks for the code. A code in the address's fragment never reaches us: the page's
// script sends it in the body.
func (h *Handlers) AskForCode(c echo.Context) error {
	return h.ShowPadded(c, http.StatusOK, "ticket_form", h.ticketFormView(""))
}

func (h *Handlers) ticketFormView(refusal string) ticketFormView {
	v := ticketFormView{
		Page:  page.Head{Title: h.Text("tickets.title"), Discreet: true, Current: "ticket"},
		Error: refusal,
	}
	if refusal != "" {
		v.Errors = []page.FieldError{{ID: "code", Text: refusal}}
	}
	return v
}

// OpenTicket shows the ticket that the code in the form opens.
func (h *Handlers) OpenTicket(c echo.Context) error {
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	t, err := h.tickets.Look(c.Request().Context(), code)
	if err != nil {
		return h.refuseCode(c, err)
	}
	return h.ShowTicket(c, http.StatusOK, code, t)
}

// refuseCode asks for the code again where that helps. The code is not written back.
func (h *Handlers) refuseCode(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid && !errors.Is(f, ticket.ErrUnknown) {
		return err
	}
	return h.ShowPadded(c, httpx.StatusOf(f.Kind), "ticket_form", h.ticketFormView(h.Words.Problem(f.Code, f.Params)))
}

// ReturnToCode leads back from the addresses under which tickets are changed.
func ReturnToCode(c echo.Context) error { return page.Redirect(c, "/t") }
