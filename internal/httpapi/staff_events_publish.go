package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// PublishEvent publishes an event.
func (f *face) PublishEvent(ctx context.Context, request api.PublishEventRequestObject) (api.PublishEventResponseObject, error) {
	e, err := f.Events.Publish(ctx, authorOf(ctx), request.EventID)
	if err != nil {
		return nil, err
	}
	return api.PublishEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
