package venues

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/maplink"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// facilityView is a building with its rooms.
type facilityView struct {
	Page                     page.Head
	Name, Kana, Town         string
	Owner                    page.Link
	Status                   *page.Notice
	About, Access, HoursNote []string
	Address, MapHref         string
	Phone, Email             string
	Site                     *page.Link
	Floor, OperatedBy        string
	Hours, Closings          []string
	BarrierFree, Barriers    []string
	BarrierNote              []string
	Rooms                    []roomRow
	Rounds                   []roundLink
	Pictures                 []pictureView
	OpenDataHref             string
	CalendarHref             string
}

type roomRow struct {
	Href, Name, Floor string
	Lines             []string
	Off               bool
	Picture           *pictureView
}

// pictureView is one picture in its sizes; the browser takes what fits.
type pictureView struct {
	Src, Sources, Alt, Credit string
	Width, Height             int
}

const closingsAhead = 180 // days

// facilityOf reads the facility of the address.
func (h *Handlers) facilityOf(c echo.Context) (viewBuilder, venue.Facility, error) {
	id, err := page.ReadID(c, venue.ErrFacilityUnknown)
	if err != nil {
		return viewBuilder{}, venue.Facility{}, err
	}
	p, err := h.viewBuilder(c.Request().Context())
	if err != nil {
		return viewBuilder{}, venue.Facility{}, err
	}
	f, err := h.venues.Facility(c.Request().Context(), id)
	return p, f, err
}

