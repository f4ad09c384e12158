package venues

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/maplink"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// roomView is one room: what it holds, when it is open, what it costs, who may book it when.
type roomView struct {
	Page               page.Head
	Name, Kana, Floor  string
	Facility           page.Link
	Owner              page.Link
	Status             *page.Notice
	About              []string
	OpenTo             string
	Partnerships       []page.Link
	Capacity, Area     string
	Noise, Food        string
	Spaces             []string
	Layouts, Equipment []factLine
	Hours, Uses        []string
	Buffers            string
	Closings           []string
	Fees               feeTable
	Exemptions         []factLine
	Rules              []venue.Words
	BarrierFree        []string
	Address            string
	MapHref            string
	Access             []string
	Pictures           []pictureView
	Siblings           []roomRow
	Errors             []page.FieldError
	Board              *boardView // nil of a room that is not open
	Rounds             []roundLink
}

type factLine struct{ Name, Value, Note string }

// feeTable has a row a block and a column a class of payers; a grid has one row.
type feeTable struct {
	Payers []string
	Rows   []feeRow
	Notes  []string
}

type feeRow struct {
	Name, Hours string
	Yen         []string
}

// ShowRoom shows a room and when it is free.
func (h *Handlers) ShowRoom(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := page.ReadID(c, venue.ErrRoomUnknown)
	if err != nil {
		return err
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	r, err := h.venues.Room(ctx, id)
	if err != nil {
		return err
	}
	closings, err := h.venues.Closings(ctx, r.Facility.ID, p.Today, p.Today.AddDays(closingsAhead))
	if err != nil {
		return err
	}
	siblings, err := h.venues.Rooms(ctx, venue.RoomFilter{Facility: r.Facility.ID, Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	v := p.room(r)
	for _, c := range closings {
		if c.Room == nil || *c.Room == r.ID {
			v.Closings = append(v.Closings, p.closing(c))
		}
	}
	for _, other := range siblings.Items {
		if other.ID != r.ID {
			v.Siblings = append(v.Siblings, p.roomRow(other))
		}
	}
	if v.Rounds, err = h.currentRounds(ctx, p, round.Filter{Room: r.ID}, nil); err != nil {
		return err
	}
	status := http.StatusOK
	if r.Bookable() {
		if status, err = h.roomBoard(c, p, r, &v); err != nil {
			return err
		}
	}
	return h.Show(c, status, "room", v)
}

// roomBoard adds when the room is free: a week, or a month, day by day.
func (h *Handlers) roomBoard(c echo.Context, p viewBuilder, r venue.Room, v *roomView) (status int, err error) {
	views := []string{viewWeek, viewMonth}
	a := p.askBoard(c.QueryParams(), viewWeek, views...)
	a.slots = true
	b, err := h.board.Board(c.Request().Context(), board.Query{Room: r.ID, From: a.first, Days: a.days})
	if err != nil {
		return 0, err
	}
	board := p.board(a, b, page.RoomHref(r.ID), "#board", views...)
	v.Board = &board
	if a.fault != "" {
		v.Errors = append(
			v.Errors,
			page.FieldError{ID: board.Jump.Date.ID, Text: board.Jump.Date.Label + "：" + a.fault},
		)
		return http.StatusUnprocessableEntity, nil
	}
	return http.StatusOK, nil
}

func (p viewBuilder) room(r venue.Room) roomView {
	v := roomView{
		Page: page.Head{
			Title:       p.Text("venues.room.title", "room", r.Name, "facility", r.Facility.Name),
			Current:     "facilities",
			Description: p.Text("venues.room.summary", "facility", r.Facility.Name, "room", r.Name),
			Canonical: p.Canonical(
				page.RoomHref(r.ID),
			),
			Crumbs: []page.Link{
				{Href: "/", Text: p.Text("page.brand")},
				{Href: "/facilities", Text: p.Text("venues.title")},
				{Href: facilityHref(r.Facility.ID), Text: r.Facility.Name},
				{Href: "", Text: r.Name},
			},
		},
		Name:     r.Name,
		Kana:     r.Kana,
		Floor:    r.Floor,
		Facility: page.Link{Href: facilityHref(r.Facility.ID), Text: r.Facility.Name},
		Owner:    page.Link{Href: page.OrganizationHref(r.Organization.Slug), Text: r.Organization.Name},
		About: page.Paragraphs(
			r.Description,
		),
		Capacity: p.Text("page.up_to_people", "n", r.Capacity),
		Noise:    p.Words.T("venue.noise."+string(r.Noise), nil),
		Uses:     r.Uses.Sentences(p.Words),
		Buffers: r.BufferSentence(
			p.Words,
		),
		Fees:        p.fees(r),
		Rules:       r.Sentences(p.Words, r.Organization.Name),
		BarrierFree: p.Facts(r.Facility.BarrierFree),
		Address: p.fullAddress(
			r.Facility,
		),
		MapHref:  maplink.Address(r.Facility.Address),
		Access:   page.Paragraphs(r.Facility.Access),
		Pictures: pictures(r.Photos),
	}
	if r.Uses.Hours == nil {
		v.Hours = r.Facility.Hours.Sentences(p.Words)
	}
	if r.AreaM2 != nil {
		v.Area = areaText(*r.AreaM2)
	}
	if r.FoodOK != nil {
		v.Food = p.Text(map[bool]string{true: "venues.room.food", false: "venues.room.no_food"}[*r.FoodOK])
	}
	v.OpenTo = p.Text("venues.room.open_to_partners")
	if r.OpenTo == venue.OpenToEveryone {
		v.OpenTo = p.Text("venues.room.open_to_all")
	}
	for _, slug := range r.Partnerships {
		if a, err := p.Directory.Partnership(slug); err == nil {
			v.Partnerships = append(v.Partnerships, page.Link{Href: "/events?partnership=" + slug, Text: a.Name})
		}
	}
	for _, s := range r.Facility.Spaces {
		if i := slices.IndexFunc(
			r.Spaces,
			func(x venue.RoomSpace) bool { return x.SpaceID == s.ID },
		); i >= 0 &&
			len(r.Spaces) > 1 {
			v.Spaces = append(v.Spaces, s.Name)
		}
	}
	p.roomThings(&v, r)
	switch {
	case r.Status == venue.Closed:
		v.Status = p.closedNotice(p.Text("venues.room.closed"), r.ClosedOn, r.CloseReason)
	case r.Facility.Status == venue.Closed:
		v.Status = p.closedNotice(p.Text("venues.facility.closed"), r.Facility.ClosedOn, r.Facility.CloseReason)
	}
	return v
}

func (p viewBuilder) roomThings(v *roomView, r venue.Room) {
	for _, l := range r.Layouts {
		v.Layouts = append(
			v.Layouts,
			factLine{Name: p.Words.T("venue.layout."+l.Kind, nil), Value: p.Text("page.people", "n", l.Capacity)},
		)
	}
	for _, e := range r.Equipment {
		line := factLine{Name: p.Words.T("venue.equipment."+e.Kind, nil), Value: strconv.Itoa(e.Count)}
		if e.Name != "" {
			line.Name = e.Name
		}
		if e.Yen != nil {
			line.Note = p.Text("venues.room.each", "yen", i18n.Yen(*e.Yen))
		}
		v.Equipment = append(v.Equipment, line)
	}
	for _, e := range r.Exemptions {
		v.Exemptions = append(v.Exemptions, factLine{Name: e.Name, Value: strconv.Itoa(e.Percent) + "%", Note: e.Note})
	}
}

// fees lays prices out: blocks down, payers across.
func (p viewBuilder) fees(r venue.Room) feeTable {
	var t feeTable
	for _, f := range r.Fees {
		t.Payers = append(t.Payers, f.Name)
		if f.Note != "" {
			t.Notes = append(t.Notes, f.Name+"："+f.Note)
		}
	}
	if len(r.Fees) == 0 {
		return t
	}
	price := func(f venue.Fee, h venue.Hours) string {
		if yen, ok := venue.Price(r.Uses, r.Fees, f.Payer, h); ok {
			return i18n.Yen(yen)
		}
		return p.Text("venues.room.ask")
	}
	if r.Uses.Mode == venue.ByGrid {
		row := feeRow{Name: p.Text("venues.room.hour")}
		for _, f := range r.Fees {
			row.Yen = append(row.Yen, price(f, venue.Hours{From: 0, To: 60}))
		}
		t.Rows = append(t.Rows, row)
		return t
	}
	for _, b := range r.Uses.Blocks {
		row := feeRow{
			Name:  b.Name,
			Hours: strings.TrimPrefix(b.From.String(), "0") + "〜" + strings.TrimPrefix(b.To.String(), "0"),
		}
		for _, f := range r.Fees {
			text := price(f, b.Hours)
			if b.Kind == venue.Extension { // has a price, but can't be had alone
				text = p.extension(f, b.Key)
			}
			row.Yen = append(row.Yen, text)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (p viewBuilder) extension(f venue.Fee, key string) string {
	for _, b := range f.Blocks {
		if b.Block == key {
			return i18n.Yen(b.Yen)
		}
	}
	return p.Text("venues.room.ask")
}
