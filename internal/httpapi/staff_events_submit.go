package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// SubmitEvent hands a draft to those who publish.
func (f *face) SubmitEvent(ctx context.Context, request api.SubmitEventRequestObject) (api.SubmitEventResponseObject, error) {
	e, err := f.Events.Submit(ctx, authorOf(ctx), request.EventID)
	if err != nil {
		return nil, err
	}
	return api.SubmitEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
