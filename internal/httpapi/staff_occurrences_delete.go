package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DeleteOccurrence deletes a date that was never listed.
func (f *face) DeleteOccurrence(ctx context.Context, request api.DeleteOccurrenceRequestObject) (api.DeleteOccurrenceResponseObject, error) {
	e, err := f.Events.DeleteOccurrence(ctx, authorOf(ctx), request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	return api.DeleteOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
