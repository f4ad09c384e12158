package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListStaffRooms lists the organization's own.
func (f *face) ListStaffRooms(ctx context.Context, request api.ListStaffRoomsRequestObject) (api.ListStaffRoomsResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	filter := venue.RoomFilter{Query: or(p.Q), Facility: or(p.Facility), Limit: pageSize(p.Limit)}
	bound := []string{"staff rooms", own.String(), filter.Query, filter.Facility.String()}
	if err := f.after(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := f.Venues.RoomsForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListStaffRooms200JSONResponse{Items: make([]api.StaffRoom, len(page.Items)), NextCursor: f.next(page.Next, bound)}
	for i, r := range page.Items {
		out.Items[i] = f.staffRoom(r)
	}
	return out, nil
}

// CreateRoom makes a draft.
func (f *face) CreateRoom(ctx context.Context, request api.CreateRoomRequestObject) (api.CreateRoomResponseObject, error) {
	var change api.RoomChange
	if err := readDocument(&change, request.Body); err != nil {
		return nil, err
	}
	apply, err := roomChange(&change)
	if err != nil {
		return nil, err
	}
	var in venue.RoomInput
	apply(&in)
	r, err := f.Venues.CreateRoom(ctx, keeperOf(ctx), request.Body.FacilityID, in)
	if err != nil {
		return nil, err
	}
	at := Base + "/organizations/" + request.Slug + "/rooms/" + r.ID.String()
	return api.CreateRoom201JSONResponse{Body: f.staffRoom(r), Headers: api.CreateRoom201ResponseHeaders{Location: &at}}, nil
}

// GetStaffRoom reads one of the organization's own.
func (f *face) GetStaffRoom(ctx context.Context, request api.GetStaffRoomRequestObject) (api.GetStaffRoomResponseObject, error) {
	r, err := f.Venues.RoomForStaff(ctx, sessionOf(ctx).Organization.ID, request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffRoom200JSONResponse(f.staffRoom(r)), nil
}

// ChangeRoom changes what was sent.
func (f *face) ChangeRoom(ctx context.Context, request api.ChangeRoomRequestObject) (api.ChangeRoomResponseObject, error) {
	apply, err := roomChange(request.Body)
	if err != nil {
		return nil, err
	}
	r, err := f.Venues.ChangeRoom(ctx, keeperOf(ctx), request.RoomID, apply)
	if err != nil {
		return nil, err
	}
	return api.ChangeRoom200JSONResponse(f.staffRoom(r)), nil
}

// OpenRoom lets those it is open to see and book it.
func (f *face) OpenRoom(ctx context.Context, request api.OpenRoomRequestObject) (api.OpenRoomResponseObject, error) {
	r, err := f.Venues.OpenRoom(ctx, keeperOf(ctx), request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.OpenRoom200JSONResponse(f.staffRoom(r)), nil
}

// CloseRoom takes no new bookings.
func (f *face) CloseRoom(ctx context.Context, request api.CloseRoomRequestObject) (api.CloseRoomResponseObject, error) {
	r, err := f.Venues.CloseRoom(ctx, keeperOf(ctx), request.RoomID, civilDate(request.Body.On), or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CloseRoom200JSONResponse(f.staffRoom(r)), nil
}

// DeleteRoom removes one that was never booked.
func (f *face) DeleteRoom(ctx context.Context, request api.DeleteRoomRequestObject) (api.DeleteRoomResponseObject, error) {
	if err := f.Venues.DeleteRoom(ctx, keeperOf(ctx), request.RoomID); err != nil {
		return nil, err
	}
	return api.DeleteRoom204Response{}, nil
}
