package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// AddBookingNote writes to the other town.
func (f *face) AddBookingNote(ctx context.Context, request api.AddBookingNoteRequestObject) (api.AddBookingNoteResponseObject, error) {
	d, err := f.Bookings.AddNote(ctx, borrowerOf(ctx), request.BookingID, request.Body.Body)
	if err != nil {
		return nil, err
	}
	return api.AddBookingNote200JSONResponse(bookingDetail(d)), nil
}
