package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListPaperSheets gives the sheets of an event without their codes.
func (h *Handlers) ListPaperSheets(
	ctx context.Context,
	request api.ListPaperSheetsRequestObject,
) (api.ListPaperSheetsResponseObject, error) {
	organization := caller.Session(ctx).Organization.ID
	if _, err := h.Events.ForStaff(ctx, organization, request.EventID); err != nil {
		return nil, err
	}
	sheets, err := h.Paper.Sheets(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.ListPaperSheets200JSONResponse{Items: make([]api.PaperSheet, len(sheets))}
	for i, s := range sheets {
		out.Items[i] = paperSheet(s)
	}
	return out, nil
}
