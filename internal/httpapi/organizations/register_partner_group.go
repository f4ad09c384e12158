package organizations

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// RegisterPartnerGroup adds a partner group that the municipality vouches for.
func (h *Handlers) RegisterPartnerGroup(
	ctx context.Context,
	request api.RegisterPartnerGroupRequestObject,
) (api.RegisterPartnerGroupResponseObject, error) {
	by, b := caller.Session(ctx), request.Body
	o, err := h.Organizations.RegisterGroup(ctx, by.Organization.ID, by.Actor(), organization.Input{
		Slug:         b.Slug,
		Name:         b.Name,
		Kana:         wire.Or(b.Kana),
		English:      wire.Or(b.English),
		Area:         wire.Or(b.Area),
		Introduction: wire.Or(b.Introduction),
		Website:      wire.Or(b.Website),
		Online:       wire.Or(b.Online),
	})
	if err != nil {
		return nil, err
	}
	return api.RegisterPartnerGroup201JSONResponse(organizationWhole(o)), nil
}
