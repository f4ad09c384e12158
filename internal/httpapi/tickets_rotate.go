package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// RotateTicket gives the ticket a new code.
func (f *face) RotateTicket(ctx context.Context, _ api.RotateTicketRequestObject) (api.RotateTicketResponseObject, error) {
	code, t, err := f.Tickets.Rotate(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.RotateTicket200JSONResponse(f.issued(code, t)), nil
}
