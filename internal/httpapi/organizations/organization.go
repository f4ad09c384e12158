package organizations

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func organizationWhole(o organization.Organization) api.Organization {
	out := api.Organization{
		Slug:         o.Slug,
		Kind:         api.OrganizationKind(o.Kind),
		Code:         o.Code,
		Name:         o.Name,
		Kana:         o.Kana,
		English:      o.English,
		Area:         o.Area,
		Introduction: o.Introduction,
		Website:      o.Website,
		Online:       o.Online,
	}
	if o.RegisteredBy != nil {
		by := wire.OrganizationRef(*o.RegisteredBy)
		out.RegisteredBy = &by
	}
	if o.Closed() {
		out.ClosedOn = wire.DayOrNull(clock.DateOf(o.ClosedAt))
	}
	return out
}

func partnership(p organization.Partnership) api.Partnership {
	return api.Partnership{
		Slug:          p.Slug,
		Name:          p.Name,
		Description:   p.Description,
		Members:       wire.Refs(p.Members),
		PartnerGroups: wire.Refs(p.PartnerGroups),
	}
}
