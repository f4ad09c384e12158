package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GiveDayCode gives the holder the digits to show at the door.
func (f *face) GiveDayCode(ctx context.Context, _ api.GiveDayCodeRequestObject) (api.GiveDayCodeResponseObject, error) {
	digits, err := f.Tickets.DayCode(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	out := api.GiveDayCode200JSONResponse{DayCode: digits.Reveal()}
	if l := t.JoiningLink; l != nil && l.Phone != "" {
		spoken := l.Spoken(digits.Reveal())
		out.Phone = &spoken
	}
	return out, nil
}
