package events

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// TakeSeats answers with the ticket itself: a redirect would have to carry its secret. Sent
// twice, by an impatient finger or a reload, the form gives the same ticket, because its hidden
// secret is the request's name.
func (h *Handlers) TakeSeats(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := eventID(c)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	request, asked, refusal := readRequest(id, form)
	var reach contact.Contact
	if refusal == nil {
		reach, refusal = page.ReadContact(ctx, h.contacts, form)
	}
	if refusal == nil {
		var code secret.Ticket
		var t ticket.Ticket
		if code, t, refusal = h.admit(c, request, form.Get("proof")); refusal == nil {
			return h.showTaken(c, code, t, reach)
		}
		if shown, err := h.AskProof(c, form, refusal); shown {
			return err
		}
	}
	f, ok := fault.As(refusal)
	if !ok || f.Kind == fault.KindInternal {
		return refusal
	}
	e, err := h.events.Published(ctx, id)
	if err != nil {
		return errors.Join(err, refusal)
	}
	return h.giveBack(c, &e, asked, f)
}

// admit takes the seats, after some work where many want the same.
func (h *Handlers) admit(c echo.Context, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	ctx := c.Request().Context()
	if h.admission == nil {
		return h.tickets.Take(ctx, r)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return h.admission.Take(ctx, from, r, proof)
}

// showTaken shows the ticket after its contact, if one was typed, was sealed: the seat stands
// whatever becomes of that.
func (h *Handlers) showTaken(c echo.Context, code secret.Ticket, t ticket.Ticket, reach contact.Contact) error {
	if reach.IsZero() {
		return h.ticketPage.ShowTicket(c, http.StatusCreated, code, t)
	}
	if err := h.contacts.Put(c.Request().Context(), code, reach); err != nil {
		return h.ticketPage.ShowTicket(c, http.StatusCreated, code, t, h.notKept(err))
	}
	t.HasContact = true
	return h.ticketPage.ShowTicket(c, http.StatusCreated, code, t)
}

// readRequest reads the fields; what can't be read is a refusal. The controls of the page know
// better, so this is for hands and other programs.
func readRequest(id uuid.UUID, form url.Values) (ticket.Request, *given, error) {
	asked := &given{
		quota:    form.Get("quota_id"),
		seats:    strings.TrimSpace(form.Get("seats")),
		nickname: form.Get("nickname"),
		reach:    form.Get("wait_for"),
		mail:     form.Get("mail"),
	}
	r := ticket.Request{EventID: id, Nickname: asked.nickname, Seats: 1, Wait: ticket.Reach(form.Get("wait_for"))}
	asked.answers = readAnswers(form)
	r.Answers = asked.answers
	code, err := secret.ParseTicket(form.Get("secret"))
	if err != nil {
		return r, asked, page.ErrFormStale
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
func (h *Handlers) giveBack(c echo.Context, e *event.Event, asked *given, f *fault.Error) error {
	p, err := h.viewBuilder(c.Request().Context())
	if err != nil {
		return err
	}
	if p.slots, err = page.FindSlots(c.Request().Context(), h.events, e, p.Now); err != nil {
		return err
	}
	if asked.picked != nil {
		asked.picked.Blame(f)
	}
	if errors.Is(f, ticket.ErrPayloadDiffers) {
		// The page was gone back to after it had given a ticket: the next press is a request of its
		// own.
		asked.secret = secret.Ticket{}
		f = fault.Invalid("ticket_form_used")
	}
	for _, field := range f.Fields {
		switch text := h.Words.Field(field.Code, field.Params); field.Name {
		case "nickname":
			asked.nicknameFault = text
		case "seats":
			asked.seatsFault = text
		case "contact.mail":
			asked.mailFault = text
		}
	}
	if errors.Is(f, ticket.ErrTooManySeats) || errors.Is(f, ticket.ErrTooLarge) {
		asked.seatsFault = h.Words.Problem(f.Code, f.Params)
	}
	if asked.nicknameFault == "" && asked.seatsFault == "" && asked.mailFault == "" {
		asked.fault = h.Words.Problem(f.Code, f.Params)
	}
	if p.contacts, err = h.contacts.Ways(c.Request().Context(), e.ID); err != nil {
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
	return h.ShowPadded(c, status, "event", v)
}
