package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ChangePhoto changes the texts and the place of a photo.
func (h *Handlers) ChangePhoto(
	ctx context.Context,
	request api.ChangePhotoRequestObject,
) (api.ChangePhotoResponseObject, error) {
	b := request.Body
	photo, err := h.Venues.ChangePhoto(
		ctx,
		caller.Author(ctx),
		request.FacilityID,
		request.PhotoID,
		func(in *venue.PhotoInput) {
			venuejson.Set(&in.Alt, b.Alt)
			venuejson.Set(&in.Credit, b.Credit)
			venuejson.Set(&in.License, b.License)
			venuejson.Set(&in.Position, b.Position)
		},
	)
	if err != nil {
		return nil, err
	}
	return api.ChangePhoto200JSONResponse(h.View.Photo(photo)), nil
}
