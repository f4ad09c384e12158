package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CopyEvent copies an event into a new draft.
func (f *face) CopyEvent(ctx context.Context, request api.CopyEventRequestObject) (api.CopyEventResponseObject, error) {
	e, err := f.Events.Copy(ctx, authorOf(ctx), request.EventID, request.Body.ShiftDays)
	if err != nil {
		return nil, err
	}
	at := staffEventPath(request.Slug, e.ID)
	return api.CopyEvent201JSONResponse{Body: f.staffEvent(&e, f.Clock.Now()), Headers: api.CopyEvent201ResponseHeaders{Location: &at}}, nil
}
