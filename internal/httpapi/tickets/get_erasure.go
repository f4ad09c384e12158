package tickets

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// GetErasure says of each past date of a listed event whether its tickets were erased.
func (h *Handlers) GetErasure(
	ctx context.Context,
	request api.GetErasureRequestObject,
) (api.GetErasureResponseObject, error) {
	dates, err := h.Tickets.Erasures(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetErasure200JSONResponse{EventID: request.EventID, Occurrences: []api.OccurrenceErasure{}}
	for _, d := range dates {
		shown := api.OccurrenceErasure{
			OccurrenceID: d.OccurrenceID,
			EndedAt:      wire.Tokyo(d.EndedAt),
			EraseAfter:   wire.Tokyo(d.EraseAfter),
			Erased:       d.Erased,
			ContactKey:   api.OccurrenceErasureContactKey(d.Key),
		}
		if d.KeyDestroyedOn != nil {
			shown.ContactKeyDestroyedOn = &openapi_types.Date{Time: d.KeyDestroyedOn.Start()}
		}
		out.Occurrences = append(out.Occurrences, shown)
	}
	return out, nil
}
