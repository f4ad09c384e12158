package facilities

import (
	"context"
	"net/url"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListFacilities finds facilities that are open.
func (h *Handlers) ListFacilities(
	ctx context.Context,
	request api.ListFacilitiesRequestObject,
) (api.ListFacilitiesResponseObject, error) {
	p := request.Params
	filter := venue.FacilityFilter{
		Organization: wire.Or(p.Organization),
		Area:         wire.Or(p.Area),
		Query:        wire.Or(p.Q),
		Limit:        listing.PageSize(p.Limit),
	}
	bound := []string{
		"facilities",
		url.Values{"organization": {filter.Organization}, "area": {filter.Area}, "q": {filter.Query}}.Encode(),
	}
	if err := h.Positions.After(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := h.Venues.Facilities(ctx, filter)
	if err != nil {
		return nil, err
	}
	return api.ListFacilities200JSONResponse{
		Items:      h.View.FacilityList(page.Items),
		NextCursor: h.Positions.Next(page.Next, bound),
	}, nil
}
