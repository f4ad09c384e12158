package page

import (
	"context"
	"net/url"

	"github.com/tonarimachi/tonarimachi/internal/contact"
)

const maxMailTyped = 320

// MailInput is the control for a mail address that hears of changes.
func (r *Renderer) MailInput(id string) *Input {
	return &Input{
		ID:    id,
		Name:  "mail",
		Type:  "email",
		Label: r.Text("page.mail.label"),
		Note:  r.Text("page.mail.note"),
		Max:   maxMailTyped,
		Hint:  r.Text("page.mail.hint"),
	}
}

// ContactChecker tells whether something can be sent to an address; contact.Service is one.
type ContactChecker interface {
	Check(ctx context.Context, c contact.Contact) error
}

// ReadContact reads and checks the contact of a form; the zero Contact when there is none.
func ReadContact(ctx context.Context, check ContactChecker, form url.Values) (c contact.Contact, err error) {
	switch {
	case form.Get("endpoint") != "":
		c, err = contact.FromPush(form.Get("endpoint"), form.Get("p256dh"), form.Get("auth"))
	case form.Get("mail") != "":
		c, err = contact.FromMail(form.Get("mail"))
	default:
		return contact.Contact{}, nil
	}
	if err == nil {
		err = check.Check(ctx, c)
	}
	return c, err
}
