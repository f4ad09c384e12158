// Package site is the residents' face: pages rendered on the server, whole without script, in Japanese.
//
// Each action has a file of its own; routes.go lists them. A handler asks the concepts, a painter turns what they say into the view of a template, in the
// words people write. Nothing is kept in a browser: no cookie, no storage. A ticket's secret travels in the body of a POST only; pages that show
// one, and event pages whose forms carry a fresh one, are never stored by any cache.
package site
