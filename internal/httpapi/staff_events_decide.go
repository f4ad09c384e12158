package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DecideApproval records whether the organization stands on a neighbour's event.
func (f *face) DecideApproval(ctx context.Context, request api.DecideApprovalRequestObject) (api.DecideApprovalResponseObject, error) {
	seen := 0
	if request.Body.Revision != nil {
		seen = *request.Body.Revision
	}
	e, err := f.Events.Decide(ctx, authorOf(ctx), request.EventID, request.Body.Decision == api.DecisionDecisionApprove, seen)
	if err != nil {
		return nil, err
	}
	return api.DecideApproval200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
