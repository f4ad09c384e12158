package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// CreateRoom makes a draft of a room.
func (h *Handlers) CreateRoom(
	ctx context.Context,
	request api.CreateRoomRequestObject,
) (api.CreateRoomResponseObject, error) {
	var change api.RoomChange
	if err := venuejson.ReadDocument(&change, request.Body); err != nil {
		return nil, err
	}
	apply, err := venuejson.RoomChange(&change)
	if err != nil {
		return nil, err
	}
	var in venue.RoomInput
	apply(&in)
	r, err := h.Venues.CreateRoom(ctx, caller.Author(ctx), request.Body.FacilityID, in)
	if err != nil {
		return nil, err
	}
	at := contract.Base + "/organizations/" + request.Slug + "/rooms/" + r.ID.String()
	return api.CreateRoom201JSONResponse{
		Body:    h.View.StaffRoom(r),
		Headers: api.CreateRoom201ResponseHeaders{Location: &at},
	}, nil
}
