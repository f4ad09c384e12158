package httpapi

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetErasure says of each past date of a listed event whether its tickets were erased.
func (f *face) GetErasure(ctx context.Context, request api.GetErasureRequestObject) (api.GetErasureResponseObject, error) {
	dates, err := f.Tickets.Erasures(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetErasure200JSONResponse{EventID: request.EventID, Occurrences: []api.OccurrenceErasure{}}
	for _, d := range dates {
		shown := api.OccurrenceErasure{
			OccurrenceID: d.OccurrenceID, EndedAt: tokyo(d.EndedAt), EraseAfter: tokyo(d.EraseAfter), Erased: d.Erased, ContactKey: api.OccurrenceErasureContactKey(d.Key),
		}
		if d.KeyDestroyedOn != nil {
			shown.ContactKeyDestroyedOn = &openapi_types.Date{Time: d.KeyDestroyedOn.Start()}
		}
		out.Occurrences = append(out.Occurrences, shown)
	}
	return out, nil
}
