package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DeleteEvent deletes an event that was never published.
func (f *face) DeleteEvent(ctx context.Context, request api.DeleteEventRequestObject) (api.DeleteEventResponseObject, error) {
	if err := f.Events.Delete(ctx, authorOf(ctx), request.EventID); err != nil {
		return nil, err
	}
	return api.DeleteEvent204Response{}, nil
}
