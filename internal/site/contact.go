package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Contacts is what the pages ask of contacts; contact.Service is one.
type Contacts interface {
	Ways(ctx context.Context, event uuid.UUID) (contact.Ways, error)
	Check(ctx context.Context, c contact.Contact) error
	// Put fails with contact.ErrNotYet, which is no reason to lose a seat, among others.
	Put(ctx context.Context, code secret.Ticket, c contact.Contact) error
	Remove(ctx context.Context, code secret.Ticket) error
}

const maxMailTyped = 320

// seatContact is the folded part of a form for seats. Mail is nil where nothing can be kept (yet).
type seatContact struct {
	Mail *input
	Open bool // something was typed
}

// ticketContact is the part of a ticket's page about its contact.
type ticketContact struct {
	Secret  string
	Kept    bool
	Mail    *input // nil where no mail can be sent
	PushKey string // "" where nothing can be pushed
	Text    string // why nothing can be kept now
	Open    bool
}

func mailInput(id string) *input {
	return &input{
		ID: id, Name: "mail", Type: "email", Label: "メールアドレス", Note: "なくてもかまいません", Max: maxMailTyped,
		Hint: "日時が変わったときや中止のとき、前の日などに、「お申し込みの予定について」という題のメールが届きます。集まりの名前は書きません。",
	}
}

// contactFields fills the folded part of a form, with what was typed.
func (f *former) contactFields(v *formView, date uuid.UUID) {
	v.Contact = &seatContact{}
	if !f.contacts.For(date) || !f.contacts.Mail {
		return
	}
	v.Contact.Mail = mailInput(v.ID + "-mail")
	if f.given != nil && f.givenForm == v && f.given.mail != "" {
		v.Contact.Open = true
		v.Contact.Mail.Value, v.Contact.Mail.Error = echoed(f.given.mail), f.given.mailFault
	}
}

// typedContact reads what a form holds; the zero Contact for nothing.
func (s *Site) typedContact(ctx context.Context, form url.Values) (c contact.Contact, err error) {
	switch {
	case form.Get("endpoint") != "":
		c, err = contact.FromPush(form.Get("endpoint"), form.Get("p256dh"), form.Get("auth"))
	case form.Get("mail") != "":
		c, err = contact.FromMail(form.Get("mail"))
	default:
		return contact.Contact{}, nil
	}
	if err == nil {
		err = s.contacts.Check(ctx, c)
	}
	return c, err
}

// notKept is what a ticket's page says when the seat is taken and the contact is not kept.
func (s *Site) notKept(err error) notice {
	n := notice{Tone: "change", Icon: "info", Title: "席はとれましたが、連絡先は預かれませんでした"}
	if f, ok := fault.As(err); ok && f.Kind != fault.KindInternal {
		n.Lines = []string{s.words.Problem(f.Code, f.Params)}
	} else {
		n.Lines = []string{"少しあとで、この参加票からもういちどお試しください。"}
	}
	return n
}

// ticketContactPart is nil for a ticket that nobody needs to be told of.
func (s *Site) ticketContactPart(ctx context.Context, code secret.Ticket, t ticket.Ticket, at seat) (*ticketContact, error) {
	ways, err := s.contacts.Ways(ctx, t.EventID)
	if err != nil {
		return nil, fmt.Errorf("read ways of contact: %w", err)
	}
	v := &ticketContact{Secret: code.Reveal(), Kept: t.HasContact}
	// A waiting ticket may come to another date, whose key it is sealed for.
	if ways.For(t.OccurrenceID) || t.Status == ticket.Waiting && at.event != nil && anyDate(ways, at.event) {
		if ways.Mail {
			v.Mail = mailInput("contact-mail")
		}
		v.PushKey = ways.PushKey
	}
	if v.Mail == nil && v.PushKey == "" && !v.Kept {
		v.Text = s.words.Problem(contact.ErrNotYet.Code, nil)
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

// ticketContact keeps or forgets the contact of a ticket.
func (s *Site) ticketContact(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	form, status := c.Request().PostForm, http.StatusOK
	var refusal *fault.Error
	if form.Get("contact") == "forget" {
		err = s.contacts.Remove(ctx, code)
	} else {
		var typed contact.Contact
		if typed, err = s.typedContact(ctx, form); err == nil {
			err = s.contacts.Put(ctx, code, typed)
		}
	}
	if err != nil {
		var ok bool
		if refusal, ok = fault.As(err); !ok || refusal.Kind == fault.KindInternal || refusal.Kind == fault.KindUnavailable || errors.Is(refusal, ticket.ErrUnknown) {
			return s.refuseCode(c, err)
		}
		status = httpx.StatusOf(refusal.Kind)
	}
	t, err := s.tickets.Look(ctx, code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicketWith(c, status, code, t, func(v *ticketView) { s.refuseContact(v, refusal, form.Get("mail")) })
}

// refuseContact shows what was typed and what is wrong with it.
func (s *Site) refuseContact(v *ticketView, refusal *fault.Error, typed string) {
	if refusal == nil {
		return
	}
	words := s.words.Problem(refusal.Code, refusal.Params)
	if v.Contact != nil && v.Contact.Mail != nil && typed != "" {
		v.Contact.Open, v.Contact.Mail.Value = true, echoed(typed)
		if errors.Is(refusal, contact.ErrMail) {
			v.Contact.Mail.Error, v.Errors = words, []fieldError{{ID: v.Contact.Mail.ID, Text: words}}
			return
		}
	}
	if refusal.Kind == fault.KindInvalid && v.Contact != nil {
		v.Contact.Open, v.Errors = true, []fieldError{{ID: "contact", Text: words}}
		return
	}
	v.Notices = append(v.Notices, notice{Tone: "change", Icon: "info", Title: "連絡先を預かれませんでした", Lines: []string{words}})
}

// notifyWorker gives the script that shows what was pushed. Its scope has no page in it: it can look at nothing.
func (s *Site) notifyWorker(c echo.Context) error {
	return s.assets.files["js/notify-worker.js"].serve(c, "no-cache")
}
