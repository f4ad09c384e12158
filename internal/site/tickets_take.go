package site

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// errFormStale is a form whose hidden secret is gone; the page comes back with a fresh one.
var errFormStale = fault.Invalid("ticket_form_stale")

// ticketsTake answers with the ticket itself: a redirect would have to carry its secret. Sent twice, by an impatient finger or a reload, the
// form gives the same ticket, because its hidden secret is the request's name.
func (s *Site) ticketsTake(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := eventID(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	request, asked, refusal := readRequest(id, form)
	var reach contact.Contact
	if refusal == nil {
		reach, refusal = s.typedContact(ctx, form)
	}
	if refusal == nil {
		var code secret.Ticket
		var t ticket.Ticket
		if code, t, refusal = s.guardedTake(c, request, form.Get("proof")); refusal == nil {
			return s.showTaken(c, code, t, reach)
		}
		if shown, err := s.askProof(c, form, refusal); shown {
			return err
		}
	}
	f, ok := fault.As(refusal)
	if !ok || f.Kind == fault.KindInternal {
		return refusal
	}
	e, err := s.events.Published(ctx, id)
	if err != nil {
		return errors.Join(err, refusal)
	}
	return s.giveBack(c, &e, asked, f)
}

// showTaken shows the ticket after its contact, if one was typed, was sealed: the seat stands whatever becomes of that.
func (s *Site) showTaken(c echo.Context, code secret.Ticket, t ticket.Ticket, reach contact.Contact) error {
	if reach.IsZero() {
		return s.showTicket(c, http.StatusCreated, code, t)
	}
	err := s.contacts.Put(c.Request().Context(), code, reach)
	t.HasContact = t.HasContact || err == nil
	return s.showTicketWith(c, http.StatusCreated, code, t, func(v *ticketView) {
		if err != nil {
			v.Notices = append(v.Notices, s.notKept(err))
		}
	})
}

// readRequest reads the fields; what can't be read is a refusal. The controls of the page know better, so this is for hands and other programs.
func readRequest(id uuid.UUID, form url.Values) (ticket.Request, *given, error) {
	asked := &given{quota: form.Get("quota_id"), seats: strings.TrimSpace(form.Get("seats")), nickname: form.Get("nickname"), reach: form.Get("wait_for"), mail: form.Get("mail")}
	r := ticket.Request{EventID: id, Nickname: asked.nickname, Seats: 1, Wait: ticket.Reach(form.Get("wait_for"))}
	asked.answers = readAnswers(form)
	r.Answers = asked.answers
	code, err := secret.ParseTicket(form.Get("secret"))
	if err != nil {
		return r, asked, errFormStale
	}
	asked.secret, r.Secret = code, code
	if asked.picked, err = readSlots(form, &r); asked.picked != nil {
		return r, asked, err
	}
	if r.QuotaID, err = uuid.Parse(asked.quota); err != nil {
		return r, asked, ticket.ErrQuotaUnknown
	}
	asked.quota = r.QuotaID.String()
	if asked.seats != "" {
		if r.Seats, err = strconv.Atoi(asked.seats); err != nil {
			return r, asked, ticket.ErrSeats.Field("seats", "invalid")
		}
	}
	return r, asked, nil
}

// giveBack shows the page again with what was typed and what is wrong with it.
func (s *Site) giveBack(c echo.Context, e *event.Event, asked *given, f *fault.Error) error {
	p, err := s.painter(c.Request().Context())
	if err != nil {
		return err
	}
	if p, err = p.withSlots(c.Request().Context(), e); err != nil {
		return err
	}
	if asked.picked != nil {
		asked.picked.blame(f)
	}
	if errors.Is(f, ticket.ErrPayloadDiffers) {
		// The page was gone back to after it had given a ticket: the next press is a request of its own.
		asked.secret = secret.Ticket{}
		f = fault.Invalid("ticket_form_used")
	}
	for _, field := range f.Fields {
		switch text := s.words.Field(field.Code, field.Params); field.Name {
		case "nickname":
			asked.nicknameFault = text
		case "seats":
			asked.seatsFault = text
		case "contact.mail":
			asked.mailFault = text
		}
	}
	if errors.Is(f, ticket.ErrTooManySeats) || errors.Is(f, ticket.ErrTooLarge) {
		asked.seatsFault = s.words.Problem(f.Code, f.Params)
	}
	if asked.nicknameFault == "" && asked.seatsFault == "" && asked.mailFault == "" {
		asked.fault = s.words.Problem(f.Code, f.Params)
	}
	if p.contacts, err = s.contacts.Ways(c.Request().Context(), e.ID); err != nil {
		return err
	}
	v, err := p.event(e, asked)
	if err != nil {
		return err
	}
	status := httpx.StatusOf(f.Kind)
	if f.Kind == fault.KindNotFound {
		status = http.StatusUnprocessableEntity // the page is there; the form asked for something that is not on it
	}
	return s.showBucketed(c, status, "event", v)
}
