// Package eventjson is the JSON of an event, both ways: what anyone sees, what its staff see, and
// what staff send.
package eventjson
