package tickets

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetContactWays says how holders of an event's tickets can be told of changes.
func (h *Handlers) GetContactWays(
	ctx context.Context,
	request api.GetContactWaysRequestObject,
) (api.GetContactWaysResponseObject, error) {
	if _, err := h.Events.Published(ctx, request.EventID); err != nil {
		return nil, err
	}
	ways, err := h.Contacts.Ways(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetContactWays200JSONResponse{Mail: ways.Mail, OccurrenceIds: []uuid.UUID{}}
	if ways.PushKey != "" {
		out.PushKey = &ways.PushKey
	}
	for id := range ways.Dates {
		if ways.For(id) {
			out.OccurrenceIds = append(out.OccurrenceIds, id)
		}
	}
	slices.SortFunc(out.OccurrenceIds, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return out, nil
}
