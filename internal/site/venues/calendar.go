package venues

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// calendarView is the rooms of a facility by day.
type calendarView struct {
	Page     page.Head
	Errors   []page.FieldError
	Facility page.Link
	Board    boardView
	Empty    bool
	MoreHref string // the rooms after these
	Timeline *timeline
	FreeHref string
}

// timeline is what a script draws in place of the table: nothing of a month, whose days are too
// narrow for hours.
type timeline struct{ Src, Date string }

var calendarViews = []string{viewDay, viewWeek, viewMonth}

// ShowCalendar shows when the rooms of a facility are free.
func (h *Handlers) ShowCalendar(c echo.Context) error {
	ctx := c.Request().Context()
	p, f, err := h.facilityOf(c)
	if err != nil {
		return err
	}
	a := p.askBoard(c.QueryParams(), viewMonth, calendarViews...)
	skip := pageOf(c) * board.MaxRooms
	b, err := h.board.Board(ctx, board.Query{Facility: f.ID, From: a.first, Days: a.days, Skip: skip})
	if err != nil {
		return err
	}
	path := facilityHref(f.ID) + "/calendar"
	v := calendarView{
		Page: page.Head{
			Title:       h.Text("venues.calendar.title", "name", f.Name),
			Current:     "facilities",
			Description: h.Text("venues.calendar.summary", "name", f.Name),
			Canonical:   p.Canonical(path),
			Crumbs: []page.Link{
				{Href: "/", Text: h.Text("page.brand")},
				{Href: "/facilities", Text: h.Text("venues.title")},
				{Href: facilityHref(f.ID), Text: f.Name},
				{Href: "", Text: h.Text("venues.calendar.crumb")},
			},
		},
		Facility: page.Link{
			Href: facilityHref(f.ID),
			Text: f.Name,
		},
		Board:    p.board(a, b, path, "", calendarViews...),
		Empty:    len(b.Rooms) == 0,
		FreeHref: "/rooms/free?" + url.Values{"area": {f.AreaCode}}.Encode(),
	}
	if a.view != viewMonth && !v.Empty {
		query := url.Values{
			"from": {a.first.String()},
			"days": {strconv.Itoa(a.days)},
			"page": {strconv.Itoa(skip / board.MaxRooms)},
		}
		v.Timeline = &timeline{Src: path + ".json?" + query.Encode(), Date: a.first.String()}
	}
	if b.More {
		v.MoreHref = boardHref(path, a.view, a.date) + "&page=" + strconv.Itoa(skip/board.MaxRooms+1)
	}
	if a.fault != "" {
		v.Errors = append(
			v.Errors,
			page.FieldError{ID: v.Board.Jump.Date.ID, Text: v.Board.Jump.Date.Label + "：" + a.fault},
		)
		return h.Show(c, http.StatusUnprocessableEntity, "calendar", v)
	}
	return h.Show(c, http.StatusOK, "calendar", v)
}

// pageOf is which page of a facility's rooms; what is no number is the first.
func pageOf(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("page"))
	if err != nil || n < 0 || n > 100 {
		return 0
	}
	return n
}
