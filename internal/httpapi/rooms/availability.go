package rooms

import (
	"context"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func availability(a board.Availability) api.Availability {
	out := api.Availability{
		Room:         wire.BookedRoom(a.Room),
		Organization: wire.OrganizationRef(a.Lender),
		From:         wire.Tokyo(a.From),
		To:           wire.Tokyo(a.To),
		Taken:        make([]api.TakenSpan, len(a.Busy)),
		Kept:         make([]api.KeptSpan, len(a.Kept)),
		Days:         make([]api.AvailabilityDay, len(a.Days)),
	}
	for i, k := range a.Kept {
		out.Kept[i] = api.KeptSpan{StartsAt: wire.Tokyo(k.From), EndsAt: wire.Tokyo(k.To), RoundID: k.Round}
	}
	for i, s := range a.Busy {
		out.Taken[i] = api.TakenSpan{StartsAt: wire.Tokyo(s.From), EndsAt: wire.Tokyo(s.To)}
	}
	for i, d := range a.Days {
		day := api.AvailabilityDay{
			Date:    types.Date{Time: d.Date.Start()},
			Closed:  d.Closed,
			Holiday: d.Holiday,
			Blocks:  make([]api.AvailabilityBlock, len(d.Blocks)),
		}
		for j, b := range d.Blocks {
			day.Blocks[j] = api.AvailabilityBlock{
				Key:      b.Key,
				Name:     b.Name,
				StartsAt: wire.Tokyo(b.Starts),
				EndsAt:   wire.Tokyo(b.Ends),
				State:    api.AvailabilityBlockState(b.State),
			}
		}
		out.Days[i] = day
	}
	return out
}

func (h *Handlers) availability(ctx context.Context, asker, room uuid.UUID, from, to string) (api.Availability, error) {
	begin, end, err := listing.Span(from, to)
	if err != nil {
		return api.Availability{}, err
	}
	a, err := h.Board.Availability(ctx, asker, room, wire.Or(begin), wire.Or(end))
	if err != nil {
		return api.Availability{}, err
	}
	return availability(a), nil
}
