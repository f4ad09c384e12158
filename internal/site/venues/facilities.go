package venues

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// facilitiesView is the list of facilities.
type facilitiesView struct {
	Page     page.Head
	Errors   []page.FieldError
	Area     page.SelectField
	Q        page.Input
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

// ListFacilities shows facilities by town.
func (h *Handlers) ListFacilities(c echo.Context) error {
	p, err := h.viewBuilder(c.Request().Context())
	if err != nil {
		return err
	}
	area, q := c.QueryParam("area"), strings.TrimSpace(c.QueryParam("q"))
	filter := venue.FacilityFilter{Area: area, Query: page.Echoed(q), Limit: facilitiesPage}
	v := facilitiesView{
		Page: page.Head{
			Title:       h.Text("venues.title"),
			Current:     "facilities",
			Description: h.Text("venues.summary"),
			Canonical:   p.Canonical("/facilities"),
			Crumbs:      []page.Link{{Href: "/", Text: h.Text("page.brand")}, {Href: "", Text: h.Text("venues.title")}},
		},
		Area: p.townField(area),
		Q: page.Input{
			ID:    "q",
			Name:  "q",
			Type:  "search",
			Label: h.Text("venues.words"),
			Value: page.Echoed(q),
			Max:   200,
		},
	}
	if area != "" && !organization.ValidCode(area) {
		v.Area.Error = h.Text("venues.choose_town")
		v.Errors = append(v.Errors, page.FieldError{ID: v.Area.ID, Text: v.Area.Error})
		return h.Show(c, http.StatusUnprocessableEntity, "facilities", v)
	}
	if after := c.QueryParam("after"); after != "" {
		plain, err := h.cursors.Open(after, "facilities", area, filter.Query)
		if err != nil {
			return err
		}
		if filter.After, err = uuid.FromBytes(plain); err != nil {
			return err
		}
	}
	found, err := h.venues.Facilities(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	if area == "" && q == "" && filter.After == uuid.Nil {
		if v.Rounds, err = h.currentRounds(c.Request().Context(), p, round.Filter{Limit: 10}, nil); err != nil {
			return err
		}
	}
	v.Towns, v.Empty = p.towns(found.Items), len(found.Items) == 0
	if found.Next != uuid.Nil {
		v.NextHref = "/facilities?" + url.Values{
			"area":  {area},
			"q":     {filter.Query},
			"after": {h.cursors.Seal(found.Next[:], "facilities", area, filter.Query)},
		}.Encode()
	}
	return h.Show(c, http.StatusOK, "facilities", v)
}

func (p viewBuilder) townField(chosen string) page.SelectField {
	f := page.SelectField{
		ID:      "area",
		Name:    "area",
		Label:   p.Text("venues.town"),
		Options: []page.Option{{Label: p.Text("venues.all_towns")}},
	}
	for _, o := range p.Directory.Organizations() {
		if o.Code != "" {
			f.Options = append(f.Options, page.Option{Value: o.Code, Label: o.Name, Selected: o.Code == chosen})
		}
	}
	return f
}

// towns gathers facilities, which come in the order of towns.
func (p viewBuilder) towns(list []venue.Facility) []townOfFacilities {
	var towns []townOfFacilities
	last := ""
	for _, f := range list {
		if f.AreaCode != last {
			name := f.AreaCode
			if o, err := p.Directory.ByCode(f.AreaCode); err == nil {
				name = o.Name
			}
			towns, last = append(towns, townOfFacilities{Name: name}), f.AreaCode
		}
		t := &towns[len(towns)-1]
		t.Facilities = append(
			t.Facilities,
			facilityRow{
				Href:    facilityHref(f.ID),
				Name:    f.Name,
				Owner:   f.Organization.Name,
				Address: strings.TrimSpace(f.Address + " " + f.Building),
				Hours:   f.Hours.Sentences(p.Words),
			},
		)
	}
	return towns
}

func facilityHref(id uuid.UUID) string { return "/facilities/" + id.String() }
