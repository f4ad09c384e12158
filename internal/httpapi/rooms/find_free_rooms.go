package rooms

import (
	"context"
	"fmt"
	"strings"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// FindFreeRooms finds rooms that are free for a span of time.
func (h *Handlers) FindFreeRooms(
	ctx context.Context,
	request api.FindFreeRoomsRequestObject,
) (api.FindFreeRoomsResponseObject, error) {
	p := request.Params
	q := board.FreeQuery{
		StartsAt:      p.From.UTC(),
		EndsAt:        p.To.UTC(),
		Capacity:      max(1, wire.Or(p.Capacity)),
		Partnership:   wire.Or(p.Partnership),
		Organizations: wire.Or(p.Organization),
		Areas:         wire.Or(p.Area),
		Facility:      wire.Or(p.Facility),
		Noise:         venue.Noise(wire.Or(p.Noise)),
		Layout:        string(wire.Or(p.Layout)),
		Limit:         listing.PageSize(p.Limit),
	}
	for _, kind := range wire.Or(p.Equipment) {
		q.Equipment = append(q.Equipment, string(kind))
	}
	for _, fact := range wire.Or(p.BarrierFree) {
		q.BarrierFree = append(q.BarrierFree, venue.Fact(fact))
	}
	if err := h.known(ctx, q.Organizations, q.Partnership); err != nil {
		return nil, err
	}
	bound := []string{
		"free rooms",
		q.StartsAt.String(),
		q.EndsAt.String(),
		fmt.Sprint(q.Capacity),
		q.Partnership,
		strings.Join(q.Organizations, ","),
		strings.Join(q.Areas, ","),
		q.Facility.String(),
		string(q.Noise),
		q.Layout,
		strings.Join(q.Equipment, ","),
		fmt.Sprint(q.BarrierFree),
	}
	if p.Cursor != nil {
		capacity, id, err := h.Positions.Open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		q.After = &board.FreePosition{Capacity: int(capacity), ID: id} //nolint:gosec // a capacity that seal wrote
	}
	page, err := h.Board.Free(ctx, q)
	if err != nil {
		return nil, err
	}
	out := api.FindFreeRooms200JSONResponse{Items: wire.FreeRooms(page.Items)}
	if page.Next != nil {
		next := h.Positions.Seal(uint64(page.Next.Capacity), page.Next.ID, bound...) //nolint:gosec // at least one
		out.NextCursor = &next
	}
	return out, nil
}

// known refuses slugs of organizations and partnerships that don't exist.
func (h *Handlers) known(ctx context.Context, organizations []string, partnership string) error {
	refusal := contract.ErrQuery
	for _, slug := range organizations {
		if _, err := h.Organizations.BySlug(ctx, slug); fault.KindOf(err) == fault.KindNotFound {
			refusal = refusal.Field("organization", "organization_unknown")
		} else if err != nil {
			return err
		}
	}
	if partnership != "" {
		all, err := h.Organizations.Partnerships(ctx)
		if err != nil {
			return err
		}
		found := false
		for _, p := range all {
			found = found || p.Slug == partnership
		}
		if !found {
			refusal = refusal.Field("partnership", "partnership_unknown")
		}
	}
	return refusal.Or()
}
