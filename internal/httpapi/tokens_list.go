package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListTokens gives the organization's tokens without their texts.
func (f *face) ListTokens(ctx context.Context, _ api.ListTokensRequestObject) (api.ListTokensResponseObject, error) {
	all, err := f.Staff.Tokens(ctx, sessionOf(ctx))
	if err != nil {
		return nil, err
	}
	out := api.ListTokens200JSONResponse{Items: make([]api.Token, len(all))}
	for i, t := range all {
		out.Items[i] = token(t)
	}
	return out, nil
}
