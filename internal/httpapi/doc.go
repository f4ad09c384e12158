// Package httpapi is the JSON API: openapi/openapi.yaml spoken over HTTP.
//
// routes.go has one line a route with who may use it; authorize.go keeps these rules. Every request
// is held against the contract before a handler sees it. The handlers stand in the packages below,
// which handlers.go puts together: a handler binds, calls one service and builds the answer. Its
// refusals are faults, which httpx words in the caller's language; nothing that a caller typed
// comes back in an error.
package httpapi
