// Package site is the residents' pages: rendered on the server, whole without script, in Japanese.
//
// Each concept has a room, a package of its own below this one, which says what it asks of which
// service. Rooms don't know each other: site makes them, gives each what it needs, lists all routes
// in routes.go and keeps the few pages that belong to no room. What pages share stands in
// internal/page.
//
// Nothing is kept in a browser: no cookie, no storage. A ticket's secret travels in the body of a
// POST only; pages that show one, and event pages whose forms carry a fresh one, are never stored
// by any cache.
package site
