package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// RegisterPartnerGroup adds a partner group that the municipality vouches for.
func (f *face) RegisterPartnerGroup(ctx context.Context, request api.RegisterPartnerGroupRequestObject) (api.RegisterPartnerGroupResponseObject, error) {
	by, b := sessionOf(ctx), request.Body
	o, err := f.Organizations.RegisterGroup(ctx, by.Organization.ID, by.Actor(), organization.Input{
		Slug: b.Slug, Name: b.Name, Kana: or(b.Kana), English: or(b.English), Area: or(b.Area), Introduction: or(b.Introduction),
		Website: or(b.Website), Online: or(b.Online),
	})
	if err != nil {
		return nil, err
	}
	return api.RegisterPartnerGroup201JSONResponse(organizationWhole(o)), nil
}
