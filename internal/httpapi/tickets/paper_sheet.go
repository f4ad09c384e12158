package tickets

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/paper"
)

func paperSheet(s paper.Sheet) api.PaperSheet {
	return api.PaperSheet{
		ID:           s.ID,
		OccurrenceID: s.OccurrenceID,
		PartID:       s.PartID,
		QuotaID:      s.QuotaID,
		Codes:        s.Codes,
		SeatsEach:    s.SeatsEach,
		Used:         s.Used,
		ReturnsAt:    wire.Tokyo(s.ReturnsAt),
		CreatedAt:    wire.Tokyo(s.CreatedAt),
		RevokedAt:    wire.Local(s.RevokedAt),
	}
}
