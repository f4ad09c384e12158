package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListStaffFacilities lists the organization's own facilities.
func (h *Handlers) ListStaffFacilities(
	ctx context.Context,
	request api.ListStaffFacilitiesRequestObject,
) (api.ListStaffFacilitiesResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	filter := venue.FacilityFilter{Query: wire.Or(p.Q), Limit: listing.PageSize(p.Limit)}
	bound := []string{"staff facilities", own.String(), filter.Query}
	if err := h.Positions.After(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := h.Venues.FacilitiesForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	return api.ListStaffFacilities200JSONResponse{
		Items:      h.View.FacilityList(page.Items),
		NextCursor: h.Positions.Next(page.Next, bound),
	}, nil
}
