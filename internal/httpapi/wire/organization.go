package wire

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// OrganizationRef is an organization as other things name it.
func OrganizationRef(r organization.Ref) api.OrganizationRef {
	return api.OrganizationRef{Slug: r.Slug, Name: r.Name, Kind: api.OrganizationKind(r.Kind), Code: r.Code}
}

// Refs are organizations as other things name them.
func Refs(list []organization.Ref) []api.OrganizationRef {
	out := make([]api.OrganizationRef, len(list))
	for i, r := range list {
		out[i] = OrganizationRef(r)
	}
	return out
}
