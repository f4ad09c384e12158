package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// RevokeToken ends a token.
func (f *face) RevokeToken(ctx context.Context, request api.RevokeTokenRequestObject) (api.RevokeTokenResponseObject, error) {
	if err := f.Staff.RevokeToken(ctx, sessionOf(ctx), request.TokenID); err != nil {
		return nil, err
	}
	return api.RevokeToken204Response{}, nil
}
