package staff

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// RevokeToken revokes a token.
func (h *Handlers) RevokeToken(
	ctx context.Context,
	request api.RevokeTokenRequestObject,
) (api.RevokeTokenResponseObject, error) {
	if err := h.Staff.RevokeToken(ctx, caller.Session(ctx), request.TokenID); err != nil {
		return nil, err
	}
	return api.RevokeToken204Response{}, nil
}
