package venues

import (
	"encoding/binary"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// freeView is the search for a free room.
type freeView struct {
	Page     page.Head
	Errors   []page.FieldError
	Form     freeForm
	Asked    bool
	Count    string
	When     string
	Rooms    []freeRow
	NextHref string
	Near     []page.Link
	Draws    []roundLink // that keep rooms which would have been found
}

// freeRow is a room that was found.
type freeRow struct {
	Href, Name, Facility, Town, Time string
	Lines                            []string
	Note                             string // when one can ask, if not now
}

const freePage = 20

// FindFreeRooms finds rooms that are free at a time.
func (h *Handlers) FindFreeRooms(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	a := p.askFree(c.QueryParams())
	v := freeView{
		Page: page.Head{
			Title:       h.Text("venues.free.title"),
			Current:     "facilities",
			Description: h.Text("venues.free.summary"),
			Canonical:   p.Canonical("/rooms/free"),
			Crumbs: []page.Link{
				{Href: "/", Text: h.Text("page.brand")},
				{Href: "/facilities", Text: h.Text("venues.title")},
				{Href: "", Text: h.Text("venues.free.title")},
			},
		},
		Form: p.freeForm(a), Asked: a.asked(),
	}
	if v.Errors = a.errors(v.Form); v.Errors != nil {
		return h.Show(c, http.StatusUnprocessableEntity, "free", v)
	}
	if !v.Asked {
		return h.Show(c, http.StatusOK, "free", v)
	}
	cursor := c.QueryParam("cursor")
	if cursor != "" {
		if a.query.After, err = h.openFree(a, cursor); err != nil {
			return err
		}
	}
	found, err := h.board.Free(ctx, a.query)
	if err != nil {
		return err
	}
	if cursor == "" {
		if v.Draws, err = h.drawsInTheWay(c, p, a); err != nil {
			return err
		}
	}
	v.When = p.freeWhen(a)
	for _, r := range found.Items {
		v.Rooms = append(v.Rooms, p.freeRow(r))
	}
	v.Count = h.Text("venues.free.found", "n", len(v.Rooms))
	switch {
	case found.Next != nil:
		v.NextHref = a.address(url.Values{"cursor": {h.sealFree(a, *found.Next)}})
		v.Count = h.Text("venues.free.shown", "n", len(v.Rooms))
	case len(v.Rooms) == 0 && cursor == "":
		v.Count = h.Text("venues.free.none")
		if v.Near, err = h.near(c, p, a); err != nil {
			return err
		}
	}
	return h.Show(c, http.StatusOK, "free", v)
}

// drawsInTheWay are the draws for which rooms are kept at that time.
func (h *Handlers) drawsInTheWay(c echo.Context, p viewBuilder, a freeAsked) ([]roundLink, error) {
	all, err := h.rounds.ByLot(c.Request().Context(), a.query)
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
func (h *Handlers) near(c echo.Context, p viewBuilder, a freeAsked) ([]page.Link, error) {
	all, err := h.board.Near(c.Request().Context(), a.query)
	if err != nil {
		return nil, err
	}
	var links []page.Link
	for _, n := range all {
		rest := url.Values{"day": {n.Day.String()}}
		text := page.DayText(n.Day, p.Today)
		if n.Part != "" {
			rest["part"], rest["from"], rest["to"] = []string{string(n.Part)}, nil, nil
			text += " " + p.Words.T("board.part."+string(n.Part), nil)
		} else {
			text += " " + page.SpanText(n.StartsAt, n.EndsAt, p.Today)
		}
		id := "venues.free.near"
		if n.More {
			id = "venues.free.near_more"
		}
		links = append(links, page.Link{Href: a.address(rest), Text: p.Text(id, "when", text, "n", n.Rooms)})
	}
	return links, nil
}

func (p viewBuilder) freeWhen(a freeAsked) string {
	if a.query.Part != "" {
		return page.DayText(a.query.Day, p.Today) + " " + p.Words.T("board.part."+string(a.query.Part), nil)
	}
	return page.DayText(
		clock.DateOf(a.query.StartsAt),
		p.Today,
	) + " " + page.SpanText(a.query.StartsAt, a.query.EndsAt, p.Today)
}

func (p viewBuilder) freeRow(r board.FreeRoom) freeRow {
	row := freeRow{
		Href: boardHref(
			page.RoomHref(r.Room.ID),
			viewWeek,
			clock.DateOf(r.StartsAt),
		) + "#board",
		Name:     r.Room.Name,
		Facility: r.Room.Facility,
		Town:     p.TownName(r.AreaCode),
		Time:     page.SpanText(r.StartsAt, r.EndsAt, p.Today),
		Lines:    []string{p.Text("page.up_to_people", "n", r.Capacity), r.Lender.Name},
	}
	if r.Block != "" {
		row.Time += "（" + r.Block + "）"
	}
	switch r.Reach {
	case board.Early:
		row.Note = p.Words.T("board.opens", map[string]any{"at": page.MomentText(r.Opens, p.Today)})
	case board.Late:
		row.Note = p.Words.T("board.over", nil)
	case board.Free, board.Partly, board.Taken, board.Past, board.ByLot, board.Shut:
	}
	return row
}

// The positions of pages are sealed together with what was asked.
func (h *Handlers) sealFree(a freeAsked, at board.FreePosition) string {
	plain := binary.BigEndian.AppendUint32(nil, uint32(at.Capacity)) //nolint:gosec // at least one
	return h.cursors.Seal(append(plain, at.ID[:]...), "free", a.typed.Encode())
}

func (h *Handlers) openFree(a freeAsked, cursor string) (*board.FreePosition, error) {
	plain, err := h.cursors.Open(cursor, "free", a.typed.Encode())
	if err != nil {
		return nil, err
	}
	if len(plain) != 4+len(uuid.UUID{}) {
		return nil, secret.ErrCursor
	}
	return &board.FreePosition{Capacity: int(binary.BigEndian.Uint32(plain)), ID: uuid.UUID(plain[4:])}, nil
}
