package organizations

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListOrganizations gives all organizations.
func (h *Handlers) ListOrganizations(
	ctx context.Context,
	_ api.ListOrganizationsRequestObject,
) (api.ListOrganizationsResponseObject, error) {
	all, err := h.Organizations.List(ctx)
	if err != nil {
		return nil, err
	}
	out := api.ListOrganizations200JSONResponse{Items: make([]api.Organization, len(all))}
	for i, o := range all {
		out.Items[i] = organizationWhole(o)
	}
	return out, nil
}
