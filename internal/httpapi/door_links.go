package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
)

// ListDoorLinks gives the day links of a date without their tokens.
func (f *face) ListDoorLinks(ctx context.Context, request api.ListDoorLinksRequestObject) (api.ListDoorLinksResponseObject, error) {
	links, err := f.Door.Links(ctx, sessionOf(ctx).Organization.ID, request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	out := api.ListDoorLinks200JSONResponse{Items: make([]api.DoorLink, len(links))}
	for i, l := range links {
		out.Items[i] = doorLink(l)
	}
	return out, nil
}

// CreateDoorLink makes a day link; its token is in this answer only.
func (f *face) CreateDoorLink(ctx context.Context, request api.CreateDoorLinkRequestObject) (api.CreateDoorLinkResponseObject, error) {
	issued, err := f.Door.CreateLink(ctx, authorOf(ctx), request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	address := f.BaseURL + "/door#" + issued.Token.Reveal()
	drawn, err := qrcode.Draw(address)
	if err != nil {
		return nil, err
	}
	return api.CreateDoorLink201JSONResponse{Token: issued.Token.Reveal(), URL: address, QrSvg: drawn.SVG(), Details: doorLink(issued.Link)}, nil
}

// RevokeDoorLink ends a day link.
func (f *face) RevokeDoorLink(ctx context.Context, request api.RevokeDoorLinkRequestObject) (api.RevokeDoorLinkResponseObject, error) {
	if err := f.Door.RevokeLink(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, request.LinkID); err != nil {
		return nil, err
	}
	return api.RevokeDoorLink204Response{}, nil
}

// SetDoorCapacity says how many fit into a part.
func (f *face) SetDoorCapacity(ctx context.Context, request api.SetDoorCapacityRequestObject) (api.SetDoorCapacityResponseObject, error) {
	now, err := f.Door.SetCapacity(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, request.PartID, request.Body.Capacity)
	if err != nil {
		return nil, err
	}
	return api.SetDoorCapacity200JSONResponse(doorCount(now)), nil
}

func doorLink(l door.Link) api.DoorLink {
	return api.DoorLink{
		ID: l.ID, OccurrenceID: l.OccurrenceID, CreatedAt: tokyo(l.CreatedAt), RevokedAt: local(l.RevokedAt), OpensAt: tokyo(l.OpensAt), ClosesAt: tokyo(l.ClosesAt),
		DayCodesPausedUntil: local(l.PausedUntil),
	}
}

func doorCount(c door.Count) api.DoorCount {
	return api.DoorCount{Count: c.Count, Capacity: c.Capacity, Band: bandOrNull(c.Band)}
}
