package site

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

type ticketFormView struct {
	Page   head
	Errors []fieldError
	Error  string
}

// ticketForm asks for the code. A code in the address's fragment never reaches us: the page's script sends it in the body.
func (s *Site) ticketForm(c echo.Context) error {
	return s.showBucketed(c, http.StatusOK, "ticket_form", s.ticketFormView(""))
}

func (s *Site) ticketFormView(refusal string) ticketFormView {
	v := ticketFormView{Page: head{Title: ticketTitle, Discreet: true, Current: "ticket"}, Error: refusal}
	if refusal != "" {
		v.Errors = []fieldError{{ID: "code", Text: refusal}}
	}
	return v
}

func (s *Site) ticketOpen(c echo.Context) error {
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	t, err := s.tickets.Look(c.Request().Context(), code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicket(c, http.StatusOK, code, t)
}

// refuseCode asks for the code again where that helps. The code is not written back.
func (s *Site) refuseCode(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid && !errors.Is(f, ticket.ErrUnknown) {
		return err
	}
	return s.showBucketed(c, httpx.StatusOf(f.Kind), "ticket_form", s.ticketFormView(s.words.Problem(f.Code, f.Params)))
}

// ticketReturn leads back from the addresses under which tickets are changed.
func ticketReturn(c echo.Context) error { return redirect(c, "/t") }
