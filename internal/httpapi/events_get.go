package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetEvent reads one published event.
func (f *face) GetEvent(ctx context.Context, request api.GetEventRequestObject) (api.GetEventResponseObject, error) {
	e, err := f.Events.Published(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.GetEvent200JSONResponse(f.publicEvent(&e, f.Clock.Now())), nil
}
