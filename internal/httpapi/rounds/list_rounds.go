package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ListRounds lists rounds that are announced.
func (h *Handlers) ListRounds(
	ctx context.Context,
	request api.ListRoundsRequestObject,
) (api.ListRoundsResponseObject, error) {
	p := request.Params
	filter := round.Filter{Room: wire.Or(p.Room), Current: wire.Or(p.Current), Limit: listing.PageSize(p.Limit)}
	if p.Organization != nil {
		o, err := h.Organizations.BySlug(ctx, *p.Organization)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil, contract.ErrQuery.Field("organization", "organization_unknown")
		} else if err != nil {
			return nil, err
		}
		filter.Lender = o.ID
	}
	page, err := h.roundPage(ctx, filter, p.Cursor)
	return api.ListRounds200JSONResponse(page), err
}
