package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
)

// CreateDoorLink makes a day link; its token is in this answer only.
func (h *Handlers) CreateDoorLink(
	ctx context.Context,
	request api.CreateDoorLinkRequestObject,
) (api.CreateDoorLinkResponseObject, error) {
	issued, err := h.Door.CreateLink(ctx, caller.Author(ctx), request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	address := h.BaseURL + "/door#" + issued.Token.Reveal()
	drawn, err := qrcode.Draw(address)
	if err != nil {
		return nil, err
	}
	return api.CreateDoorLink201JSONResponse{
		Token:   issued.Token.Reveal(),
		URL:     address,
		QrSvg:   drawn.SVG(),
		Details: doorLink(issued.Link),
	}, nil
}
