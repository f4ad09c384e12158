package organizations

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListPartnerships gives all partnerships with their members.
func (h *Handlers) ListPartnerships(
	ctx context.Context,
	_ api.ListPartnershipsRequestObject,
) (api.ListPartnershipsResponseObject, error) {
	all, err := h.Organizations.Partnerships(ctx)
	if err != nil {
		return nil, err
	}
	out := api.ListPartnerships200JSONResponse{Items: make([]api.Partnership, len(all))}
	for i, p := range all {
		out.Items[i] = partnership(p)
	}
	return out, nil
}
