package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// RevokePaperSheet revokes a sheet of codes.
func (h *Handlers) RevokePaperSheet(
	ctx context.Context,
	request api.RevokePaperSheetRequestObject,
) (api.RevokePaperSheetResponseObject, error) {
	if err := h.Paper.Revoke(ctx, caller.Author(ctx), request.EventID, request.SheetID); err != nil {
		return nil, err
	}
	return api.RevokePaperSheet204Response{}, nil
}
