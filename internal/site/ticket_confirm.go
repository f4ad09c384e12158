package site

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// askView is a question to the holder, with one button for yes and one for no, which gives the seats back.
type askView struct{ Title, Text, Yes, No, Secret string }

// asks gives what the holder is asked; nil for nothing.
func (p painter) asks(v *ticketView, t ticket.Ticket) *askView {
	switch {
	case !v.Active:
		return nil
	case t.Status == ticket.Offered && t.OfferedUntil != nil && p.now.Before(*t.OfferedUntil):
		return &askView{
			Title: "この席に、参加しますか", Text: untilText(*t.OfferedUntil, p.today) + "までに、どちらかを押してください。お返事がないときは、次の方にまわります。",
			Yes: "参加します", No: "今回はやめておきます",
		}
	case t.AskedStillComing:
		return &askView{
			Title: "来られそうですか", Text: "席が空くのを待っている方がいます。来られるときも、来られなくなったときも、教えていただけると助かります。お返事がなくても、席はそのままです。",
			Yes: "行きます", No: "とりやめます",
		}
	}
	return nil
}

// offered says where a ticket with an offer stands.
func (p painter) offered(v *ticketView, t ticket.Ticket) {
	v.Tone, v.Icon, v.Word = "few", "ticket", "席が空きました"
	v.Text = "お待ちいただいていた席を、いま、とってあります。"
	if t.OfferedUntil != nil && !p.now.Before(*t.OfferedUntil) {
		v.Tone, v.Icon, v.Word, v.Text = "full", "clock", "お返事の期限がすぎました", "この席は、次の方にまわります。席に余裕があれば、もういちど席をとれます。"
	}
}

// ticketConfirm says yes to an offer, or that one is still coming. Pressed twice it shows the same ticket; too late, the ticket as it is.
func (s *Site) ticketConfirm(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	status := http.StatusOK
	t, err := s.tickets.Confirm(ctx, code)
	if slices.ContainsFunc([]error{ticket.ErrOfferLapsed, ticket.ErrNothingAsked, ticket.ErrCancelled, ticket.ErrOver}, func(known error) bool { return errors.Is(err, known) }) {
		status = http.StatusConflict
		t, err = s.tickets.Look(ctx, code)
	}
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicket(c, status, code, t)
}
