package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListAudit reads the organization's ledger.
func (f *face) ListAudit(ctx context.Context, request api.ListAuditRequestObject) (api.ListAuditResponseObject, error) {
	lines, next, err := f.Ledger.List(ctx, sessionOf(ctx).Organization.ID, or(request.Params.Cursor), pageSize(request.Params.Limit))
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

// pageSize is what the contract promises when nothing is asked for.
func pageSize(limit *int) int {
	if limit == nil {
		return 20
	}
	return *limit
}
