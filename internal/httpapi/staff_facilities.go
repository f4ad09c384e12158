package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListStaffFacilities lists the organization's own.
func (f *face) ListStaffFacilities(ctx context.Context, request api.ListStaffFacilitiesRequestObject) (api.ListStaffFacilitiesResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	filter := venue.FacilityFilter{Query: or(p.Q), Limit: pageSize(p.Limit)}
	bound := []string{"staff facilities", own.String(), filter.Query}
	if err := f.after(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := f.Venues.FacilitiesForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	return api.ListStaffFacilities200JSONResponse{Items: f.facilityList(page.Items), NextCursor: f.next(page.Next, bound)}, nil
}

// CreateFacility makes a draft.
func (f *face) CreateFacility(ctx context.Context, request api.CreateFacilityRequestObject) (api.CreateFacilityResponseObject, error) {
	var change api.FacilityChange
	if err := readDocument(&change, request.Body); err != nil {
		return nil, err
	}
	apply, err := facilityChange(&change)
	if err != nil {
		return nil, err
	}
	var in venue.FacilityInput
	apply(&in)
	v, err := f.Venues.CreateFacility(ctx, keeperOf(ctx), in)
	if err != nil {
		return nil, err
	}
	at := Base + "/organizations/" + request.Slug + "/facilities/" + v.ID.String()
	return api.CreateFacility201JSONResponse{Body: f.staffFacility(v), Headers: api.CreateFacility201ResponseHeaders{Location: &at}}, nil
}

// GetStaffFacility reads one of the organization's own.
func (f *face) GetStaffFacility(ctx context.Context, request api.GetStaffFacilityRequestObject) (api.GetStaffFacilityResponseObject, error) {
	v, err := f.Venues.FacilityForStaff(ctx, sessionOf(ctx).Organization.ID, request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffFacility200JSONResponse(f.staffFacility(v)), nil
}

// ChangeFacility changes what was sent.
func (f *face) ChangeFacility(ctx context.Context, request api.ChangeFacilityRequestObject) (api.ChangeFacilityResponseObject, error) {
	apply, err := facilityChange(request.Body)
	if err != nil {
		return nil, err
	}
	v, err := f.Venues.ChangeFacility(ctx, keeperOf(ctx), request.FacilityID, apply)
	if err != nil {
		return nil, err
	}
	return api.ChangeFacility200JSONResponse(f.staffFacility(v)), nil
}

// OpenFacility shows it to everybody.
func (f *face) OpenFacility(ctx context.Context, request api.OpenFacilityRequestObject) (api.OpenFacilityResponseObject, error) {
	v, err := f.Venues.OpenFacility(ctx, keeperOf(ctx), request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.OpenFacility200JSONResponse(f.staffFacility(v)), nil
}

// CloseFacility closes it from a day on.
func (f *face) CloseFacility(ctx context.Context, request api.CloseFacilityRequestObject) (api.CloseFacilityResponseObject, error) {
	v, err := f.Venues.CloseFacility(ctx, keeperOf(ctx), request.FacilityID, civilDate(request.Body.On), or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CloseFacility200JSONResponse(f.staffFacility(v)), nil
}

// DeleteFacility removes one without rooms.
func (f *face) DeleteFacility(ctx context.Context, request api.DeleteFacilityRequestObject) (api.DeleteFacilityResponseObject, error) {
	if err := f.Venues.DeleteFacility(ctx, keeperOf(ctx), request.FacilityID); err != nil {
		return nil, err
	}
	return api.DeleteFacility204Response{}, nil
}
