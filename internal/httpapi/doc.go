// Package httpapi is the JSON face: openapi/openapi.yaml spoken over HTTP.
//
// routes.go has one line a route with who may use it. Every request is held against the contract before a handler sees it; a handler binds, calls one
// service and renders. Its refusals are faults, which httpx words in the caller's language; nothing that a caller typed comes back in an error.
//
// takeSeat alone is bound by hand (tickets_take.go): on a sold-out event it is nothing but overhead, and the generic way costs more than the answer.
package httpapi
