package venuejson

import (
	"encoding/json"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ReadDocument turns a document of the contract into venue's. The contract's patterns let 31 June
// pass, which no document has.
func ReadDocument[T any](into *T, document any) error {
	raw, err := json.Marshal(document)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return contract.ErrInvalid.Because(err)
	}
	return nil
}

// Set puts what was sent in its place.
func Set[T any](place *T, sent *T) {
	if sent != nil {
		*place = *sent
	}
}

// FacilityChange reads a whole change before anything is done; what it gives puts it on a facility.
func FacilityChange(b *api.FacilityChange) (func(in *venue.FacilityInput), error) {
	var hours venue.Calendar
	if b.Hours != nil {
		if err := ReadDocument(&hours, b.Hours); err != nil {
			return nil, err
		}
	}
	return func(in *venue.FacilityInput) {
		for _, f := range []struct{ place, sent *string }{
			{&in.Name, b.Name},
			{&in.Kana, b.Kana},
			{&in.English, b.English},
			{&in.Alias, b.Alias},
			{&in.AreaCode, b.AreaCode},
			{&in.PostalCode, b.PostalCode},
			{&in.Address, b.Address},
			{&in.Building, b.Building},
			{&in.Access, b.Access},
			{&in.Phone, b.Phone},
			{&in.PhoneExtension, b.PhoneExtension},
			{&in.Email, b.Email},
			{&in.Website, b.Website},
			{&in.Description, b.Description},
			{&in.FloorInfo, b.FloorInfo},
			{&in.OperatedBy, b.OperatedBy},
			{&in.CorporateNumber, b.CorporateNumber},
			{&in.POICode, b.PoiCode},
			{&in.OutsideID, b.OutsideID},
			{&in.BarrierNote, b.BarrierNote},
			{&in.HoursNote, b.HoursNote},
		} {
			Set(f.place, f.sent)
		}
		if b.Coordinates != nil {
			in.Latitude, in.Longitude = b.Coordinates.Latitude, b.Coordinates.Longitude
		}
		if b.BarrierFree != nil {
			in.BarrierFree = words[venue.Fact](*b.BarrierFree)
		}
		if b.Barriers != nil {
			in.Barriers = words[venue.Fact](*b.Barriers)
		}
		if b.Hours != nil {
			in.Hours = hours
		}
		Set(&in.Position, b.Position)
		if b.Spaces != nil {
			in.Spaces = nil
			for _, s := range *b.Spaces {
				in.Spaces = append(in.Spaces, venue.Space{ID: wire.Or(s.ID), Name: s.Name, Floor: wire.Or(s.Floor)})
			}
		}
	}, nil
}

// roomDocuments are those of a room that are written the same in JSON.
type roomDocuments struct {
	Layouts    []venue.Layout    `json:"layouts"`
	Equipment  []venue.Equipment `json:"equipment"`
	Uses       venue.Uses        `json:"uses"`
	Fees       []venue.Fee       `json:"fees"`
	Exemptions []venue.Exemption `json:"exemptions"`
	Terms      []venue.Term      `json:"terms"`
}

// RoomChange is facilityChange for a room.
func RoomChange(b *api.RoomChange) (func(in *venue.RoomInput), error) {
	var d roomDocuments
	if err := ReadDocument(&d, b); err != nil {
		return nil, err
	}
	return func(in *venue.RoomInput) {
		for _, f := range []struct{ place, sent *string }{
			{&in.Name, b.Name},
			{&in.Kana, b.Kana},
			{&in.English, b.English},
			{&in.Floor, b.Floor},
			{&in.Description, b.Description},
		} {
			Set(f.place, f.sent)
		}
		for _, f := range []struct{ place, sent *int }{
			{&in.Capacity, b.Capacity},
			{&in.SetupMinutes, b.SetupMinutes},
			{&in.ClearingMinutes, b.ClearingMinutes},
			{&in.Position, b.Position},
		} {
			Set(f.place, f.sent)
		}
		if b.AreaM2 != nil {
			if in.AreaM2 = nil; *b.AreaM2 > 0 {
				in.AreaM2 = b.AreaM2
			}
		}
		if b.Food != nil {
			allowed := *b.Food == "allowed"
			if in.FoodOK = nil; *b.Food != "" {
				in.FoodOK = &allowed
			}
		}
		Set(&in.Noise, (*venue.Noise)(b.Noise))
		Set(&in.OpenTo, (*venue.OpenTo)(b.OpenTo))
		Set(&in.Partnerships, b.Partnerships)
		if b.Spaces != nil {
			in.Spaces = nil
			for _, s := range *b.Spaces {
				in.Spaces = append(in.Spaces, venue.RoomSpace{SpaceID: s.SpaceID, Shared: wire.Or(s.Shared)})
			}
		}
		if b.Neighbours != nil {
			in.Neighbours = nil
			for _, n := range *b.Neighbours {
				in.Neighbours = append(in.Neighbours, venue.Neighbour{RoomID: n.RoomID, Rule: venue.NoiseRule(n.Rule)})
			}
		}
		putIf(b.Layouts != nil, &in.Layouts, d.Layouts)
		putIf(b.Equipment != nil, &in.Equipment, d.Equipment)
		putIf(b.Uses != nil, &in.Uses, d.Uses)
		putIf(b.Fees != nil, &in.Fees, d.Fees)
		putIf(b.Exemptions != nil, &in.Exemptions, d.Exemptions)
		putIf(b.Terms != nil, &in.Terms, d.Terms)
	}, nil
}

func putIf[T any](sent bool, place *T, value T) {
	if sent {
		*place = value
	}
}
