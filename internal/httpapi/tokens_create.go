package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CreateToken issues a token for the caller or another member; its text is in this answer only.
func (f *face) CreateToken(ctx context.Context, request api.CreateTokenRequestObject) (api.CreateTokenResponseObject, error) {
	by := sessionOf(ctx)
	member := by.Member.ID
	if request.Body.StaffID != nil {
		member = *request.Body.StaffID
	}
	issued, err := f.Staff.IssueToken(ctx, by, member, request.Body.Name, request.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	return api.CreateToken201JSONResponse{Token: issued.Secret.Reveal(), Details: token(issued.Token)}, nil
}
