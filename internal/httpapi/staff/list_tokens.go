package staff

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListTokens lists the organization's tokens without their secrets.
func (h *Handlers) ListTokens(
	ctx context.Context,
	_ api.ListTokensRequestObject,
) (api.ListTokensResponseObject, error) {
	all, err := h.Staff.Tokens(ctx, caller.Session(ctx))
	if err != nil {
		return nil, err
	}
	out := api.ListTokens200JSONResponse{Items: make([]api.Token, len(all))}
	for i, t := range all {
		out.Items[i] = token(t)
	}
	return out, nil
}
