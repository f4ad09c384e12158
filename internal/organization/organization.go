package organization

import (
	"time"

	"github.com/google/uuid"
)

// Kind is what sort of organization it is.
type Kind string

// The kinds.
const (
	Municipality Kind = "municipality"
	PartnerGroup Kind = "partner_group"
)

// Ref is what others need to name an organization and to link to it.
type Ref struct {
	ID   uuid.UUID
	Slug string
	Name string
	Kind Kind
	Code string // six digits; "" for a partner group
}

// Organization is one tenant and what it says of itself.
type Organization struct {
	ID           uuid.UUID
	Kind         Kind
	Slug         string // a-z, 0-9 and inner hyphens, 2 to 40 characters; never changes
	Code         string // 全国地方公共団体コード with its check digit; "" for a partner group
	Name         string
	Kana         string
	English      string
	Area         string // where it mostly works, in its own words: 巣鴨
	Introduction string
	Website      string
	Online       bool      // mostly meets online
	RegisteredBy *Ref      // the municipality that vouches for a partner group; nil for a municipality. Read only.
	Position     int       // order in lists, as the operator set it
	ClosedAt     time.Time // when its part came to its end; zero while it takes part
}

// Closed reports whether it no longer takes part. It stays to be seen, as whose past events those
// were; its staff and programs are refused.
func (o Organization) Closed() bool { return !o.ClosedAt.IsZero() }

// Ref is the organization's name and address.
func (o Organization) Ref() Ref {
	return Ref{ID: o.ID, Slug: o.Slug, Name: o.Name, Kind: o.Kind, Code: o.Code}
}

// Partnership is a standing agreement: whose residents may attend, whose rooms may be booked. Its
// slices are shared: read only.
type Partnership struct {
	ID            uuid.UUID
	Slug          string
	Name          string
	Description   string
	Members       []Ref // municipalities, in the agreed order
	PartnerGroups []Ref
	Position      int
}

// Has reports whether the organization belongs to the partnership, as a member or as a partner
// group.
func (p Partnership) Has(organization uuid.UUID) bool {
	for _, refs := range [][]Ref{p.Members, p.PartnerGroups} {
		for _, r := range refs {
			if r.ID == organization {
				return true
			}
		}
	}
	return false
}
