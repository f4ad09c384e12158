package organizations

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// ChangeOrganization changes what an organization says of itself.
func (h *Handlers) ChangeOrganization(
	ctx context.Context,
	request api.ChangeOrganizationRequestObject,
) (api.ChangeOrganizationResponseObject, error) {
	by, b := caller.Session(ctx), request.Body
	o, err := h.Organizations.Update(ctx, by.Organization.ID, by.Actor(), organization.Change{
		Name:         b.Name,
		Kana:         b.Kana,
		English:      b.English,
		Area:         b.Area,
		Introduction: b.Introduction,
		Website:      b.Website,
		Online:       b.Online,
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeOrganization200JSONResponse(organizationWhole(o)), nil
}
