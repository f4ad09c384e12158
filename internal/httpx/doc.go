// Package httpx is the HTTP ground that the API, the pages and the feeds share: one Echo with the
// limits, headers, errors, logs and metrics that every route has, so that each of them only adds
// its routes.
//
// What is written about a request is the route's pattern, the method, the
// status, the duration and the size. Addresses, user agents, queries, path
// values and credentials are written nowhere.
package httpx
