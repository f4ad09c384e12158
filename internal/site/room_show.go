package site

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// roomView is one room: what it holds, when it is open, what it costs, who may book it when.
type roomView struct {
	Page               head
	Name, Kana, Floor  string
	Facility           link
	Owner              link
	Status             *notice
	About              []string
	OpenTo             string
	Partnerships       []link
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
	Errors             []fieldError
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

func (s *Site) roomShow(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := idOf(c, venue.ErrRoomUnknown)
	if err != nil {
		return err
	}
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	r, err := s.venues.Room(ctx, id)
	if err != nil {
		return err
	}
	closings, err := s.venues.Closings(ctx, r.Facility.ID, p.today, p.today.AddDays(closingsAhead))
	if err != nil {
		return err
	}
	siblings, err := s.venues.Rooms(ctx, venue.RoomFilter{Facility: r.Facility.ID, Limit: venue.MaxLimit})
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
	if v.Rounds, err = s.currentRounds(ctx, p, booking.RoundFilter{Room: r.ID}, nil); err != nil {
		return err
	}
	status := http.StatusOK
	if r.Bookable() {
		if status, err = s.roomBoard(c, p, r, &v); err != nil {
			return err
		}
	}
	return s.show(c, status, "room", v)
}

// roomBoard adds when the room is free: a week, or a month, day by day.
func (s *Site) roomBoard(c echo.Context, p painter, r venue.Room, v *roomView) (status int, err error) {
	views := []string{viewWeek, viewMonth}
	a := p.askBoard(c.QueryParams(), viewWeek, views...)
	a.slots = true
	b, err := s.bookings.Board(c.Request().Context(), booking.BoardQuery{Room: r.ID, From: a.first, Days: a.days})
	if err != nil {
		return 0, err
	}
	board := p.board(a, b, roomHref(r.ID), "#board", views...)
	v.Board = &board
	if a.fault != "" {
		v.Errors = append(v.Errors, fieldError{ID: board.Jump.Date.ID, Text: board.Jump.Date.Label + "：" + a.fault})
		return http.StatusUnprocessableEntity, nil
	}
	return http.StatusOK, nil
}

func (p painter) room(r venue.Room) roomView {
	v := roomView{
		Page: head{
			Title: r.Name + "（" + r.Facility.Name + "）", Current: "facilities", Description: r.Facility.Name + "の" + r.Name + "の広さ、設備、料金、使える時間です。",
			Canonical: p.canonical(roomHref(r.ID)), Crumbs: []link{{"/", "となりまち"}, {"/facilities", "施設と部屋"}, {facilityHref(r.Facility.ID), r.Facility.Name}, {"", r.Name}},
		},
		Name: r.Name, Kana: r.Kana, Floor: r.Floor, Facility: link{facilityHref(r.Facility.ID), r.Facility.Name}, Owner: link{organizationHref(r.Organization.Slug), r.Organization.Name},
		About: paragraphs(r.Description), Capacity: strconv.Itoa(r.Capacity) + "人まで", Noise: p.words.T("venue.noise."+string(r.Noise), nil), Uses: r.Uses.Sentences(p.words),
		Buffers: r.BufferSentence(p.words), Fees: fees(r), Rules: r.Sentences(p.words, r.Organization.Name), BarrierFree: p.facts(r.Facility.BarrierFree),
		Address: p.fullAddress(r.Facility), MapHref: mapHref(r.Facility.Address), Access: paragraphs(r.Facility.Access), Pictures: pictures(r.Photos),
	}
	if r.Uses.Hours == nil {
		v.Hours = r.Facility.Hours.Sentences(p.words)
	}
	if r.AreaM2 != nil {
		v.Area = areaText(*r.AreaM2)
	}
	if r.FoodOK != nil {
		v.Food = map[bool]string{true: "飲んだり食べたりできます", false: "飲食はできません"}[*r.FoodOK]
	}
	v.OpenTo = "連携している自治体と団体が使えます"
	if r.OpenTo == venue.OpenToEveryone {
		v.OpenTo = "どの団体も申し込めます"
	}
	for _, slug := range r.Partnerships {
		if a, err := p.view.Partnership(slug); err == nil {
			v.Partnerships = append(v.Partnerships, link{"/events?partnership=" + slug, a.Name})
		}
	}
	for _, s := range r.Facility.Spaces {
		if i := slices.IndexFunc(r.Spaces, func(x venue.RoomSpace) bool { return x.SpaceID == s.ID }); i >= 0 && len(r.Spaces) > 1 {
			v.Spaces = append(v.Spaces, s.Name)
		}
	}
	p.roomThings(&v, r)
	switch {
	case r.Status == venue.Closed:
		v.Status = closedNotice("この部屋は、いま使えません", r.ClosedOn, r.CloseReason, p.today)
	case r.Facility.Status == venue.Closed:
		v.Status = closedNotice("この施設は、お休みしています", r.Facility.ClosedOn, r.Facility.CloseReason, p.today)
	}
	return v
}

func (p painter) roomThings(v *roomView, r venue.Room) {
	for _, l := range r.Layouts {
		v.Layouts = append(v.Layouts, factLine{Name: p.words.T("venue.layout."+l.Kind, nil), Value: strconv.Itoa(l.Capacity) + "人"})
	}
	for _, e := range r.Equipment {
		line := factLine{Name: p.words.T("venue.equipment."+e.Kind, nil), Value: strconv.Itoa(e.Count)}
		if e.Name != "" {
			line.Name = e.Name
		}
		if e.Yen != nil {
			line.Note = "1つ " + i18n.Yen(*e.Yen)
		}
		v.Equipment = append(v.Equipment, line)
	}
	for _, e := range r.Exemptions {
		v.Exemptions = append(v.Exemptions, factLine{Name: e.Name, Value: strconv.Itoa(e.Percent) + "%", Note: e.Note})
	}
}

// fees lays prices out: blocks down, payers across.
func fees(r venue.Room) feeTable {
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
		return "窓口へ"
	}
	if r.Uses.Mode == venue.ByGrid {
		row := feeRow{Name: "1時間"}
		for _, f := range r.Fees {
			row.Yen = append(row.Yen, price(f, venue.Hours{From: 0, To: 60}))
		}
		t.Rows = append(t.Rows, row)
		return t
	}
	for _, b := range r.Uses.Blocks {
		row := feeRow{Name: b.Name, Hours: strings.TrimPrefix(b.From.String(), "0") + "〜" + strings.TrimPrefix(b.To.String(), "0")}
		for _, f := range r.Fees {
			text := price(f, b.Hours)
			if b.Kind == venue.Extension { // has a price, but can't be had alone
				text = extension(f, b.Key)
			}
			row.Yen = append(row.Yen, text)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func extension(f venue.Fee, key string) string {
	for _, b := range f.Blocks {
		if b.Block == key {
			return i18n.Yen(b.Yen)
		}
	}
	return "窓口へ"
}
