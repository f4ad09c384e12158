package door

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func doorCount(c door.Count) api.DoorCount {
	return api.DoorCount{Count: c.Count, Capacity: c.Capacity, Band: wire.BandOrNull(c.Band)}
}
