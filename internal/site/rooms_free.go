package site

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// freeView is the search for a free room.
type freeView struct {
	Page     head
	Errors   []fieldError
	Form     freeForm
	Asked    bool
	Count    string
	When     string
	Rooms    []freeRow
	NextHref string
	Near     []link
	Draws    []roundLink // that keep rooms which would have been found
}

// freeRow is a room that was found.
type freeRow struct {
	Href, Name, Facility, Town, Time string
	Lines                            []string
	Note                             string // when one can ask, if not now
}

const freePage = 20

// roomsFree finds rooms that are free at a time.
func (s *Site) roomsFree(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	a := p.askFree(c.QueryParams())
	v := freeView{
		Page: head{
			Title: "空いている部屋をさがす", Current: "facilities", Description: "町と町が貸しあう部屋の、空いているところをさがせます。", Canonical: p.canonical("/rooms/free"),
			Crumbs: []link{{"/", "となりまち"}, {"/facilities", "施設と部屋"}, {"", "空いている部屋をさがす"}},
		},
		Form: p.freeForm(a), Asked: a.asked(),
	}
	if v.Errors = a.errors(v.Form); v.Errors != nil {
		return s.show(c, http.StatusUnprocessableEntity, "free", v)
	}
	if !v.Asked {
		return s.show(c, http.StatusOK, "free", v)
	}
	cursor := c.QueryParam("cursor")
	if cursor != "" {
		if a.query.After, err = s.openFree(a, cursor); err != nil {
			return err
		}
	}
	page, err := s.bookings.Free(ctx, a.query)
	if err != nil {
		return err
	}
	if cursor == "" {
		if v.Draws, err = s.drawsInTheWay(c, p, a); err != nil {
			return err
		}
	}
	v.When = p.freeWhen(a)
	for _, r := range page.Items {
		v.Rooms = append(v.Rooms, p.freeRow(r))
	}
	v.Count = fmt.Sprintf("%d部屋が空いています", len(v.Rooms))
	switch {
	case page.Next != nil:
		v.NextHref = a.address(url.Values{"cursor": {s.sealFree(a, *page.Next)}})
		v.Count = fmt.Sprintf("%d部屋を表示しています", len(v.Rooms))
	case len(v.Rooms) == 0 && cursor == "":
		v.Count = "空いている部屋は見つかりませんでした"
		if v.Near, err = s.near(c, p, a); err != nil {
			return err
		}
	}
	return s.show(c, http.StatusOK, "free", v)
}

// drawsInTheWay are the draws for which rooms are kept at that time.
func (s *Site) drawsInTheWay(c echo.Context, p painter, a freeAsked) ([]roundLink, error) {
	all, err := s.bookings.ByLot(c.Request().Context(), a.query)
	if err != nil {
		return nil, err
	}
	var links []roundLink
	for i := range all {
		links = append(links, p.roundLink(&all[i]))
	}
	return links, nil
}

// near are other times for what was looked for in vain.
func (s *Site) near(c echo.Context, p painter, a freeAsked) ([]link, error) {
	all, err := s.bookings.Near(c.Request().Context(), a.query)
	if err != nil {
		return nil, err
	}
	var links []link
	for _, n := range all {
		rest := url.Values{"day": {n.Day.String()}}
		text := dayText(n.Day, p.today)
		if n.Part != "" {
			rest["part"], rest["from"], rest["to"] = []string{string(n.Part)}, nil, nil
			text += " " + p.words.T("board.part."+string(n.Part), nil)
		} else {
			text += " " + spanText(n.StartsAt, n.EndsAt, p.today)
		}
		count := strconv.Itoa(n.Rooms)
		if n.More {
			count += "以上"
		}
		links = append(links, link{a.address(rest), text + "（" + count + "部屋）"})
	}
	return links, nil
}

func (p painter) freeWhen(a freeAsked) string {
	if a.query.Part != "" {
		return dayText(a.query.Day, p.today) + " " + p.words.T("board.part."+string(a.query.Part), nil)
	}
	return dayText(clock.DateOf(a.query.StartsAt), p.today) + " " + spanText(a.query.StartsAt, a.query.EndsAt, p.today)
}

func (p painter) freeRow(r booking.FreeRoom) freeRow {
	row := freeRow{
		Href: boardHref(roomHref(r.Room.ID), viewWeek, clock.DateOf(r.StartsAt)) + "#board", Name: r.Room.Name, Facility: r.Room.Facility, Town: p.townName(r.AreaCode),
		Time: spanText(r.StartsAt, r.EndsAt, p.today), Lines: []string{strconv.Itoa(r.Capacity) + "人まで", r.Lender.Name},
	}
	if r.Block != "" {
		row.Time += "（" + r.Block + "）"
	}
	switch r.Reach {
	case booking.Early:
		row.Note = p.words.T("board.opens", map[string]any{"at": momentText(r.Opens, p.today)})
	case booking.Late:
		row.Note = p.words.T("board.over", nil)
	case booking.Free, booking.Partly, booking.Taken, booking.Past, booking.ByLot, booking.Shut:
	}
	return row
}

// The positions of pages are sealed together with what was asked.
func (s *Site) sealFree(a freeAsked, at booking.FreePosition) string {
	plain := binary.BigEndian.AppendUint32(nil, uint32(at.Capacity)) //nolint:gosec // at least one
	return s.cursors.Seal(append(plain, at.ID[:]...), "free", a.typed.Encode())
}

func (s *Site) openFree(a freeAsked, cursor string) (*booking.FreePosition, error) {
	plain, err := s.cursors.Open(cursor, "free", a.typed.Encode())
	if err != nil {
		return nil, err
	}
	if len(plain) != 4+len(uuid.UUID{}) {
		return nil, secret.ErrCursor
	}
	return &booking.FreePosition{Capacity: int(binary.BigEndian.Uint32(plain)), ID: uuid.UUID(plain[4:])}, nil
}
