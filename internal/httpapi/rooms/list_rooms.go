package rooms

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListRooms finds rooms that are open to others.
func (h *Handlers) ListRooms(
	ctx context.Context,
	request api.ListRoomsRequestObject,
) (api.ListRoomsResponseObject, error) {
	p := request.Params
	filter := venue.RoomFilter{
		Organization: wire.Or(p.Organization),
		Area:         wire.Or(p.Area),
		Partnership:  wire.Or(p.Partnership),
		Query:        wire.Or(p.Q),
		Facility:     wire.Or(p.Facility),
		Capacity:     wire.Or(p.Capacity),
		Layout:       string(wire.Or(p.Layout)),
		Limit:        listing.PageSize(p.Limit),
	}
	for _, kind := range wire.Or(p.Equipment) {
		filter.Equipment = append(filter.Equipment, string(kind))
	}
	bound := []string{"rooms", roomFilterKey(filter)}
	if err := h.Positions.After(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := h.Venues.Rooms(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListRooms200JSONResponse{
		Items:      make([]api.Room, len(page.Items)),
		NextCursor: h.Positions.Next(page.Next, bound),
	}
	for i, r := range page.Items {
		out.Items[i] = h.View.PublicRoom(ctx, r)
	}
	return out, nil
}

func roomFilterKey(r venue.RoomFilter) string {
	return url.Values{
		"organization": {r.Organization},
		"area":         {r.Area},
		"partnership":  {r.Partnership},
		"q":            {r.Query},
		"facility":     {r.Facility.String()},
		"capacity":     {strconv.Itoa(r.Capacity)},
		"layout":       {r.Layout},
		"equipment":    {strings.Join(r.Equipment, ",")},
	}.Encode()
}
