package events

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// erasureView certifies for each past date of an event that its tickets can no longer be opened by
// anybody.
type erasureView struct {
	Page              page.Head
	Title, EventTitle string
	Href              string
	Dates             []erasureDate
}

type erasureDate struct{ Day, Tone, Icon, Word, Text, Key string }

// ShowErasures certifies what was erased of past dates, and when.
func (h *Handlers) ShowErasures(c echo.Context) error {
	p, e, err := h.listed(c)
	if err != nil {
		return err
	}
	past, err := h.tickets.Erasures(c.Request().Context(), e.ID)
	if err != nil {
		return err
	}
	v := erasureView{Title: h.Text("events.erasure.title"), EventTitle: e.Title, Href: page.EventHref(&e)}
	v.Page = page.Head{
		Title: v.Title,
		Crumbs: []page.Link{
			{Href: "/", Text: h.Text("page.brand")},
			{Href: v.Href, Text: e.Title},
			{Href: "", Text: v.Title},
		},
	}
	for _, d := range past {
		v.Dates = append(v.Dates, p.erasureDate(d))
	}
	return h.Show(c, http.StatusOK, "erasure", v)
}

func (p viewBuilder) erasureDate(d ticket.Erasure) erasureDate {
	v := erasureDate{Day: page.DayText(clock.DateOf(d.EndedAt), p.Today)}
	if d.KeyDestroyedOn != nil {
		v.Key = p.Text("events.erasure.key_destroyed", "day", page.DayText(*d.KeyDestroyedOn, p.Today))
	} else if d.Key == ticket.KeyKept {
		v.Key = p.Text("events.erasure.key_kept")
	}
	switch {
	case d.Erased == nil:
		v.Icon, v.Word = "clock", p.Text("events.erasure.later.word")
		v.Text = p.Text("events.erasure.later.text", "at", page.MomentText(d.EraseAfter, p.Today))
	case *d.Erased:
		v.Tone, v.Icon = "good", "check"
		v.Word, v.Text = p.Text("events.erasure.done.word"), p.Text("events.erasure.done.text")
	default:
		v.Icon, v.Word, v.Text = "clock", p.Text("events.erasure.now.word"), p.Text("events.erasure.now.text")
	}
	return v
}
