package httpapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// FindFreeRooms searches rooms that can be had for a time.
func (f *face) FindFreeRooms(ctx context.Context, request api.FindFreeRoomsRequestObject) (api.FindFreeRoomsResponseObject, error) {
	p := request.Params
	q := booking.FreeQuery{
		StartsAt: p.From.UTC(), EndsAt: p.To.UTC(), Capacity: max(1, or(p.Capacity)), Partnership: or(p.Partnership), Organizations: or(p.Organization), Areas: or(p.Area),
		Facility: or(p.Facility), Noise: venue.Noise(or(p.Noise)), Layout: string(or(p.Layout)), Limit: pageSize(p.Limit),
	}
	for _, kind := range or(p.Equipment) {
		q.Equipment = append(q.Equipment, string(kind))
	}
	for _, fact := range or(p.BarrierFree) {
		q.BarrierFree = append(q.BarrierFree, venue.Fact(fact))
	}
	if err := f.known(ctx, q.Organizations, q.Partnership); err != nil {
		return nil, err
	}
	bound := []string{
		"free rooms", q.StartsAt.String(), q.EndsAt.String(), fmt.Sprint(q.Capacity), q.Partnership, strings.Join(q.Organizations, ","), strings.Join(q.Areas, ","),
		q.Facility.String(), string(q.Noise), q.Layout, strings.Join(q.Equipment, ","), fmt.Sprint(q.BarrierFree),
	}
	if p.Cursor != nil {
		capacity, id, err := f.open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		q.After = &booking.FreePosition{Capacity: int(capacity), ID: id} //nolint:gosec // a capacity that seal wrote
	}
	page, err := f.Bookings.Free(ctx, q)
	if err != nil {
		return nil, err
	}
	out := api.FindFreeRooms200JSONResponse{Items: freeRooms(page.Items)}
	if page.Next != nil {
		next := f.seal(uint64(page.Next.Capacity), page.Next.ID, bound...) //nolint:gosec // at least one
		out.NextCursor = &next
	}
	return out, nil
}

// known refuses slugs of organizations and partnerships that don't exist.
func (f *face) known(ctx context.Context, organizations []string, partnership string) error {
	refusal := errQuery
	for _, slug := range organizations {
		if _, err := f.Organizations.BySlug(ctx, slug); fault.KindOf(err) == fault.KindNotFound {
			refusal = refusal.Field("organization", "organization_unknown")
		} else if err != nil {
			return err
		}
	}
	if partnership != "" {
		all, err := f.Organizations.Partnerships(ctx)
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

// GetRoomAvailability gives times alone.
func (f *face) GetRoomAvailability(ctx context.Context, request api.GetRoomAvailabilityRequestObject) (api.GetRoomAvailabilityResponseObject, error) {
	a, err := f.availability(ctx, uuid.Nil, request.RoomID, request.Params.From, request.Params.To)
	if err != nil {
		return nil, err
	}
	return api.GetRoomAvailability200JSONResponse(a), nil
}

// GetOwnRoomAvailability is the same for rooms that nobody outside sees.
func (f *face) GetOwnRoomAvailability(ctx context.Context, request api.GetOwnRoomAvailabilityRequestObject) (api.GetOwnRoomAvailabilityResponseObject, error) {
	a, err := f.availability(ctx, sessionOf(ctx).Organization.ID, request.RoomID, request.Params.From, request.Params.To)
	if err != nil {
		return nil, err
	}
	return api.GetOwnRoomAvailability200JSONResponse(a), nil
}

func (f *face) availability(ctx context.Context, asker, room uuid.UUID, from, to string) (api.Availability, error) {
	begin, end, err := span(from, to)
	if err != nil {
		return api.Availability{}, err
	}
	a, err := f.Bookings.Availability(ctx, asker, room, or(begin), or(end))
	if err != nil {
		return api.Availability{}, err
	}
	return availability(a), nil
}