// ShowFacility shows a facility with its rooms.
func (h *Handlers) ShowFacility(c echo.Context) error {
	ctx := c.Request().Context()
	p, f, err := h.facilityOf(c)
	if err != nil {
		return err
	}
	rooms, err := h.venues.Rooms(ctx, venue.RoomFilter{Facility: f.ID, Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	closings, err := h.venues.Closings(ctx, f.ID, p.Today, p.Today.AddDays(closingsAhead))
	if err != nil {
		return err
	}
	v := p.facility(f)
	for _, r := range rooms.Items {
		v.Rooms = append(v.Rooms, p.roomRow(r))
	}
	for _, c := range closings {
		if c.Room == nil {
			v.Closings = append(v.Closings, p.closing(c))
		}
	}
	v.Rounds, err = h.currentRounds(
		ctx,
		p,
		round.Filter{Lender: f.Organization.ID, Limit: booking.MaxPage},
		func(r *round.Round) bool {
			return slices.ContainsFunc(r.Rooms, func(room board.RoomRef) bool { return room.FacilityID == f.ID })
		},
	)
	if err != nil {
		return err
	}
	return h.Show(c, http.StatusOK, "facility", v)
}

func (p viewBuilder) facility(f venue.Facility) facilityView {
	v := facilityView{
		Page: page.Head{
			Title:       f.Name,
			Current:     "facilities",
			Description: p.Text("venues.facility.summary", "name", f.Name),
			Canonical:   p.Canonical(facilityHref(f.ID)),
			Crumbs: []page.Link{
				{Href: "/", Text: p.Text("page.brand")},
				{Href: "/facilities", Text: p.Text("venues.title")},
				{Href: "", Text: f.Name},
			},
		},
		Name:  f.Name,
		Kana:  f.Kana,
		Town:  p.TownName(f.AreaCode),
		Owner: page.Link{Href: page.OrganizationHref(f.Organization.Slug), Text: f.Organization.Name},
		About: page.Paragraphs(f.Description),
		Access: page.Paragraphs(
			f.Access,
		),
		HoursNote:   page.Paragraphs(f.HoursNote),
		Address:     p.fullAddress(f),
		MapHref:     maplink.Address(f.Address),
		Phone:       p.phoneText(f),
		Email:       f.Email,
		Floor:       f.FloorInfo,
		OperatedBy:  f.OperatedBy,
		Hours:       f.Hours.Sentences(p.Words),
		BarrierFree: p.Facts(f.BarrierFree),
		Barriers:    p.Facts(f.Barriers),
		BarrierNote: page.Paragraphs(
			f.BarrierNote,
		),
		Pictures:     pictures(f.Photos),
		CalendarHref: facilityHref(f.ID) + "/calendar",
	}
	if f.Website != "" {
		v.Site = &page.Link{Href: f.Website, Text: p.Text("venues.website", "name", f.Name)}
	}
	if f.Organization.Code != "" {
		v.OpenDataHref = "/opendata/" + f.Organization.Code + "_public_facility.csv"
	}
	if f.Status == venue.Closed {
		v.Status = p.closedNotice(p.Text("venues.facility.closed"), f.ClosedOn, f.CloseReason)
	}
	return v
}

func (p viewBuilder) closedNotice(title string, on clock.Date, reason string) *page.Notice {
	lines := append([]string{
		p.Text("venues.facility.closed_from", "day", page.DayText(on, p.Today)),
	}, page.Paragraphs(reason)...)
	return &page.Notice{Tone: "stop", Icon: "stop", Title: title, Lines: lines}
}

func (p viewBuilder) fullAddress(f venue.Facility) string {
	text := f.Address
	if f.Building != "" {
		text += " " + f.Building
	}
	if f.PostalCode != "" {
		text = "〒" + f.PostalCode + " " + text
	}
	return text
}

func (p viewBuilder) phoneText(f venue.Facility) string {
	if f.PhoneExtension != "" {
		return p.Text("venues.facility.extension", "phone", f.Phone, "extension", f.PhoneExtension)
	}
	return f.Phone
}

func (p viewBuilder) roomRow(r venue.Room) roomRow {
	row := roomRow{
		Href:  page.RoomHref(r.ID),
		Name:  r.Name,
		Floor: r.Floor,
		Lines: []string{p.Text("page.up_to_people", "n", r.Capacity)},
		Off:   !r.Bookable(),
	}
	if r.AreaM2 != nil {
		row.Lines = append(row.Lines, areaText(*r.AreaM2))
	}
	if all := pictures(r.Photos); len(all) > 0 {
		row.Picture = &all[0]
	}
	return row
}

func areaText(m2 float64) string { return strconv.FormatFloat(m2, 'f', -1, 64) + "㎡" }

func (p viewBuilder) closing(c venue.ClosureEntry) string {
	first, last := clock.DateOf(c.From), clock.DateOf(c.To.Add(-1))
	if c.From.Equal(first.Start()) && c.To.Equal(last.AddDays(1).Start()) {
		text := page.DayText(first, p.Today)
		if last != first {
			text += "〜" + page.DayText(last, p.Today)
		}
		return text + "：" + c.Reason
	}
	return page.DayText(first, p.Today) + page.SpanText(c.From, c.To, p.Today) + "：" + c.Reason
}

func pictures(list []venue.Photo) []pictureView {
	var all []pictureView
	for _, photo := range list {
		v := pictureView{Alt: photo.Alt, Credit: photo.Credit}
		var sources []string
		for _, i := range photo.Images {
			address := photoPath + i.Address + ".jpg"
			sources = append(sources, address+" "+strconv.Itoa(i.Width)+"w")
			if v.Src == "" || i.Size == "medium" {
				v.Src, v.Width, v.Height = address, i.Width, i.Height
			}
		}
		v.Sources = strings.Join(sources, ", ")
		all = append(all, v)
	}
	return all
}

const photoPath = "/photos/"

// SendPhoto gives a picture. Its address is its checksum, so it never changes.
func (h *Handlers) SendPhoto(c echo.Context) error {
	address, ok := strings.CutSuffix(c.Param("file"), ".jpg")
	if !ok {
		return venue.ErrPhotoUnknown
	}
	body, err := h.venues.Picture(c.Request().Context(), address)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("ETag", `"`+address[:24]+`"`)
	header.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, "image/jpeg", body)
}
