package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// RevokeDoorLink ends a day link.
func (h *Handlers) RevokeDoorLink(
	ctx context.Context,
	request api.RevokeDoorLinkRequestObject,
) (api.RevokeDoorLinkResponseObject, error) {
	if err := h.Door.RevokeLink(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		request.LinkID,
	); err != nil {
		return nil, err
	}
	return api.RevokeDoorLink204Response{}, nil
}
