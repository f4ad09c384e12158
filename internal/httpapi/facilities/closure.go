package facilities

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func closureInput(b *api.ClosureInput) venue.ClosureInput {
	in := venue.ClosureInput{Starts: b.StartsAt, Ends: b.EndsAt, Reason: b.Reason}
	if b.RoomID != nil {
		id := uuid.UUID(*b.RoomID)
		in.Room = &id
	}
	return in
}

func closure(c venue.ClosureEntry) api.Closure {
	return api.Closure{
		ID:       c.ID,
		RoomID:   c.Room,
		StartsAt: wire.Tokyo(c.From),
		EndsAt:   wire.Tokyo(c.To),
		Reason:   c.Reason,
	}
}
