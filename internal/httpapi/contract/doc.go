// Package contract holds requests against openapi/openapi.yaml: parameters, bodies and their sizes.
// What it refuses names the values that are wrong and never repeats what was typed.
package contract
