package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// CheckIn marks a ticket as arrived.
func (h *Handlers) CheckIn(ctx context.Context, request api.CheckInRequestObject) (api.CheckInResponseObject, error) {
	shown, err := shownOf(request.Body)
	if err != nil {
		return nil, err
	}
	c, err := h.Door.CheckIn(ctx, caller.DoorToken(ctx), shown)
	if err != nil {
		return nil, err
	}
	return api.CheckIn200JSONResponse(doorCheckIn(c)), nil
}

// shownOf reads what was shown; that it is exactly one thing is the service's rule.
func shownOf(body *api.DoorShown) (shown door.Shown, err error) {
	if body.DayCode != nil {
		digits, ok := secret.ParseDayCode(*body.DayCode)
		if !ok {
			return shown, door.ErrCode.Field("day_code", "invalid_format")
		}
		shown.DayCode = digits
	}
	if body.Secret != nil {
		if shown.Secret, err = secret.ParseTicket(*body.Secret); err != nil {
			return shown, err
		}
	}
	return shown, nil
}

func doorCheckIn(c door.CheckIn) api.DoorCheckIn {
	return api.DoorCheckIn{
		Outcome: api.DoorCheckInOutcome(c.Outcome),
		Seats:   c.Seats,
		PartID:  c.PartID,
		Channel: api.Channel(c.Channel),
	}
}
