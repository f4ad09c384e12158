package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// AddBookingNote adds a note that both towns can read.
func (h *Handlers) AddBookingNote(
	ctx context.Context,
	request api.AddBookingNoteRequestObject,
) (api.AddBookingNoteResponseObject, error) {
	d, err := h.Bookings.AddNote(ctx, caller.Author(ctx), request.BookingID, request.Body.Body)
	if err != nil {
		return nil, err
	}
	return api.AddBookingNote200JSONResponse(bookingDetail(d)), nil
}
