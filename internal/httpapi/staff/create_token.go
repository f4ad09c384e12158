package staff

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CreateToken issues a token for the caller or another member; its secret is in this answer only.
func (h *Handlers) CreateToken(
	ctx context.Context,
	request api.CreateTokenRequestObject,
) (api.CreateTokenResponseObject, error) {
	by := caller.Session(ctx)
	member := by.Member.ID
	if request.Body.StaffID != nil {
		member = *request.Body.StaffID
	}
	issued, err := h.Staff.IssueToken(ctx, by, member, request.Body.Name, request.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	return api.CreateToken201JSONResponse{Token: issued.Secret.Reveal(), Details: token(issued.Token)}, nil
}
