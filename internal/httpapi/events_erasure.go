package httpapi

import (
	"context"

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
		out.Occurrences = append(out.Occurrences, api.OccurrenceErasure{
			OccurrenceID: d.OccurrenceID, EndedAt: tokyo(d.EndedAt), EraseAfter: tokyo(d.EraseAfter), Erased: d.Erased,
		})
	}
	return out, nil
}
