//go:build !race

package testkit

// Race tells that the race detector is built in, whose own memory is several times the program's.
const Race = false
