package tickets

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// KeepContact is the part of a ticket's page about its contact.
type ticketContact struct {
	Secret  string
	Kept    bool
	Mail    *page.Input // nil where no mail can be sent
	PushKey string      // "" where nothing can be pushed
	Text    string      // why nothing can be kept now
	Open    bool
}

// ticketContactPart is nil for a ticket that nobody needs to be told of.
func (h *Handlers) ticketContactPart(
	ctx context.Context,
	code secret.Ticket,
	t ticket.Ticket,
	at seat,
) (*ticketContact, error) {
	ways, err := h.contacts.Ways(ctx, t.EventID)
	if err != nil {
		return nil, fmt.Errorf("read ways of contact: %w", err)
	}
	v := &ticketContact{Secret: code.Reveal(), Kept: t.HasContact}
	// A waiting ticket may come to another date, whose key it is sealed for.
	if ways.For(t.OccurrenceID) || t.Status == ticket.Waiting && at.event != nil && anyDate(ways, at.event) {
		if ways.Mail {
			v.Mail = h.MailInput("contact-mail")
		}
		v.PushKey = ways.PushKey
	}
	if v.Mail == nil && v.PushKey == "" && !v.Kept {
		v.Text = h.Words.Problem(contact.ErrNotYet.Code, nil)
	}
	return v, nil
}

func anyDate(ways contact.Ways, e *event.Event) bool {
	for i := range e.Occurrences {
		if ways.For(e.Occurrences[i].ID) {
			return true
		}
	}
	return false
}

// KeepContact keeps or forgets the contact of a ticket.
func (h *Handlers) KeepContact(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	form, status := c.Request().PostForm, http.StatusOK
	var refusal *fault.Error
	if form.Get("contact") == "forget" {
		err = h.contacts.Remove(ctx, code)
	} else {
		var typed contact.Contact
		if typed, err = page.ReadContact(ctx, h.contacts, form); err == nil {
			err = h.contacts.Put(ctx, code, typed)
		}
	}
	if err != nil {
		var ok bool
		if refusal, ok = fault.As(
			err,
		); !ok || refusal.Kind == fault.KindInternal || refusal.Kind == fault.KindUnavailable ||
			errors.Is(refusal, ticket.ErrUnknown) {
			return h.refuseCode(c, err)
		}
		status = httpx.StatusOf(refusal.Kind)
	}
	t, err := h.tickets.Look(ctx, code)
	if err != nil {
		return h.refuseCode(c, err)
	}
	return h.showTicketWith(c, status, code, t, func(v *ticketView) { h.refuseContact(v, refusal, form.Get("mail")) })
}

// refuseContact shows what was typed and what is wrong with it.
func (h *Handlers) refuseContact(v *ticketView, refusal *fault.Error, typed string) {
	if refusal == nil {
		return
	}
	words := h.Words.Problem(refusal.Code, refusal.Params)
	if v.Contact != nil && v.Contact.Mail != nil && typed != "" {
		v.Contact.Open, v.Contact.Mail.Value = true, page.Echoed(typed)
		if errors.Is(refusal, contact.ErrMail) {
			v.Contact.Mail.Error, v.Errors = words, []page.FieldError{{ID: v.Contact.Mail.ID, Text: words}}
			return
		}
	}
	if refusal.Kind == fault.KindInvalid && v.Contact != nil {
		v.Contact.Open, v.Errors = true, []page.FieldError{{ID: "contact", Text: words}}
		return
	}
	v.Notices = append(
		v.Notices,
		page.Notice{Tone: "change", Icon: "info", Title: h.Text("tickets.contact_refused"), Lines: []string{words}},
	)
}

// SendNotifyWorker gives the script that shows what was pushed. Its scope has no page in it: it can
// look at nothing.
func (h *Handlers) SendNotifyWorker(c echo.Context) error {
	return h.ServeAsset(c, "js/notify-worker.js", "no-cache")
}
