package site

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// facilitiesView is the list of facilities.
type facilitiesView struct {
	Page     head
	Errors   []fieldError
	Area     selectField
	Q        input
	Rounds   []roundLink // draws that go on now, above the whole list
	Towns    []townOfFacilities
	Empty    bool
	NextHref string
}

type townOfFacilities struct {
	Name       string
	Facilities []facilityRow
}

type facilityRow struct {
	Href, Name, Owner, Address string
	Hours                      []string
}

const facilitiesPage = 30

func (s *Site) facilitiesList(c echo.Context) error {
	p, err := s.painter(c.Request().Context())
	if err != nil {
		return err
	}
	area, q := c.QueryParam("area"), strings.TrimSpace(c.QueryParam("q"))
	filter := venue.FacilityFilter{Area: area, Query: echoed(q), Limit: facilitiesPage}
	v := facilitiesView{
		Page: head{Title: "施設と部屋", Current: "facilities", Description: "町と町が貸しあう部屋のある施設です。", Canonical: p.canonical("/facilities"), Crumbs: []link{{"/", "となりまち"}, {"", "施設と部屋"}}},
		Area: p.townField(area), Q: input{ID: "q", Name: "q", Type: "search", Label: "ことば", Value: echoed(q), Max: 200},
	}
	if area != "" && !organization.ValidCode(area) {
		v.Area.Error = "一覧から町をえらんでください。"
		v.Errors = append(v.Errors, fieldError{ID: v.Area.ID, Text: v.Area.Error})
		return s.show(c, http.StatusUnprocessableEntity, "facilities", v)
	}
	if after := c.QueryParam("after"); after != "" {
		plain, err := s.cursors.Open(after, "facilities", area, filter.Query)
		if err != nil {
			return err
		}
		if filter.After, err = uuid.FromBytes(plain); err != nil {
			return err
		}
	}
	page, err := s.venues.Facilities(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	if area == "" && q == "" && filter.After == uuid.Nil {
		if v.Rounds, err = s.currentRounds(c.Request().Context(), p, booking.RoundFilter{Limit: 10}, nil); err != nil {
			return err
		}
	}
	v.Towns, v.Empty = p.towns(page.Items), len(page.Items) == 0
	if page.Next != uuid.Nil {
		v.NextHref = "/facilities?" + url.Values{"area": {area}, "q": {filter.Query}, "after": {s.cursors.Seal(page.Next[:], "facilities", area, filter.Query)}}.Encode()
	}
	return s.show(c, http.StatusOK, "facilities", v)
}

func (p painter) townField(chosen string) selectField {
	f := selectField{ID: "area", Name: "area", Label: "町", Options: []option{{Label: "すべての町"}}}
	for _, o := range p.view.Organizations() {
		if o.Code != "" {
			f.Options = append(f.Options, option{Value: o.Code, Label: o.Name, Selected: o.Code == chosen})
		}
	}
	return f
}

// towns gathers facilities, which come in the order of towns.
func (p painter) towns(list []venue.Facility) []townOfFacilities {
	var towns []townOfFacilities
	last := ""
	for _, f := range list {
		if f.AreaCode != last {
			name := f.AreaCode
			if o, err := p.view.ByCode(f.AreaCode); err == nil {
				name = o.Name
			}
			towns, last = append(towns, townOfFacilities{Name: name}), f.AreaCode
		}
		t := &towns[len(towns)-1]
		t.Facilities = append(t.Facilities, facilityRow{Href: facilityHref(f.ID), Name: f.Name, Owner: f.Organization.Name, Address: strings.TrimSpace(f.Address + " " + f.Building), Hours: f.Hours.Sentences(p.words)})
	}
	return towns
}

func facilityHref(id uuid.UUID) string { return "/facilities/" + id.String() }

func roomHref(id uuid.UUID) string { return "/rooms/" + id.String() }
