package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListDoorLinks gives the day links of a date without their tokens.
func (h *Handlers) ListDoorLinks(
	ctx context.Context,
	request api.ListDoorLinksRequestObject,
) (api.ListDoorLinksResponseObject, error) {
	links, err := h.Door.Links(ctx, caller.Session(ctx).Organization.ID, request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	out := api.ListDoorLinks200JSONResponse{Items: make([]api.DoorLink, len(links))}
	for i, l := range links {
		out.Items[i] = doorLink(l)
	}
	return out, nil
}
