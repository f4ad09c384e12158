package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeletePhoto deletes a photo.
func (h *Handlers) DeletePhoto(
	ctx context.Context,
	request api.DeletePhotoRequestObject,
) (api.DeletePhotoResponseObject, error) {
	if err := h.Venues.DeletePhoto(ctx, caller.Author(ctx), request.FacilityID, request.PhotoID); err != nil {
		return nil, err
	}
	return api.DeletePhoto204Response{}, nil
}
