package httpapi

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// ListRounds lists what is announced.
func (f *face) ListRounds(ctx context.Context, request api.ListRoundsRequestObject) (api.ListRoundsResponseObject, error) {
	p := request.Params
	filter := booking.RoundFilter{Room: or(p.Room), Current: or(p.Current), Limit: pageSize(p.Limit)}
	if p.Organization != nil {
		o, err := f.Organizations.BySlug(ctx, *p.Organization)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil, errQuery.Field("organization", "organization_unknown")
		} else if err != nil {
			return nil, err
		}
		filter.Lender = o.ID
	}
	page, err := f.roundPage(ctx, filter, p.Cursor)
	return api.ListRounds200JSONResponse(page), err
}

func (f *face) roundPage(ctx context.Context, filter booking.RoundFilter, cursor *string) (api.RoundPage, error) {
	bound := []string{"rounds", filter.Lender.String(), filter.Room.String(), fmt.Sprint(filter.Current)}
	var err error
	if filter.After, err = f.roundPosition(cursor, bound); err != nil {
		return api.RoundPage{}, err
	}
	page, err := f.Bookings.Rounds(ctx, filter)
	if err != nil {
		return api.RoundPage{}, err
	}
	return api.RoundPage{Items: f.rounds(f.wordsOf(ctx), page.Items), NextCursor: f.sealRound(page.Next, bound)}, nil
}

func (f *face) roundPosition(cursor *string, bound []string) (*booking.RoundPosition, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // the first page
	}
	moment, id, err := f.open(*cursor, bound...)
	if err != nil {
		return nil, err
	}
	return &booking.RoundPosition{CreatedAt: numberMoment(moment), ID: id}, nil
}

func (f *face) sealRound(p *booking.RoundPosition, bound []string) *string {
	if p == nil {
		return nil
	}
	next := f.seal(momentNumber(p.CreatedAt), p.ID, bound...)
	return &next
}

// GetRound reads one.
func (f *face) GetRound(ctx context.Context, request api.GetRoundRequestObject) (api.GetRoundResponseObject, error) {
	r, err := f.Bookings.Round(ctx, request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.GetRound200JSONResponse(f.round(f.wordsOf(ctx), &r)), nil
}

// GetRoundDraw publishes what anybody needs to draw again.
func (f *face) GetRoundDraw(ctx context.Context, request api.GetRoundDrawRequestObject) (api.GetRoundDrawResponseObject, error) {
	r, err := f.Bookings.Round(ctx, request.RoundID)
	if err != nil {
		return nil, err
	}
	d, err := roundDraw(&r)
	return api.GetRoundDraw200JSONResponse(d), err
}

// ListOwnRounds lists those of own rooms.
func (f *face) ListOwnRounds(ctx context.Context, request api.ListOwnRoundsRequestObject) (api.ListOwnRoundsResponseObject, error) {
	page, err := f.roundPage(ctx, booking.RoundFilter{Lender: sessionOf(ctx).Organization.ID, Limit: pageSize(request.Params.Limit)}, request.Params.Cursor)
	return api.ListOwnRounds200JSONResponse(page), err
}

// GetOwnRound tells also how many applications there are.
func (f *face) GetOwnRound(ctx context.Context, request api.GetOwnRoundRequestObject) (api.GetOwnRoundResponseObject, error) {
	r, n, err := f.Bookings.OwnRound(ctx, sessionOf(ctx).Organization.ID, request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.GetOwnRound200JSONResponse{Round: f.round(f.wordsOf(ctx), &r), Applications: n}, nil
}

// ListApplications lists own applications.
func (f *face) ListApplications(ctx context.Context, request api.ListApplicationsRequestObject) (api.ListApplicationsResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	filter := booking.ApplicationFilter{Round: or(p.Round), Limit: pageSize(p.Limit)}
	bound := []string{"applications", own.String(), filter.Round.String()}
	var err error
	if filter.After, err = f.roundPosition(p.Cursor, bound); err != nil {
		return nil, err
	}
	page, err := f.Bookings.ListApplications(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListApplications200JSONResponse{Items: make([]api.Application, len(page.Items)), NextCursor: f.sealRound(page.Next, bound)}
	for i := range page.Items {
		out.Items[i] = application(f.wordsOf(ctx), &page.Items[i])
	}
	return out, nil
}

// GetApplication reads an own application.
func (f *face) GetApplication(ctx context.Context, request api.GetApplicationRequestObject) (api.GetApplicationResponseObject, error) {
	a, err := f.Bookings.Application(ctx, sessionOf(ctx).Organization.ID, request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.GetApplication200JSONResponse(application(f.wordsOf(ctx), &a)), nil
}

func applicationPath(slug string, id uuid.UUID) string {
	return Base + "/organizations/" + slug + "/applications/" + id.String()
}
