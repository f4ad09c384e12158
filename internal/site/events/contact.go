package events

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// seatContact is the folded part of a form for seats. Mail is nil where nothing can be kept (yet).
type seatContact struct {
	Mail *page.Input
	Open bool // something was typed
}

// contactFields fills the folded part of a form, with what was typed.
func (f *formBuilder) contactFields(v *formView, date uuid.UUID) {
	v.Contact = &seatContact{}
	if !f.contacts.For(date) || !f.contacts.Mail {
		return
	}
	v.Contact.Mail = f.MailInput(v.ID + "-mail")
	if f.given != nil && f.givenForm == v && f.given.mail != "" {
		v.Contact.Open = true
		v.Contact.Mail.Value, v.Contact.Mail.Error = page.Echoed(f.given.mail), f.given.mailFault
	}
}

// notKept is what a ticket's page says when the seat is taken and the contact is not kept.
func (h *Handlers) notKept(err error) page.Notice {
	n := page.Notice{Tone: "change", Icon: "info", Title: h.Text("events.contact_not_kept.title")}
	if f, ok := fault.As(err); ok && f.Kind != fault.KindInternal {
		n.Lines = []string{h.Words.Problem(f.Code, f.Params)}
	} else {
		n.Lines = []string{h.Text("events.contact_not_kept.later")}
	}
	return n
}
