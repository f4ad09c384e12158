package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DecideApproval records whether the organization co-hosts a neighbour's event.
func (h *Handlers) DecideApproval(
	ctx context.Context,
	request api.DecideApprovalRequestObject,
) (api.DecideApprovalResponseObject, error) {
	seen := 0
	if request.Body.Revision != nil {
		seen = *request.Body.Revision
	}
	e, err := h.Events.Decide(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.Body.Decision == api.DecisionDecisionApprove,
		seen,
	)
	if err != nil {
		return nil, err
	}
	return api.DecideApproval200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
