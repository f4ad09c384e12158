package archtest

import (
	"path"
	"slices"
	"strings"
)

// The house, from below. A package may import what stands in its own row's second list.
var (
	foundation = []string{
		"internal/fault",
		"internal/clock",
		"internal/config",
		"internal/i18n",
		"internal/secret",
		"internal/text",
		"internal/check",
		"internal/retention",
		"internal/lottery",
		"internal/recurrence",
		"internal/loglimit",
		"internal/maplink",
		"internal/batch",
	}
	// roots stand beside internal and import nothing of it.
	roots   = []string{"api", "openapi", "web", "migrations"}
	ledgers = []string{"internal/audit", "internal/idempotency", "internal/job"}
	// concepts in order: each may import those before it.
	concepts = []string{
		"internal/organization",
		"internal/staff",
		"internal/venue",
		"internal/board",
		"internal/booking",
		"internal/round",
		"internal/event",
		"internal/ticket",
		"internal/door",
		"internal/admission",
		"internal/paper",
		"internal/contact",
		"internal/report",
		"internal/notice",
	}
	renderers = []string{"internal/ical", "internal/qrcode", "internal/flyer", "internal/permit", "internal/almanac"}
	// lists turn concepts into files that others publish and read, and back.
	lists = []string{"internal/facilitylist"}
	// couriers carry words out of the house; they know the concepts that ask for it, and nothing
	// above them.
	couriers = []string{"internal/courier"}
	// handlers may import httpx and page, but not each other; page imports httpx alone.
	handlers = []string{
		"internal/httpx",
		"internal/page",
		"internal/httpapi",
		"internal/site",
		"internal/feed",
	}
	// apiShared is what the handlers of the API may import of each other; they stand side by side.
	apiShared = []string{
		"internal/httpapi/caller",
		"internal/httpapi/contract",
		"internal/httpapi/eventjson",
		"internal/httpapi/listing",
		"internal/httpapi/venuejson",
		"internal/httpapi/wire",
	}
	// wiring puts the parts together; nothing below imports it.
	wiring = []string{"cmd", "internal/app", "internal/demo"}
	// testsOnly may be imported by tests and by themselves.
	testsOnly = []string{"internal/testkit", "internal/archtest"}
)

const database = "internal/postgres" // with postgres/embedded

// rows are all of the above.
func rows() [][]string {
	return [][]string{
		foundation,
		roots,
		ledgers,
		concepts,
		renderers,
		lists,
		couriers,
		handlers,
		wiring,
		testsOnly,
		{database},
	}
}

// within tells whether a package is one of the areas or stands below one.
func within(p string, areas ...string) bool {
	return slices.ContainsFunc(areas, func(area string) bool { return p == area || strings.HasPrefix(p, area+"/") })
}

// known tells whether a package has a place in the house.
func known(p string) bool {
	return slices.ContainsFunc(rows(), func(row []string) bool { return within(p, row...) })
}

// may tells whether the packages' order lets from import to; both are of this module and differ.
func may(from, to string) bool {
	if area := areaOf(from); area == areaOf(to) {
		// A package and its own subpackages; rooms of the API and of the site don't import each
		// other.
		return area != "internal/httpapi" && area != "internal/site" || from == area || within(to, apiShared...)
	}
	switch {
	case within(to, testsOnly...), within(to, wiring...):
		return within(from, testsOnly...) && within(to, testsOnly...) ||
			within(from, wiring...) && within(to, wiring...)
	case within(from, wiring...), within(from, testsOnly...):
		return true
	case within(from, roots...):
		return false
	case within(from, foundation...), within(from, renderers...):
		return within(to, foundation...)
	case within(from, database):
		return within(to, foundation...) || to == "migrations"
	case within(from, ledgers...):
		return within(to, foundation...) || to == database || before(ledgers, from, to)
	case within(from, concepts...):
		return within(to, foundation...) || to == database || within(to, ledgers...) || before(concepts, from, to)
	case within(from, lists...):
		return within(to, foundation...) || within(to, renderers...) || within(to, concepts...)
	case within(from, couriers...):
		return within(to, foundation...) || to == "internal/contact" || to == "internal/notice"
	case within(from, handlers...):
		return to == "internal/httpx" || to == "internal/page" && from != "internal/httpx" ||
			to == "api" || to == "openapi" || to == "web" ||
			within(to, foundation...) || within(to, renderers...) || within(to, lists...) || within(to, ledgers...) ||
			within(to, concepts...)
	}
	return false
}

// mayInTest is may, and the ground that tests stand on. Notices are tested through the courier that
// carries them, boards with the bookings and rounds that fill them.
func mayInTest(from, to string) bool {
	return may(from, to) || from == "internal/notice" && within(to, couriers...) || within(to, testsOnly...) ||
		from == "internal/board" && within(to, "internal/booking", "internal/round") ||
		within(to, roots...) ||
		within(to, database) && !within(from, foundation...) && !within(from, renderers...)
}

func before(order []string, from, to string) bool {
	i := slices.Index(order, areaOf(to))
	return i >= 0 && i < slices.Index(order, areaOf(from))
}

// areaOf is the package of the table above that p belongs to.
func areaOf(p string) string {
	for p != "." && p != "/" {
		for _, row := range rows() {
			if slices.Contains(row, p) {
				return p
			}
		}
		p = path.Dir(p)
	}
	return ""
}
