package site

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
)

// calendarView is the rooms of a facility by day.
type calendarView struct {
	Page     head
	Errors   []fieldError
	Facility link
	Board    boardView
	Empty    bool
	MoreHref string // the rooms after these
	Timeline *timeline
	FreeHref string
}

// timeline is what a script draws in place of the table: nothing of a month, whose days are too narrow for hours.
type timeline struct{ Src, Date string }

var calendarViews = []string{viewDay, viewWeek, viewMonth}

// facilityCalendar shows when the rooms of a facility are free.
func (s *Site) facilityCalendar(c echo.Context) error {
	ctx := c.Request().Context()
	p, f, err := s.facilityOf(c)
	if err != nil {
		return err
	}
	a := p.askBoard(c.QueryParams(), viewMonth, calendarViews...)
	skip := pageOf(c) * booking.MaxBoardRooms
	b, err := s.bookings.Board(ctx, booking.BoardQuery{Facility: f.ID, From: a.first, Days: a.days, Skip: skip})
	if err != nil {
		return err
	}
	path := facilityHref(f.ID) + "/calendar"
	v := calendarView{
		Page: head{
			Title: f.Name + "の空き状況", Current: "facilities", Description: f.Name + "の部屋が、いつ空いているかを見られます。", Canonical: p.canonical(path),
			Crumbs: []link{{"/", "となりまち"}, {"/facilities", "施設と部屋"}, {facilityHref(f.ID), f.Name}, {"", "空き状況"}},
		},
		Facility: link{facilityHref(f.ID), f.Name}, Board: p.board(a, b, path, "", calendarViews...), Empty: len(b.Rooms) == 0,
		FreeHref: "/rooms/free?" + url.Values{"area": {f.AreaCode}}.Encode(),
	}
	if a.view != viewMonth && !v.Empty {
		query := url.Values{"from": {a.first.String()}, "days": {strconv.Itoa(a.days)}, "page": {strconv.Itoa(skip / booking.MaxBoardRooms)}}
		v.Timeline = &timeline{Src: path + ".json?" + query.Encode(), Date: a.first.String()}
	}
	if b.More {
		v.MoreHref = boardHref(path, a.view, a.date) + "&page=" + strconv.Itoa(skip/booking.MaxBoardRooms+1)
	}
	if a.fault != "" {
		v.Errors = append(v.Errors, fieldError{ID: v.Board.Jump.Date.ID, Text: v.Board.Jump.Date.Label + "：" + a.fault})
		return s.show(c, http.StatusUnprocessableEntity, "calendar", v)
	}
	return s.show(c, http.StatusOK, "calendar", v)
}

// pageOf is which page of a facility's rooms; what is no number is the first.
func pageOf(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("page"))
	if err != nil || n < 0 || n > 100 {
		return 0
	}
	return n
}
