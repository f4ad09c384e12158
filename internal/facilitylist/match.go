package facilitylist

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// What match gives beside a position.
const (
	unknown   = -1 // a new facility
	ambiguous = -2 // one facility or another
)

// index is the facilities that the rows of a list may mean.
type index struct{ known []knownFacility }

// knownFacility is a facility as an import knows it.
type knownFacility struct {
	id uuid.UUID
	venue.FacilityInput
	place  string // see placeKey
	inList bool   // an earlier row of the list meant it
}

func indexOf(own []venue.Facility) *index {
	x := &index{known: make([]knownFacility, len(own))}
	for i, f := range own {
		x.known[i] = knownFacility{id: f.ID, FacilityInput: f.FacilityInput, place: placeKey(f.Name, f.Address)}
	}
	return x
}

// put replaces the facility at a position, or adds one at unknown.
func (x *index) put(at int, f knownFacility) {
	if at == unknown {
		x.known = append(x.known, f)
		return
	}
	x.known[at] = f
}

// keyColumn names the column that an item is matched by.
func (i item) keyColumn() string {
	if i.id == "" {
		return "名称"
	}
	return "ID"
}

// match gives the position of the facility that an item means, unknown for a new one, or ambiguous.
// A facility is found by its identifier in the town's list or by its own id, an item without an
// identifier by its name. An identifier that is new goes to the one facility of the same name and
// address that has none yet.
func (x *index) match(i item) int {
	if i.id == "" {
		return x.matchName(i)
	}
	if at := slices.IndexFunc(x.known, func(f knownFacility) bool { return f.OutsideID == i.id }); at >= 0 {
		return at
	}
	if at := slices.IndexFunc(x.known, func(f knownFacility) bool {
		return strings.EqualFold(f.id.String(), i.id)
	}); at >= 0 {
		return at
	}
	place := placeKey(i.name, i.address)
	same := func(f knownFacility) bool { return f.OutsideID == "" && f.place == place }
	at := slices.IndexFunc(x.known, same)
	if at < 0 || slices.ContainsFunc(x.known[at+1:], same) {
		return unknown // of two with the same name and address nobody can tell which is meant
	}
	return at
}

// matchName finds a facility by its name: the one at the item's address where the town has several.
func (x *index) matchName(i item) int {
	var named, here []int
	for at, f := range x.known {
		if f.Name == i.name {
			named = append(named, at)
			if f.place == placeKey(i.name, i.address) {
				here = append(here, at)
			}
		}
	}
	switch {
	case len(here) == 1:
		return here[0]
	case len(named) == 0:
		return unknown
	case len(named) == 1:
		return named[0]
	}
	return ambiguous
}

var dashes = strings.NewReplacer("〜", "~", "−", "-", "‐", "-", "–", "-", "—", "-", "―", "-")

// placeKey is the same for a name and an address whatever the width of their letters, and in every
// encoding.
func placeKey(name, address string) string {
	plain := func(s string) string { return dashes.Replace(strings.Join(strings.Fields(norm.NFKC.String(s)), "")) }
	return plain(name) + "\n" + plain(address)
}
