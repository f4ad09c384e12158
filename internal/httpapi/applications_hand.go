package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
)

// ApplyForRooms hands in an application.
func (f *face) ApplyForRooms(ctx context.Context, request api.ApplyForRoomsRequestObject) (api.ApplyForRoomsResponseObject, error) {
	in := request.Body
	a, err := f.Bookings.Apply(ctx, borrowerOf(ctx), booking.ApplicationInput{RoundID: in.RoundID, Title: in.Title, People: in.People, Wishes: wishes(in.Wishes)})
	if err != nil {
		return nil, err
	}
	at := applicationPath(request.Slug, a.ID)
	return api.ApplyForRooms201JSONResponse{Body: application(f.wordsOf(ctx), &a), Headers: api.ApplyForRooms201ResponseHeaders{Location: &at}}, nil
}

// ChangeApplication puts new wishes in the place of the old ones.
func (f *face) ChangeApplication(ctx context.Context, request api.ChangeApplicationRequestObject) (api.ChangeApplicationResponseObject, error) {
	in := request.Body
	a, err := f.Bookings.ChangeApplication(ctx, borrowerOf(ctx), request.ApplicationID, booking.ApplicationInput{Title: in.Title, People: in.People, Wishes: wishes(in.Wishes)})
	if err != nil {
		return nil, err
	}
	return api.ChangeApplication200JSONResponse(application(f.wordsOf(ctx), &a)), nil
}

// WithdrawApplication takes one back.
func (f *face) WithdrawApplication(ctx context.Context, request api.WithdrawApplicationRequestObject) (api.WithdrawApplicationResponseObject, error) {
	if err := f.Bookings.Withdraw(ctx, borrowerOf(ctx), request.ApplicationID); err != nil {
		return nil, err
	}
	return api.WithdrawApplication204Response{}, nil
}

// AcceptResult accepts what was drawn.
func (f *face) AcceptResult(ctx context.Context, request api.AcceptResultRequestObject) (api.AcceptResultResponseObject, error) {
	a, err := f.Bookings.AcceptResult(ctx, borrowerOf(ctx), request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.AcceptResult200JSONResponse(application(f.wordsOf(ctx), &a)), nil
}

// DeclineResult gives back what was drawn.
func (f *face) DeclineResult(ctx context.Context, request api.DeclineResultRequestObject) (api.DeclineResultResponseObject, error) {
	a, err := f.Bookings.DeclineResult(ctx, borrowerOf(ctx), request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.DeclineResult200JSONResponse(application(f.wordsOf(ctx), &a)), nil
}

func wishes(in []api.WishInput) []booking.Wish {
	all := make([]booking.Wish, len(in))
	for i, w := range in {
		all[i] = booking.Wish{RoomID: w.RoomID, StartsAt: w.StartsAt, EndsAt: w.EndsAt}
	}
	return all
}
