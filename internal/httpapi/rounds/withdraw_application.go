package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// WithdrawApplication withdraws an application.
func (h *Handlers) WithdrawApplication(
	ctx context.Context,
	request api.WithdrawApplicationRequestObject,
) (api.WithdrawApplicationResponseObject, error) {
	if err := h.Rounds.Withdraw(ctx, caller.Author(ctx), request.ApplicationID); err != nil {
		return nil, err
	}
	return api.WithdrawApplication204Response{}, nil
}
