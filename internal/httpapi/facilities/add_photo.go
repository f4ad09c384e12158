package facilities

import (
	"context"
	"io"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// AddPhoto keeps a photo, encoded anew without what the camera wrote into it.
func (h *Handlers) AddPhoto(
	ctx context.Context,
	request api.AddPhotoRequestObject,
) (api.AddPhotoResponseObject, error) {
	file, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, contract.Unreadable(err)
	}
	p := request.Params
	photo, err := h.Venues.AddPhoto(ctx, caller.Author(ctx), request.FacilityID, venue.PhotoInput{
		Room:     p.RoomID,
		Alt:      p.Alt,
		Credit:   wire.Or(p.Credit),
		License:  wire.Or(p.License),
		Position: wire.Or(p.Position),
	}, file)
	if err != nil {
		return nil, err
	}
	return api.AddPhoto201JSONResponse(h.View.Photo(photo)), nil
}
