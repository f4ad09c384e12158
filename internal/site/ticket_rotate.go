package site

import (
	"crypto/rand"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// ticketRotate gives the ticket another code; the old one opens nothing from then on. The next code came with the page, so that a form that is sent twice,
// or a page that is loaded anew, opens the same ticket [R2].
func (s *Site) ticketRotate(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	code, err := secret.ParseTicket(form.Get("secret"))
	if err != nil {
		return s.refuseCode(c, err)
	}
	var next secret.Ticket
	if typed := form.Get("next"); typed != "" {
		next, err = secret.ParseTicket(typed)
	} else { // a page of the version before
		next, err = secret.NewTicket(rand.Reader)
	}
	if err != nil {
		return s.refuseCode(c, err)
	}
	t, err := s.tickets.RotateTo(c.Request().Context(), code, next)
	if err != nil {
		return s.refuseCode(c, err)
	}
	return s.showTicketWith(c, http.StatusOK, next, t, func(v *ticketView) {
		told := notice{Icon: "refresh", Title: s.words.T("label.rotated.title", nil), Lines: []string{s.words.T("label.rotated.code", nil)}}
		if t.CalendarEnded() {
			told.Lines = append(told.Lines, s.words.T("label.rotated.calendar", nil))
		}
		v.Notices = append(v.Notices, told)
	})
}
