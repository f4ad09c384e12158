package venuejson

import (
	"context"
	"encoding/json"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// View builds answers with the addresses of one site.
type View struct {
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
	Words   caller.Words
}

// written turns a document of venue into the contract's, which is written the same in JSON; both
// are ours, so it can't fail but by a mistake in one of them.
func written[T any](document any) (out T) {
	raw, err := json.Marshal(document)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		panic("httpapi: a document of venue is not the contract's: " + err.Error())
	}
	return out
}

// FacilityFacts are what anyone may know of a facility.
func (view View) FacilityFacts(v venue.Facility) api.FacilityFacts {
	return api.FacilityFacts{
		ID:           v.ID,
		URL:          view.BaseURL + "/facilities/" + v.ID.String(),
		Organization: wire.OrganizationRef(v.Organization),
		Status:       api.VenueStatus(v.Status),
		ClosedOn:     wire.DayOrNull(v.ClosedOn),
		CloseReason:  v.CloseReason,
		ModifiedAt:   wire.Tokyo(v.ModifiedAt),
		Name:         v.Name,
		Kana:         v.Kana,
		English:      v.English,
		Alias:        v.Alias,
		AreaCode:     v.AreaCode,
		PostalCode:   v.PostalCode,
		Address:      v.Address,
		Building:     v.Building,
		Coordinates: api.Coordinates{
			Latitude:  v.Latitude,
			Longitude: v.Longitude,
		},
		Access:          v.Access,
		Phone:           v.Phone,
		PhoneExtension:  v.PhoneExtension,
		Email:           v.Email,
		Website:         v.Website,
		Description:     v.Description,
		FloorInfo:       v.FloorInfo,
		OperatedBy:      v.OperatedBy,
		CorporateNumber: v.CorporateNumber,
		PoiCode:         v.POICode,
		OutsideID:       v.OutsideID,
		BarrierFree:     words[api.BarrierFact](v.BarrierFree),
		Barriers:        words[api.BarrierFact](v.Barriers),
		BarrierNote:     v.BarrierNote,
		Hours:           written[api.OpeningHours](v.Hours),
		HoursNote:       v.HoursNote,
		Position:        v.Position,
		Spaces:          spaces(v.Spaces),
	}
}

func spaces(list []venue.Space) []api.Space {
	out := make([]api.Space, len(list))
	for i, s := range list {
		out[i] = api.Space{ID: s.ID, Name: s.Name, Floor: s.Floor}
	}
	return out
}

// words turns words of one kind into those of another.
func words[B, A ~string](list []A) []B {
	out := make([]B, len(list))
	for i, w := range list {
		out[i] = B(w)
	}
	return out
}

// FacilityList are facilities as lists show them.
func (view View) FacilityList(list []venue.Facility) []api.FacilityFacts {
	out := make([]api.FacilityFacts, len(list))
	for i, v := range list {
		out[i] = view.FacilityFacts(v)
	}
	return out
}

// StaffFacility is a facility as its staff see it.
func (view View) StaffFacility(v venue.Facility) api.StaffFacility {
	return api.StaffFacility{FacilityFacts: view.FacilityFacts(v), Photos: view.Photos(v.Photos)}
}

func (view View) roomFacts(r venue.Room) api.RoomFacts {
	out := api.RoomFacts{
		ID:              r.ID,
		URL:             view.BaseURL + "/rooms/" + r.ID.String(),
		Organization:    wire.OrganizationRef(r.Organization),
		Status:          api.VenueStatus(r.Status),
		ClosedOn:        wire.DayOrNull(r.ClosedOn),
		CloseReason:     r.CloseReason,
		ModifiedAt:      wire.Tokyo(r.ModifiedAt),
		Name:            r.Name,
		Kana:            r.Kana,
		English:         r.English,
		Floor:           r.Floor,
		Description:     r.Description,
		AreaM2:          wire.Or(r.AreaM2),
		Capacity:        r.Capacity,
		Food:            food(r.FoodOK),
		Noise:           api.Noise(r.Noise),
		SetupMinutes:    r.SetupMinutes,
		ClearingMinutes: r.ClearingMinutes,
		OpenTo:          api.RoomFactsOpenTo(r.OpenTo),
		Partnerships:    wire.List(r.Partnerships),
		Spaces:          make([]api.RoomSpace, len(r.Spaces)),
		Neighbours:      make([]api.Neighbour, len(r.Neighbours)),
		Layouts:         written[[]api.Layout](wire.List(r.Layouts)),
		Equipment:       written[[]api.Equipment](wire.List(r.Equipment)),
		Uses:            written[api.RoomUses](r.Uses),
		Fees:            written[[]api.RoomFee](wire.List(r.Fees)),
		Exemptions:      written[[]api.Exemption](wire.List(r.Exemptions)),
		Terms:           written[[]api.BookingTerm](wire.List(r.Terms)),
		Position:        r.Position,
	}
	for i, s := range r.Spaces {
		out.Spaces[i] = api.RoomSpace{SpaceID: s.SpaceID, Shared: &s.Shared}
	}
	for i, n := range r.Neighbours {
		out.Neighbours[i] = api.Neighbour{RoomID: n.RoomID, Rule: api.NeighbourRule(n.Rule)}
	}
	return out
}

func food(ok *bool) api.RoomFactsFood {
	switch {
	case ok == nil:
		return ""
	case *ok:
		return "allowed"
	}
	return "forbidden"
}

// PublicRoom is a room as anyone sees it, its rules in words.
func (view View) PublicRoom(ctx context.Context, r venue.Room) api.Room {
	out := api.Room{
		RoomFacts: view.roomFacts(r),
		Facility:  view.FacilityFacts(r.Facility),
		Photos:    view.Photos(r.Photos),
		Rules:     []api.RuleWords{},
	}
	for _, w := range r.Sentences(view.Words.Of(ctx), r.Organization.Name) {
		out.Rules = append(out.Rules, api.RuleWords{Who: api.RuleWordsWho(w.Who), Title: w.Title, Lines: w.Lines})
	}
	return out
}

// StaffRoom is a room as its staff see it.
func (view View) StaffRoom(r venue.Room) api.StaffRoom {
	return api.StaffRoom{RoomFacts: view.roomFacts(r), FacilityID: r.Facility.ID, Photos: view.Photos(r.Photos)}
}

// Photos are the photos of a facility or room.
func (view View) Photos(list []venue.Photo) []api.Photo {
	out := make([]api.Photo, len(list))
	for i, p := range list {
		out[i] = view.Photo(p)
	}
	return out
}

// Photo is a photo with the addresses of its sizes.
func (view View) Photo(p venue.Photo) api.Photo {
	out := api.Photo{
		ID:       p.ID,
		RoomID:   p.Room,
		Alt:      p.Alt,
		Credit:   p.Credit,
		License:  p.License,
		Position: p.Position,
		Images:   make([]api.PhotoImage, len(p.Images)),
	}
	for i, m := range p.Images {
		out.Images[i] = api.PhotoImage{
			Size:   api.PhotoImageSize(m.Size),
			Width:  m.Width,
			Height: m.Height,
			URL:    view.BaseURL + "/photos/" + m.Address + ".jpg",
		}
	}
	return out
}
