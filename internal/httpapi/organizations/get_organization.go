package organizations

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetOrganization reads one organization with its partnerships.
func (h *Handlers) GetOrganization(
	ctx context.Context,
	request api.GetOrganizationRequestObject,
) (api.GetOrganizationResponseObject, error) {
	o, err := h.Organizations.BySlug(ctx, request.Slug)
	if err != nil {
		return nil, err
	}
	partnerships, err := h.Organizations.Partnerships(ctx)
	if err != nil {
		return nil, err
	}
	out := api.GetOrganization200JSONResponse{Organization: organizationWhole(o), Partnerships: []api.Partnership{}}
	for _, p := range partnerships {
		if p.Has(o.ID) {
			out.Partnerships = append(out.Partnerships, partnership(p))
		}
	}
	return out, nil
}
