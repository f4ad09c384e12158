package httpapi

import (
	"context"
	"encoding/json"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// written turns a document of venue into the contract's, which is written the same in JSON; both are ours, so it can't fail but by a mistake in one of them.
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

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func dayOrNull(d clock.Date) *openapi_types.Date {
	if d.IsZero() {
		return nil
	}
	return &openapi_types.Date{Time: d.Start()}
}

func (f *face) facilityFacts(v venue.Facility) api.FacilityFacts {
	return api.FacilityFacts{
		ID: v.ID, URL: f.BaseURL + "/facilities/" + v.ID.String(), Organization: organizationRef(v.Organization), Status: api.VenueStatus(v.Status),
		ClosedOn: dayOrNull(v.ClosedOn), CloseReason: v.CloseReason, ModifiedAt: tokyo(v.ModifiedAt),
		Name: v.Name, Kana: v.Kana, English: v.English, Alias: v.Alias, AreaCode: v.AreaCode, PostalCode: v.PostalCode, Address: v.Address, Building: v.Building,
		Coordinates: api.Coordinates{Latitude: v.Latitude, Longitude: v.Longitude}, Access: v.Access, Phone: v.Phone, PhoneExtension: v.PhoneExtension, Email: v.Email,
		Website: v.Website, Description: v.Description, FloorInfo: v.FloorInfo, OperatedBy: v.OperatedBy, CorporateNumber: v.CorporateNumber, PoiCode: v.POICode,
		OutsideID: v.OutsideID, BarrierFree: words[api.BarrierFact](v.BarrierFree), Barriers: words[api.BarrierFact](v.Barriers), BarrierNote: v.BarrierNote,
		Hours: written[api.OpeningHours](v.Hours), HoursNote: v.HoursNote, Position: v.Position, Spaces: spaces(v.Spaces),
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

func (f *face) facilityList(list []venue.Facility) []api.FacilityFacts {
	out := make([]api.FacilityFacts, len(list))
	for i, v := range list {
		out[i] = f.facilityFacts(v)
	}
	return out
}

func (f *face) staffFacility(v venue.Facility) api.StaffFacility {
	return api.StaffFacility{FacilityFacts: f.facilityFacts(v), Photos: f.photos(v.Photos)}
}

func (f *face) roomFacts(r venue.Room) api.RoomFacts {
	out := api.RoomFacts{
		ID: r.ID, URL: f.BaseURL + "/rooms/" + r.ID.String(), Organization: organizationRef(r.Organization), Status: api.VenueStatus(r.Status),
		ClosedOn: dayOrNull(r.ClosedOn), CloseReason: r.CloseReason, ModifiedAt: tokyo(r.ModifiedAt), Name: r.Name, Kana: r.Kana, English: r.English, Floor: r.Floor,
		Description: r.Description, AreaM2: or(r.AreaM2), Capacity: r.Capacity, Food: food(r.FoodOK), Noise: api.Noise(r.Noise), SetupMinutes: r.SetupMinutes,
		ClearingMinutes: r.ClearingMinutes, OpenTo: api.RoomFactsOpenTo(r.OpenTo), Partnerships: filled(r.Partnerships), Spaces: make([]api.RoomSpace, len(r.Spaces)),
		Neighbours: make([]api.Neighbour, len(r.Neighbours)), Layouts: written[[]api.Layout](filled(r.Layouts)), Equipment: written[[]api.Equipment](filled(r.Equipment)),
		Uses: written[api.RoomUses](r.Uses), Fees: written[[]api.RoomFee](filled(r.Fees)), Exemptions: written[[]api.Exemption](filled(r.Exemptions)),
		Terms: written[[]api.BookingTerm](filled(r.Terms)), Position: r.Position,
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

func (f *face) publicRoom(ctx context.Context, r venue.Room) api.Room {
	out := api.Room{RoomFacts: f.roomFacts(r), Facility: f.facilityFacts(r.Facility), Photos: f.photos(r.Photos), Rules: []api.RuleWords{}}
	for _, w := range r.Sentences(f.wordsOf(ctx), r.Organization.Name) {
		out.Rules = append(out.Rules, api.RuleWords{Who: api.RuleWordsWho(w.Who), Title: w.Title, Lines: w.Lines})
	}
	return out
}

func (f *face) staffRoom(r venue.Room) api.StaffRoom {
	return api.StaffRoom{RoomFacts: f.roomFacts(r), FacilityID: r.Facility.ID, Photos: f.photos(r.Photos)}
}

func (f *face) photos(list []venue.Photo) []api.Photo {
	out := make([]api.Photo, len(list))
	for i, p := range list {
		out[i] = f.photo(p)
	}
	return out
}

func (f *face) photo(p venue.Photo) api.Photo {
	out := api.Photo{ID: p.ID, RoomID: p.Room, Alt: p.Alt, Credit: p.Credit, License: p.License, Position: p.Position, Images: make([]api.PhotoImage, len(p.Images))}
	for i, m := range p.Images {
		out.Images[i] = api.PhotoImage{Size: api.PhotoImageSize(m.Size), Width: m.Width, Height: m.Height, URL: f.BaseURL + "/photos/" + m.Address + ".jpg"}
	}
	return out
}

func closure(c venue.ClosureEntry) api.Closure {
	return api.Closure{ID: c.ID, RoomID: c.Room, StartsAt: tokyo(c.From), EndsAt: tokyo(c.To), Reason: c.Reason}
}

func holiday(h venue.LocalHoliday) api.Holiday {
	return api.Holiday{Day: openapi_types.Date{Time: h.Day.Start()}, Name: h.Name, Observed: h.Observed}
}
