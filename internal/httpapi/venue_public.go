package httpapi

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListFacilities finds facilities that are open.
func (f *face) ListFacilities(ctx context.Context, request api.ListFacilitiesRequestObject) (api.ListFacilitiesResponseObject, error) {
	p := request.Params
	filter := venue.FacilityFilter{Organization: or(p.Organization), Area: or(p.Area), Query: or(p.Q), Limit: pageSize(p.Limit)}
	bound := []string{"facilities", url.Values{"organization": {filter.Organization}, "area": {filter.Area}, "q": {filter.Query}}.Encode()}
	if err := f.after(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := f.Venues.Facilities(ctx, filter)
	if err != nil {
		return nil, err
	}
	return api.ListFacilities200JSONResponse{Items: f.facilityList(page.Items), NextCursor: f.next(page.Next, bound)}, nil
}

// GetFacility reads one facility.
func (f *face) GetFacility(ctx context.Context, request api.GetFacilityRequestObject) (api.GetFacilityResponseObject, error) {
	v, err := f.Venues.Facility(ctx, request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.GetFacility200JSONResponse{FacilityFacts: f.facilityFacts(v), Photos: f.photos(v.Photos), HoursText: filled(v.Hours.Sentences(f.wordsOf(ctx)))}, nil
}

// ListRooms finds rooms that are open to others.
func (f *face) ListRooms(ctx context.Context, request api.ListRoomsRequestObject) (api.ListRoomsResponseObject, error) {
	p := request.Params
	filter := venue.RoomFilter{
		Organization: or(p.Organization), Area: or(p.Area), Partnership: or(p.Partnership), Query: or(p.Q), Facility: or(p.Facility), Capacity: or(p.Capacity),
		Layout: string(or(p.Layout)), Limit: pageSize(p.Limit),
	}
	for _, kind := range or(p.Equipment) {
		filter.Equipment = append(filter.Equipment, string(kind))
	}
	bound := []string{"rooms", roomFilterKey(filter)}
	if err := f.after(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := f.Venues.Rooms(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListRooms200JSONResponse{Items: make([]api.Room, len(page.Items)), NextCursor: f.next(page.Next, bound)}
	for i, r := range page.Items {
		out.Items[i] = f.publicRoom(ctx, r)
	}
	return out, nil
}

// GetRoom reads one room.
func (f *face) GetRoom(ctx context.Context, request api.GetRoomRequestObject) (api.GetRoomResponseObject, error) {
	r, err := f.Venues.Room(ctx, request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.GetRoom200JSONResponse(f.publicRoom(ctx, r)), nil
}

func roomFilterKey(r venue.RoomFilter) string {
	return url.Values{
		"organization": {r.Organization}, "area": {r.Area}, "partnership": {r.Partnership}, "q": {r.Query}, "facility": {r.Facility.String()},
		"capacity": {strconv.Itoa(r.Capacity)}, "layout": {r.Layout}, "equipment": {strings.Join(r.Equipment, ",")},
	}.Encode()
}

// after reads the cursor of a list whose place is an id.
func (f *face) after(cursor *string, id *uuid.UUID, bound []string) error {
	if cursor == nil {
		return nil
	}
	_, place, err := f.open(*cursor, bound...)
	*id = place
	return err
}

func (f *face) next(id uuid.UUID, bound []string) *string {
	if id == uuid.Nil {
		return nil
	}
	next := f.seal(0, id, bound...)
	return &next
}
