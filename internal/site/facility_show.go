package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// facilityView is a building with its rooms.
type facilityView struct {
	Page                     head
	Name, Kana, Town         string
	Owner                    link
	Status                   *notice
	About, Access, HoursNote []string
	Address, MapHref         string
	Phone, Email             string
	Site                     *link
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

func idOf(c echo.Context, unknown error) (uuid.UUID, error) {
	text := c.Param("id")
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, unknown
	}
	return id, nil
}

// facilityOf reads the facility of the address.
func (s *Site) facilityOf(c echo.Context) (painter, venue.Facility, error) {
	id, err := idOf(c, venue.ErrFacilityUnknown)
	if err != nil {
		return painter{}, venue.Facility{}, err
	}
	p, err := s.painter(c.Request().Context())
	if err != nil {
		return painter{}, venue.Facility{}, err
	}
	f, err := s.venues.Facility(c.Request().Context(), id)
	return p, f, err
}

func (s *Site) facilityShow(c echo.Context) error {
	ctx := c.Request().Context()
	p, f, err := s.facilityOf(c)
	if err != nil {
		return err
	}
	rooms, err := s.venues.Rooms(ctx, venue.RoomFilter{Facility: f.ID, Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	closings, err := s.venues.Closings(ctx, f.ID, p.today, p.today.AddDays(closingsAhead))
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
	v.Rounds, err = s.currentRounds(ctx, p, booking.RoundFilter{Lender: f.Organization.ID, Limit: booking.MaxPage}, func(r *booking.Round) bool {
		return slices.ContainsFunc(r.Rooms, func(room booking.RoomRef) bool { return room.FacilityID == f.ID })
	})
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "facility", v)
}

func (p painter) facility(f venue.Facility) facilityView {
	v := facilityView{
		Page: head{
			Title: f.Name, Current: "facilities", Description: f.Name + "の部屋と、使える時間、行きかたです。", Canonical: p.canonical(facilityHref(f.ID)),
			Crumbs: []link{{"/", "となりまち"}, {"/facilities", "施設と部屋"}, {"", f.Name}},
		},
		Name: f.Name, Kana: f.Kana, Town: p.townName(f.AreaCode), Owner: link{organizationHref(f.Organization.Slug), f.Organization.Name}, About: paragraphs(f.Description),
		Access: paragraphs(f.Access), HoursNote: paragraphs(f.HoursNote), Address: p.fullAddress(f), MapHref: mapHref(f.Address), Phone: phoneText(f), Email: f.Email,
		Floor: f.FloorInfo, OperatedBy: f.OperatedBy, Hours: f.Hours.Sentences(p.words), BarrierFree: p.facts(f.BarrierFree), Barriers: p.facts(f.Barriers),
		BarrierNote: paragraphs(f.BarrierNote), Pictures: pictures(f.Photos), CalendarHref: facilityHref(f.ID) + "/calendar",
	}
	if f.Website != "" {
		v.Site = &link{f.Website, f.Name + "のホームページ"}
	}
	if f.Organization.Code != "" {
		v.OpenDataHref = "/opendata/" + f.Organization.Code + "_public_facility.csv"
	}
	if f.Status == venue.Closed {
		v.Status = closedNotice("この施設は、お休みしています", f.ClosedOn, f.CloseReason, p.today)
	}
	return v
}

func closedNotice(title string, on clock.Date, reason string, today clock.Date) *notice {
	lines := append([]string{dayText(on, today) + "からお休みです。"}, paragraphs(reason)...)
	return &notice{Tone: "stop", Icon: "stop", Title: title, Lines: lines}
}

func (p painter) townName(code string) string {
	if o, err := p.view.ByCode(code); err == nil {
		return o.Name
	}
	return ""
}

func (p painter) fullAddress(f venue.Facility) string {
	text := f.Address
	if f.Building != "" {
		text += " " + f.Building
	}
	if f.PostalCode != "" {
		text = "〒" + f.PostalCode + " " + text
	}
	return text
}

// mapHref asks a map by the address alone. It is a link, never followed by the page itself.
func mapHref(address string) string {
	return "https://www.openstreetmap.org/search?" + url.Values{"query": {address}}.Encode()
}

func phoneText(f venue.Facility) string {
	if f.PhoneExtension != "" {
		return f.Phone + "（内線 " + f.PhoneExtension + "）"
	}
	return f.Phone
}

func (p painter) facts(list []venue.Fact) []string {
	var words []string
	for _, f := range list {
		words = append(words, p.words.T("venue.fact."+string(f), nil))
	}
	return words
}

func (p painter) roomRow(r venue.Room) roomRow {
	row := roomRow{Href: roomHref(r.ID), Name: r.Name, Floor: r.Floor, Lines: []string{strconv.Itoa(r.Capacity) + "人まで"}, Off: !r.Bookable()}
	if r.AreaM2 != nil {
		row.Lines = append(row.Lines, areaText(*r.AreaM2))
	}
	if all := pictures(r.Photos); len(all) > 0 {
		row.Picture = &all[0]
	}
	return row
}

func areaText(m2 float64) string { return strconv.FormatFloat(m2, 'f', -1, 64) + "㎡" }

func (p painter) closing(c venue.ClosureEntry) string {
	first, last := clock.DateOf(c.From), clock.DateOf(c.To.Add(-1))
	if c.From.Equal(first.Start()) && c.To.Equal(last.AddDays(1).Start()) {
		text := dayText(first, p.today)
		if last != first {
			text += "〜" + dayText(last, p.today)
		}
		return text + "：" + c.Reason
	}
	return dayText(first, p.today) + spanText(c.From, c.To, p.today) + "：" + c.Reason
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

// photoShow gives a picture. Its address is its checksum, so it never changes.
func (s *Site) photoShow(c echo.Context) error {
	address, ok := strings.CutSuffix(c.Param("file"), ".jpg")
	if !ok {
		return venue.ErrPhotoUnknown
	}
	body, err := s.venues.Picture(c.Request().Context(), address)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+address[:24]+`"`)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, "image/jpeg", body)
}
