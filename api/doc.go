// Package api is generated from openapi/openapi.yaml: the types of the JSON API, the server interface that internal/httpapi implements, a client that
// other programs may import, and the contract itself (GetSpec). Nothing here but this comment is written by hand.
package api
