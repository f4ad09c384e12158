package staff

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func token(t staff.Token) api.Token {
	return api.Token{
		ID:        t.ID,
		StaffID:   t.StaffID,
		Name:      t.Name,
		Issuers:   wire.List(t.Issuers),
		ExpiresAt: wire.Tokyo(t.ExpiresAt),
		RevokedAt: wire.Local(t.RevokedAt),
		CreatedAt: wire.Tokyo(t.CreatedAt),
	}
}
