package httpapi

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// takeSeat takes seats without a name. Bound by hand; see the package comment.
func (f *face) takeSeat(c echo.Context) error {
	httpx.NoStore(c)
	r := c.Request()
	var wanted ticket.Request
	if err := parseUUID(c.Param("event_id"), &wanted.EventID); err != nil {
		return errPath.Field("event_id", "invalid_format")
	}
	if err := checkLang(r); err != nil {
		return err
	}
	if err := checkJSONType(r); err != nil {
		return err
	}
	raw, err := readAll(r)
	if err != nil {
		return err
	}
	body, err := f.take.decode(raw)
	if err != nil {
		return err
	}
	wanted.QuotaID, wanted.Slots, wanted.Seats, wanted.Nickname, wanted.Wait, wanted.Answers = body.quota, or(body.slots), body.seats, body.nickname, body.wait, body.answers
	if body.hasSecret {
		if wanted.Secret, err = secret.ParseTicket(body.secret); err != nil {
			return err
		}
	}
	if body.contact != nil {
		if err := f.Contacts.Check(r.Context(), *body.contact); err != nil {
			return err
		}
	}
	code, t, err := f.guardedTake(c, wanted, body.proof)
	if err != nil {
		return err
	}
	if body.contact != nil {
		return c.JSON(http.StatusCreated, f.issuedWithContact(r.Context(), code, t, *body.contact))
	}
	return f.answerIssued(c, code, t)
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
		return errQuery
	}
	for name, values := range query {
		if name != "lang" || len(values) > 1 {
			return errQuery.Field(nameable(name), "unknown_field")
		}
	}
	return nil
}

// answersOf reads TicketAnswers, which the schema has checked.
func answersOf(object map[string]any) ticket.Answers {
	text := func(name string) string { s, _ := object[name].(string); return s }
	return ticket.Answers{Age: text("age"), Gender: text("gender"), Standing: text("standing"), Home: text("home")}
}
