package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// CreateEvent makes a draft.
func (f *face) CreateEvent(ctx context.Context, request api.CreateEventRequestObject) (api.CreateEventResponseObject, error) {
	e, err := f.Events.Create(ctx, authorOf(ctx), eventInput(request.Body))
	if err != nil {
		return nil, err
	}
	at := staffEventPath(request.Slug, e.ID)
	return api.CreateEvent201JSONResponse{Body: f.staffEvent(&e, f.Clock.Now()), Headers: api.CreateEvent201ResponseHeaders{Location: &at}}, nil
}

// staffEventPath is where the staff of an organization find an event.
func staffEventPath(slug string, id uuid.UUID) string {
	return Base + "/organizations/" + slug + "/events/" + id.String()
}
