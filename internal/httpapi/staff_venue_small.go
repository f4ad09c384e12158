package httpapi

import (
	"context"
	"io"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListClosures lists closings that are not over.
func (f *face) ListClosures(ctx context.Context, request api.ListClosuresRequestObject) (api.ListClosuresResponseObject, error) {
	all, err := f.Venues.ClosingsForStaff(ctx, sessionOf(ctx).Organization.ID, request.FacilityID)
	if err != nil {
		return nil, err
	}
	out := api.ListClosures200JSONResponse{Items: make([]api.Closure, len(all))}
	for i, c := range all {
		out.Items[i] = closure(c)
	}
	return out, nil
}

// CreateClosure closes for once.
func (f *face) CreateClosure(ctx context.Context, request api.CreateClosureRequestObject) (api.CreateClosureResponseObject, error) {
	c, err := f.Venues.AddClosing(ctx, keeperOf(ctx), request.FacilityID, closureInput(request.Body))
	if err != nil {
		return nil, err
	}
	return api.CreateClosure201JSONResponse(closure(c)), nil
}

// DeleteClosure opens again.
func (f *face) DeleteClosure(ctx context.Context, request api.DeleteClosureRequestObject) (api.DeleteClosureResponseObject, error) {
	if err := f.Venues.RemoveClosing(ctx, keeperOf(ctx), request.FacilityID, request.ClosureID); err != nil {
		return nil, err
	}
	return api.DeleteClosure204Response{}, nil
}

// ListHolidays lists a year.
func (f *face) ListHolidays(ctx context.Context, request api.ListHolidaysRequestObject) (api.ListHolidaysResponseObject, error) {
	all, err := f.Venues.Holidays(ctx, sessionOf(ctx).Organization.ID, request.Params.Year)
	if err != nil {
		return nil, err
	}
	out := api.ListHolidays200JSONResponse{Items: make([]api.Holiday, len(all))}
	for i, h := range all {
		out.Items[i] = holiday(h)
	}
	return out, nil
}

// SetHoliday gives the organization's word on a day.
func (f *face) SetHoliday(ctx context.Context, request api.SetHolidayRequestObject) (api.SetHolidayResponseObject, error) {
	h, err := f.Venues.SetHoliday(ctx, keeperOf(ctx), venue.LocalHoliday{Day: civilDate(request.Day), Name: request.Body.Name, Observed: request.Body.Observed})
	if err != nil {
		return nil, err
	}
	return api.SetHoliday200JSONResponse(holiday(h)), nil
}

// RemoveHoliday takes it back.
func (f *face) RemoveHoliday(ctx context.Context, request api.RemoveHolidayRequestObject) (api.RemoveHolidayResponseObject, error) {
	if err := f.Venues.RemoveHoliday(ctx, keeperOf(ctx), civilDate(request.Day)); err != nil {
		return nil, err
	}
	return api.RemoveHoliday204Response{}, nil
}

// AddPhoto keeps a picture, drawn anew.
func (f *face) AddPhoto(ctx context.Context, request api.AddPhotoRequestObject) (api.AddPhotoResponseObject, error) {
	file, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	p := request.Params
	photo, err := f.Venues.AddPhoto(ctx, keeperOf(ctx), request.FacilityID, venue.PhotoInput{
		Room: p.RoomID, Alt: p.Alt, Credit: or(p.Credit), License: or(p.License), Position: or(p.Position),
	}, file)
	if err != nil {
		return nil, err
	}
	return api.AddPhoto201JSONResponse(f.photo(photo)), nil
}

// ChangePhoto changes what stands beside a picture.
func (f *face) ChangePhoto(ctx context.Context, request api.ChangePhotoRequestObject) (api.ChangePhotoResponseObject, error) {
	b := request.Body
	photo, err := f.Venues.ChangePhoto(ctx, keeperOf(ctx), request.FacilityID, request.PhotoID, func(in *venue.PhotoInput) {
		set(&in.Alt, b.Alt)
		set(&in.Credit, b.Credit)
		set(&in.License, b.License)
		set(&in.Position, b.Position)
	})
	if err != nil {
		return nil, err
	}
	return api.ChangePhoto200JSONResponse(f.photo(photo)), nil
}

// DeletePhoto removes a picture.
func (f *face) DeletePhoto(ctx context.Context, request api.DeletePhotoRequestObject) (api.DeletePhotoResponseObject, error) {
	if err := f.Venues.DeletePhoto(ctx, keeperOf(ctx), request.FacilityID, request.PhotoID); err != nil {
		return nil, err
	}
	return api.DeletePhoto204Response{}, nil
}
