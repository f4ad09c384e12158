package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ChangeEvent changes an event.
func (f *face) ChangeEvent(ctx context.Context, request api.ChangeEventRequestObject) (api.ChangeEventResponseObject, error) {
	e, err := f.Events.Change(ctx, authorOf(ctx), request.EventID, eventChange(request.Body))
	if err != nil {
		return nil, err
	}
	return api.ChangeEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
