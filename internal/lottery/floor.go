package lottery

import "strings"

// floor is what was given so far of the floor that goes with pools.
type floor struct {
	takes map[string]Take
	given map[string][]given // by space, without Common
}

type given struct {
	from, to int
	common   bool
}

func newFloor(takes []Take) *floor {
	f := &floor{takes: make(map[string]Take, len(takes)), given: map[string][]given{}}
	for _, t := range takes {
		f.takes[t.Pool] = t
	}
	return f
}

func (f *floor) free(pool string) bool {
	t := f.takes[pool]
	for _, space := range t.Spaces {
		name, common := strings.CutSuffix(space, Common)
		for _, g := range f.given[name] {
			if t.From < g.to && g.from < t.To && !(common && g.common) {
				return false
			}
		}
	}
	return true
}

func (f *floor) take(pool string) {
	t := f.takes[pool]
	for _, space := range t.Spaces {
		name, common := strings.CutSuffix(space, Common)
		f.given[name] = append(f.given[name], given{t.From, t.To, common})
	}
}
