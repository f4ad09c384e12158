package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DecideApproval records whether the organization stands on a neighbour's event.
func (f *face) DecideApproval(ctx context.Context, request api.DecideApprovalRequestObject) (api.DecideApprovalResponseObject, error) {
	e, err := f.Events.Decide(ctx, authorOf(ctx), request.EventID, request.Body.Decision == api.DecisionDecisionApprove)
	if err != nil {
		return nil, err
	}
	return api.DecideApproval200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
