package archtest

import (
	"path"
	"slices"
	"strings"
)

// The house, from below. A package may import what stands in its own row's second list.
var (
	foundation = []string{"internal/fault", "internal/clock", "internal/config", "internal/i18n", "internal/secret", "internal/text", "internal/retention", "internal/lottery", "internal/recurrence", "internal/loglimit"}
	// roots stand beside internal and import nothing of it.
	roots   = []string{"api", "openapi", "web", "migrations"}
	ledgers = []string{"internal/audit", "internal/idempotency", "internal/job"}
	// concepts in order: each may import those before it.
	concepts = []string{
		"internal/organization", "internal/staff", "internal/venue", "internal/booking", "internal/event", "internal/ticket", "internal/door", "internal/guard", "internal/paper",
		"internal/contact", "internal/report", "internal/notice",
	}
	renderers = []string{"internal/ical", "internal/qrcode", "internal/opendata", "internal/flyer", "internal/permit"}
	// couriers carry words out of the house; they know the concepts that ask for it, and nothing above them.
	couriers = []string{"internal/courier"}
	// faces may import httpx, but not each other.
	faces = []string{"internal/httpx", "internal/httpapi", "internal/site", "internal/console", "internal/feed"}
	// wiring puts the parts together; nothing below imports it.
	wiring = []string{"cmd", "internal/demo", "internal/bench"}
	// testsOnly may be imported by tests and by themselves.
	testsOnly = []string{"internal/testkit", "internal/archtest"}
)

const database = "internal/postgres" // with postgres/embedded

// within tells whether a package is one of the areas or stands below one.
func within(p string, areas ...string) bool {
	return slices.ContainsFunc(areas, func(area string) bool { return p == area || strings.HasPrefix(p, area+"/") })
}

// known tells whether a package has a place in the house.
func known(p string) bool {
	return p == database || slices.ContainsFunc([][]string{foundation, roots, ledgers, concepts, renderers, couriers, faces, wiring, testsOnly, {database}},
		func(row []string) bool { return within(p, row...) })
}

// may tells whether the packages' order lets from import to; both are of this module and differ.
func may(from, to string) bool {
	if area := areaOf(from); area == areaOf(to) {
		return true // a package and its own subpackages
	}
	switch {
	case within(to, testsOnly...), within(to, wiring...):
		return within(from, testsOnly...) && within(to, testsOnly...) || within(from, wiring...) && within(to, wiring...)
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
	case within(from, couriers...):
		return within(to, foundation...) || to == "internal/contact" || to == "internal/notice"
	case within(from, faces...):
		return to == "internal/httpx" || to == "api" || to == "openapi" || to == "web" ||
			within(to, foundation...) || within(to, renderers...) || within(to, ledgers...) || within(to, concepts...)
	}
	return false
}

// mayInTest is may, and the ground that tests stand on. Notices are tested through the courier that carries them.
func mayInTest(from, to string) bool {
	return may(from, to) || from == "internal/notice" && within(to, couriers...) || within(to, testsOnly...) || within(to, roots...) || within(to, database) && !within(from, foundation...) && !within(from, renderers...)
}

func before(order []string, from, to string) bool {
	i := slices.Index(order, areaOf(to))
	return i >= 0 && i < slices.Index(order, areaOf(from))
}

// areaOf is the package of the table above that p belongs to.
func areaOf(p string) string {
	for p != "." && p != "/" {
		for _, row := range [][]string{foundation, roots, ledgers, concepts, renderers, couriers, faces, wiring, testsOnly, {database}} {
			if slices.Contains(row, p) {
				return p
			}
		}
		p = path.Dir(p)
	}
	return ""
}
