package feed

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
)

// filters are what a feed can be narrowed by: the conditions of a list, apart from those that a
// calendar has no use for (from, to, q, cursor, limit).
var filters = []string{
	"organization",
	"exclude_organization",
	"area",
	"partnership",
	"kind",
	"audience",
	"place",
	"reservation",
}

// filtersBut are those that make sense for the feeds of one organization, partnership or kind.
func filtersBut(own string) []string {
	return slices.DeleteFunc(slices.Clone(filters), func(name string) bool { return name == own })
}

// tracking are parameters that others hang on addresses that people share; they ask for nothing.
// Those that begin with utm_ are more of them.
var tracking = map[string]bool{
	"fbclid":     true,
	"gclid":      true,
	"dclid":      true,
	"gbraid":     true,
	"wbraid":     true,
	"gad_source": true,
	"msclkid":    true,
	"yclid":      true,
	"twclid":     true,
	"ttclid":     true,
	"li_fat_id":  true,
	"igshid":     true,
	"igsh":       true,
	"mc_cid":     true,
	"mc_eid":     true,
	"_ga":        true,
	"_gl":        true,
	"_openstat":  true,
	"ldtag_cl":   true,
}

func isTracking(name string) bool { return tracking[name] || strings.HasPrefix(name, "utm_") }

// mostFaults is how many faults of a query are told.
const mostFaults = 10

// readQuery reads the parameters of a feed that takes those allowed. key is the same text for the
// same filter, empty for none. Whatever a feed doesn't know or understand is refused, because a
// filter that is passed over misleads whoever relies on it: search.ErrFeedQuery with the names.
func readQuery(raw string, allowed []string) (only search.FeedFilter, key string, err error) {
	if raw == "" {
		return only, "", nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return only, "", search.ErrFeedQuery.Because(err)
	}
	refusal := search.ErrFeedQuery
	asked := url.Values{}
	names := make([]string, 0, len(query))
	for name := range query {
		if !isTracking(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		values := query[name]
		code := ""
		switch {
		case !slices.Contains(allowed, name):
			name, code = plainName(name), "unknown_parameter"
		case len(values) > 1:
			code = "duplicate"
		case values[0] == "":
			code = "required"
		case name == "place" && values[0] == string(event.Both): // found by either of the two, as in lists
			code = "unknown_value"
		default:
			asked.Set(name, values[0])
			continue
		}
		if refusal = refusal.Field(name, code); len(refusal.Fields) == mostFaults {
			break
		}
	}
	only = search.FeedFilter{
		Organization:        asked.Get("organization"),
		ExcludeOrganization: asked.Get("exclude_organization"),
		Area:                asked.Get("area"),
		Partnership:         asked.Get("partnership"),
		Kind:                event.Kind(asked.Get("kind")),
		Audience:            event.AudienceTag(asked.Get("audience")),
		Place:               event.PlaceKind(asked.Get("place")),
		Reservation:         event.Reservation(asked.Get("reservation")),
	}
	return only, asked.Encode(), refusal.Or()
}

// plainName is a parameter's name where it can be told again as it came, else "query".
func plainName(name string) string {
	other := func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if name == "" || len(name) > 40 || strings.ContainsFunc(name, other) {
		return "query"
	}
	return name
}
