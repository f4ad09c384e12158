package staff

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListAudit reads the organization's audit ledger.
func (h *Handlers) ListAudit(
	ctx context.Context,
	request api.ListAuditRequestObject,
) (api.ListAuditResponseObject, error) {
	lines, next, err := h.Ledger.List(
		ctx,
		caller.Session(ctx).Organization.ID,
		wire.Or(request.Params.Cursor),
		listing.PageSize(request.Params.Limit),
	)
	if err != nil {
		return nil, err
	}
	out := api.ListAudit200JSONResponse{Items: make([]api.AuditEntry, len(lines))}
	for i, l := range lines {
		out.Items[i] = auditEntry(l)
	}
	if next != "" {
		out.NextCursor = &next
	}
	return out, nil
}
