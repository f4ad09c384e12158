package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
)

// CreateRound announces a draw of own rooms.
func (f *face) CreateRound(ctx context.Context, request api.CreateRoundRequestObject) (api.CreateRoundResponseObject, error) {
	in := request.Body
	r, err := f.Bookings.OpenRound(ctx, borrowerOf(ctx), booking.RoundInput{
		Name: in.Name, Note: or(in.Note), Rooms: in.RoomIds, FirstDay: civil(in.FirstDay), LastDay: civil(in.LastDay), OpensAt: in.OpensAt, ClosesAt: in.ClosesAt,
		DrawsAt: in.DrawsAt, AcceptUntil: in.AcceptUntil, ApplicationsMax: in.ApplicationsMax, WishesMax: in.WishesMax,
	})
	if err != nil {
		return nil, err
	}
	at := Base + "/organizations/" + request.Slug + "/rounds/" + r.ID.String()
	return api.CreateRound201JSONResponse{Body: f.round(f.wordsOf(ctx), &r), Headers: api.CreateRound201ResponseHeaders{Location: &at}}, nil
}

// ChangeRound changes its words, or before applications open its moments and numbers.
func (f *face) ChangeRound(ctx context.Context, request api.ChangeRoundRequestObject) (api.ChangeRoundResponseObject, error) {
	in := request.Body
	r, err := f.Bookings.ChangeRound(ctx, borrowerOf(ctx), request.RoundID, booking.RoundChange{
		Name: in.Name, Note: in.Note, OpensAt: in.OpensAt, ClosesAt: in.ClosesAt, DrawsAt: in.DrawsAt, AcceptUntil: in.AcceptUntil, ApplicationsMax: in.ApplicationsMax, WishesMax: in.WishesMax,
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeRound200JSONResponse(f.round(f.wordsOf(ctx), &r)), nil
}

// CancelRound calls it off.
func (f *face) CancelRound(ctx context.Context, request api.CancelRoundRequestObject) (api.CancelRoundResponseObject, error) {
	r, err := f.Bookings.CancelRound(ctx, borrowerOf(ctx), request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.CancelRound200JSONResponse(f.round(f.wordsOf(ctx), &r)), nil
}
