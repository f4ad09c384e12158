package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Paper is what the pages ask of codes on paper; paper.Service is one.
type Paper interface {
	Look(ctx context.Context, code secret.Paper) (paper.Good, error)
	Take(ctx context.Context, code secret.Paper, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
}

// paperView asks for a code, and once it has one shows what it opens.
type paperView struct {
	Page   head
	Errors []fieldError
	Error  string
	Open   *paperOpen
}

type paperOpen struct {
	Code, Secret      string
	Title, Part, Time string
	Day               leaf
	Place             *place
	Until             string
	Seats             *selectField
	Nickname          input
}

// paperForm asks for the code. One in the address's fragment never reaches us: the page's script sends it in the body.
func (s *Site) paperForm(c echo.Context) error {
	return s.showBucketed(c, http.StatusOK, "paper", s.paperView(""))
}

func (s *Site) paperView(refusal string) paperView {
	v := paperView{Page: head{Title: "紙の番号で席をとる", Discreet: true}, Error: refusal}
	if refusal != "" {
		v.Errors = []fieldError{{ID: "paper-code", Text: refusal}}
	}
	return v
}

// paperOpen shows what a code is good for.
func (s *Site) paperOpen(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	code, err := secret.ParsePaper(form.Get("paper_code"))
	if err == nil {
		return s.showPaper(c, http.StatusOK, code, &given{})
	}
	return s.refusePaper(c, err)
}

// paperTake takes the seats; sent twice it gives the same ticket.
func (s *Site) paperTake(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	code, err := secret.ParsePaper(form.Get("paper_code"))
	if err != nil {
		return s.refusePaper(c, err)
	}
	asked := &given{seats: strings.TrimSpace(form.Get("seats")), nickname: form.Get("nickname")}
	r := ticket.Request{Seats: 1, Nickname: asked.nickname}
	if asked.seats != "" {
		if r.Seats, err = strconv.Atoi(asked.seats); err != nil {
			r.Seats = 0 // refused in the service's words
		}
	}
	if r.Secret, err = secret.ParseTicket(form.Get("secret")); err != nil {
		asked.fault = s.words.Problem(errFormStale.Code, nil)
		return s.showPaper(c, http.StatusUnprocessableEntity, code, asked)
	}
	asked.secret = r.Secret
	mine, t, err := s.paper.Take(c.Request().Context(), code, r)
	if err == nil {
		return s.showTicket(c, http.StatusCreated, mine, t)
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid || len(f.Fields) == 0 && !errors.Is(f, ticket.ErrPayloadDiffers) {
		return s.refusePaper(c, err)
	}
	if errors.Is(f, ticket.ErrPayloadDiffers) {
		asked.secret, asked.fault = secret.Ticket{}, s.words.Problem("ticket_form_used", nil)
	}
	for _, field := range f.Fields {
		switch text := s.words.Field(field.Code, field.Params); field.Name {
		case "nickname":
			asked.nicknameFault = text
		case "seats":
			asked.seatsFault = text
		}
	}
	return s.showPaper(c, httpx.StatusOf(f.Kind), code, asked)
}

// refusePaper asks for the code again where that helps. The code is not written back.
func (s *Site) refusePaper(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return err
	}
	return s.showBucketed(c, httpx.StatusOf(f.Kind), "paper", s.paperView(s.words.Problem(f.Code, f.Params)))
}

func (s *Site) showPaper(c echo.Context, status int, code secret.Paper, asked *given) error {
	ctx := c.Request().Context()
	g, err := s.paper.Look(ctx, code)
	if err != nil {
		return s.refusePaper(c, err)
	}
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	at, err := s.seat(ctx, ticket.Ticket{EventID: g.EventID, OccurrenceID: g.OccurrenceID, PartID: g.PartID, QuotaID: g.QuotaID})
	if err != nil {
		return err
	}
	if at.occurrence == nil || at.part == nil {
		return s.refusePaper(c, paper.ErrOver)
	}
	if asked.secret.IsZero() {
		if asked.secret, err = secret.NewTicket(s.random); err != nil {
			return err
		}
	}
	v := s.paperView("")
	v.Open = &paperOpen{
		Code: code.Reveal(), Secret: asked.secret.Reveal(), Title: at.event.Title, Part: at.part.Name, Place: p.place(at.occurrence.Place),
		Day: leafOf(clock.DateOf(at.part.StartsAt), p.today), Time: spanText(at.part.StartsAt, at.part.EndsAt, p.today), Until: untilText(g.ReturnsAt, p.today),
		Nickname: input{
			ID: "paper-nickname", Name: "nickname", Type: "text", Label: "呼び名", Note: "なくてもかまいません", Hint: "本名は書かないでください。", Max: ticket.MaxNickname,
			Value: echoed(asked.nickname), Error: asked.nicknameFault,
		},
	}
	if g.Seats > 1 || asked.seatsFault != "" {
		seats := &selectField{ID: "paper-seats", Name: "seats", Label: "人数", Error: asked.seatsFault}
		for n := 1; n <= g.Seats; n++ {
			value := strconv.Itoa(n)
			seats.Options = append(seats.Options, option{Value: value, Label: value + "人", Selected: value == asked.seats})
		}
		v.Open.Seats = seats
	}
	for id, text := range map[string]string{"paper-form": asked.fault, "paper-seats": asked.seatsFault, "paper-nickname": asked.nicknameFault} {
		if text != "" {
			v.Errors = append(v.Errors, fieldError{ID: id, Text: text})
		}
	}
	return s.showBucketed(c, status, "paper", v)
}

// paperReturn leads back from the address under which codes are used.
func paperReturn(c echo.Context) error { return redirect(c, "/paper") }
