package rooms

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func roomCalendar(c board.Calendar) api.RoomCalendar {
	return api.RoomCalendar{
		ID:        c.ID,
		Name:      c.Name,
		CreatedAt: wire.Tokyo(c.CreatedAt),
		RevokedAt: wire.Local(c.RevokedAt),
	}
}
