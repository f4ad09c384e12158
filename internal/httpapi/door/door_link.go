package door

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func doorLink(l door.Link) api.DoorLink {
	return api.DoorLink{
		ID:                  l.ID,
		OccurrenceID:        l.OccurrenceID,
		CreatedAt:           wire.Tokyo(l.CreatedAt),
		RevokedAt:           wire.Local(l.RevokedAt),
		OpensAt:             wire.Tokyo(l.OpensAt),
		ClosesAt:            wire.Tokyo(l.ClosesAt),
		DayCodesPausedUntil: wire.Local(l.PausedUntil),
	}
}
