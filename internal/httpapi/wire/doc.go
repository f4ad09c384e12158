// Package wire turns values into the contract's and back: what is left out, moments, days, and the
// small objects that several answers hold.
package wire
