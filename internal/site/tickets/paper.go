package tickets

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// paperView asks for a code, and once it has one shows what it opens.
type paperView struct {
	Page   page.Head
	Errors []page.FieldError
	Error  string
	Open   *paperOpen
}

type paperOpen struct {
	Code, Secret      string
	Title, Part, Time string
	Day               page.Leaf
	Place             *page.Place
	Until             string
	Seats             *page.SelectField
	Nickname          page.Input
}

// paperTyped is a request for seats that was refused, to be shown again as it was typed.
type paperTyped struct {
	seats, nickname string
	secret          secret.Ticket // zero: a fresh one is needed
	// What is wrong with each control, and with the request as a whole.
	seatsFault, nicknameFault, fault string
}

// AskForPaper asks for the code. One in the address's fragment never reaches us: the page's script
// sends it in the body.
func (h *Handlers) AskForPaper(c echo.Context) error {
	return h.ShowPadded(c, http.StatusOK, "paper", h.paperView(""))
}

func (h *Handlers) paperView(refusal string) paperView {
	v := paperView{Page: page.Head{Title: h.Text("tickets.paper_title"), Discreet: true}, Error: refusal}
	if refusal != "" {
		v.Errors = []page.FieldError{{ID: "paper-code", Text: refusal}}
	}
	return v
}

// OpenPaper shows what a code is good for.
func (h *Handlers) OpenPaper(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	code, err := secret.ParsePaper(form.Get("paper_code"))
	if err == nil {
		return h.showPaper(c, http.StatusOK, code, &paperTyped{})
	}
	return h.refusePaper(c, err)
}

// TakeByPaper takes the seats; sent twice it gives the same ticket.
func (h *Handlers) TakeByPaper(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	code, err := secret.ParsePaper(form.Get("paper_code"))
	if err != nil {
		return h.refusePaper(c, err)
	}
	asked := &paperTyped{seats: strings.TrimSpace(form.Get("seats")), nickname: form.Get("nickname")}
	r := ticket.Request{Seats: 1, Nickname: asked.nickname}
	if asked.seats != "" {
		if r.Seats, err = strconv.Atoi(asked.seats); err != nil {
			r.Seats = 0 // refused in the service's words
		}
	}
	if r.Secret, err = secret.ParseTicket(form.Get("secret")); err != nil {
		asked.fault = h.Words.Problem(page.ErrFormStale.Code, nil)
		return h.showPaper(c, http.StatusUnprocessableEntity, code, asked)
	}
	asked.secret = r.Secret
	mine, t, err := h.paper.Take(c.Request().Context(), code, r)
	if err == nil {
		return h.ShowTicket(c, http.StatusCreated, mine, t)
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid || len(f.Fields) == 0 && !errors.Is(f, ticket.ErrPayloadDiffers) {
		return h.refusePaper(c, err)
	}
	if errors.Is(f, ticket.ErrPayloadDiffers) {
		asked.secret, asked.fault = secret.Ticket{}, h.Words.Problem("ticket_form_used", nil)
	}
	for _, field := range f.Fields {
		switch text := h.Words.Field(field.Code, field.Params); field.Name {
		case "nickname":
			asked.nicknameFault = text
		case "seats":
			asked.seatsFault = text
		}
	}
	return h.showPaper(c, httpx.StatusOf(f.Kind), code, asked)
}

// refusePaper asks for the code again where that helps. The code is not written back.
func (h *Handlers) refusePaper(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return err
	}
	return h.ShowPadded(c, httpx.StatusOf(f.Kind), "paper", h.paperView(h.Words.Problem(f.Code, f.Params)))
}

func (h *Handlers) showPaper(c echo.Context, status int, code secret.Paper, asked *paperTyped) error {
	ctx := c.Request().Context()
	g, err := h.paper.Look(ctx, code)
	if err != nil {
		return h.refusePaper(c, err)
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	at, err := h.seat(
		ctx,
		ticket.Ticket{EventID: g.EventID, OccurrenceID: g.OccurrenceID, PartID: g.PartID, QuotaID: g.QuotaID},
	)
	if err != nil {
		return err
	}
	if at.occurrence == nil || at.part == nil {
		return h.refusePaper(c, paper.ErrOver)
	}
	if asked.secret.IsZero() {
		if asked.secret, err = secret.NewTicket(h.random); err != nil {
			return err
		}
	}
	v := h.paperView("")
	v.Open = &paperOpen{
		Code:   code.Reveal(),
		Secret: asked.secret.Reveal(),
		Title:  at.event.Title,
		Part:   at.part.Name,
		Place:  p.Place(at.occurrence.Place),
		Day: page.LeafOf(
			clock.DateOf(at.part.StartsAt),
			p.Today,
		),
		Time:  page.SpanText(at.part.StartsAt, at.part.EndsAt, p.Today),
		Until: page.UntilText(g.ReturnsAt, p.Today),
		Nickname: page.Input{
			ID:    "paper-nickname",
			Name:  "nickname",
			Type:  "text",
			Label: h.Text("page.nickname.label"),
			Note:  h.Text("page.nickname.note"),
			Hint:  h.Text("page.nickname.hint"),
			Max:   ticket.MaxNickname,
			Value: page.Echoed(asked.nickname),
			Error: asked.nicknameFault,
		},
	}
	if g.Seats > 1 || asked.seatsFault != "" {
		seats := &page.SelectField{
			ID:    "paper-seats",
			Name:  "seats",
			Label: h.Text("page.seats.label"),
			Error: asked.seatsFault,
		}
		for n := 1; n <= g.Seats; n++ {
			value := strconv.Itoa(n)
			seats.Options = append(
				seats.Options,
				page.Option{Value: value, Label: h.Text("page.people", "n", value), Selected: value == asked.seats},
			)
		}
		v.Open.Seats = seats
	}
	for id, text := range map[string]string{
		"paper-form":     asked.fault,
		"paper-seats":    asked.seatsFault,
		"paper-nickname": asked.nicknameFault,
	} {
		if text != "" {
			v.Errors = append(v.Errors, page.FieldError{ID: id, Text: text})
		}
	}
	return h.ShowPadded(c, status, "paper", v)
}

// ReturnToPaper leads back from the address under which codes are used.
func ReturnToPaper(c echo.Context) error { return page.Redirect(c, "/paper") }
