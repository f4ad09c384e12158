package tickets

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// askView is a question to the holder, with one button for yes and one for no, which gives the
// seats back.
type askView struct{ Title, Text, Yes, No, Secret string }

// asks gives what the holder is asked; nil for nothing.
func (p viewBuilder) asks(v *ticketView, t ticket.Ticket) *askView {
	switch {
	case !v.Active:
		return nil
	case t.Status == ticket.Offered && t.OfferedUntil != nil && p.Now.Before(*t.OfferedUntil):
		return &askView{
			Title: p.Text("tickets.ask.offer.title"),
			Text:  p.Text("tickets.ask.offer.text", "until", page.UntilText(*t.OfferedUntil, p.Today)),
			Yes:   p.Text("tickets.ask.offer.yes"), No: p.Text("tickets.ask.offer.no"),
		}
	case t.AskedStillComing:
		return &askView{
			Title: p.Text("tickets.ask.coming.title"), Text: p.Text("tickets.ask.coming.text"),
			Yes: p.Text("tickets.ask.coming.yes"), No: p.Text("tickets.ask.coming.no"),
		}
	}
	return nil
}

// offered says where a ticket with an offer stands.
func (p viewBuilder) offered(v *ticketView, t ticket.Ticket) {
	v.Tone, v.Icon, v.Word = "few", "ticket", p.Text("tickets.offered.word")
	v.Text = p.Text("tickets.offered.text")
	if t.OfferedUntil != nil && !p.Now.Before(*t.OfferedUntil) {
		v.Tone, v.Icon = "full", "clock"
		v.Word, v.Text = p.Text("tickets.offer_over.word"), p.Text("tickets.offer_over.text")
	}
}

// ConfirmTicket says yes to an offer, or that one is still coming. Pressed twice it shows the same
// ticket; too late, the ticket as it is.
func (h *Handlers) ConfirmTicket(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	status := http.StatusOK
	t, err := h.tickets.Confirm(ctx, code)
	if slices.ContainsFunc(
		[]error{ticket.ErrOfferLapsed, ticket.ErrNothingAsked, ticket.ErrCancelled, ticket.ErrOver},
		func(known error) bool { return errors.Is(err, known) },
	) {
		status = http.StatusConflict
		t, err = h.tickets.Look(ctx, code)
	}
	if err != nil {
		return h.refuseCode(c, err)
	}
	return h.ShowTicket(c, status, code, t)
}
