// Package openapi holds the contract of the JSON API. openapi.yaml is written by hand; what Go
// needs of it is generated into package api by `make generate`.
package openapi

import _ "embed"

//go:generate go tool -modfile=../.ci/tools/go.mod oapi-codegen -config types.yaml openapi.yaml
//go:generate go tool -modfile=../.ci/tools/go.mod oapi-codegen -config server.yaml openapi.yaml
//go:generate go tool -modfile=../.ci/tools/go.mod oapi-codegen -config client.yaml openapi.yaml

// YAML is the contract as it is published at /openapi.yaml.
//
//go:embed openapi.yaml
var YAML []byte
