package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// StartCalendar turns the private calendar of a ticket on, or gives it another address.
func (f *face) StartCalendar(ctx context.Context, _ api.StartCalendarRequestObject) (api.StartCalendarResponseObject, error) {
	if _, err := f.Tickets.StartCalendar(ctx, codeOf(ctx)); err != nil {
		return nil, err
	}
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.StartCalendar200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}

// StopCalendar turns it off; its address is dead.
func (f *face) StopCalendar(ctx context.Context, _ api.StopCalendarRequestObject) (api.StopCalendarResponseObject, error) {
	if err := f.Tickets.StopCalendar(ctx, codeOf(ctx)); err != nil {
		return nil, err
	}
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.StopCalendar200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}
