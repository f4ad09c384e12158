package tickets

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// TakeSeat takes seats without a name. The route bypasses the generated code; see the
// package comment.
func (h *Handlers) TakeSeat(c echo.Context) error {
	httpx.NoStore(c)
	r := c.Request()
	var wanted ticket.Request
	if err := contract.ParseUUID(c.Param("event_id"), &wanted.EventID); err != nil {
		return contract.ErrPath.Field("event_id", "invalid_format")
	}
	if err := checkLang(r); err != nil {
		return err
	}
	if err := contract.CheckJSONType(r); err != nil {
		return err
	}
	raw, err := contract.ReadAll(r)
	if err != nil {
		return err
	}
	body, err := h.take.decode(raw)
	if err != nil {
		return err
	}
	wanted.QuotaID, wanted.Slots, wanted.Seats = body.quota, wire.Or(body.slots), body.seats
	wanted.Nickname, wanted.Wait, wanted.Answers = body.nickname, body.wait, body.answers
	if body.hasSecret {
		if wanted.Secret, err = secret.ParseTicket(body.secret); err != nil {
			return err
		}
	}
	if body.contact != nil {
		if err := h.Contacts.Check(r.Context(), *body.contact); err != nil {
			return err
		}
	}
	code, t, err := h.takeAdmitted(c, wanted, body.proof)
	if err != nil {
		return err
	}
	if body.contact != nil {
		return c.JSON(http.StatusCreated, h.issuedWithContact(r.Context(), code, t, *body.contact))
	}
	return h.answerIssued(c, code, t)
}

// takeAdmitted takes seats behind admission, where there is one. The address is read here and goes
// no further than admission's memory.
func (h *Handlers) takeAdmitted(c echo.Context, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	ctx := c.Request().Context()
	if h.Admission == nil {
		return h.Tickets.Take(ctx, r)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return h.Admission.Take(ctx, from, r, proof)
}

// issuedWithContact keeps a contact for a ticket that was just given. The seat stands whatever
// becomes of it.
func (h *Handlers) issuedWithContact(
	ctx context.Context,
	code secret.Ticket,
	t ticket.Ticket,
	c contact.Contact,
) api.IssuedTicket {
	err := h.Contacts.Put(ctx, code, c)
	t.HasContact = t.HasContact || err == nil
	out := h.issued(code, t)
	if err != nil {
		problem := fault.CodeOf(err)
		out.ContactProblem = &problem
	}
	return out
}

// takeBody is a TicketRequest of the contract.
type takeBody struct {
	quota     uuid.UUID
	slots     *[]uuid.UUID // further ones; nil for none, so that bodies can be compared
	seats     int
	secret    string
	hasSecret bool
	nickname  string
	proof     string
	wait      ticket.Reach
	answers   ticket.Answers
	contact   *contact.Contact
}

// checkLang refuses queries as checkParameters does; nearly always there is none.
func checkLang(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return contract.ErrQuery
	}
	for name, values := range query {
		if name != "lang" || len(values) > 1 {
			return contract.ErrQuery.Field(contract.Nameable(name), "unknown_field")
		}
	}
	return nil
}

// answersOf reads TicketAnswers, which the schema has checked.
func answersOf(object map[string]any) ticket.Answers {
	text := func(name string) string { s, _ := object[name].(string); return s }
	return ticket.Answers{Age: text("age"), Gender: text("gender"), Standing: text("standing"), Home: text("home")}
}
