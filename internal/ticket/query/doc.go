// Package query sends what residents ask of tickets to the database: as the public role, in batches
// that are one implicit transaction and one round trip.
//
// The settings at the head of a batch are local to it; row-level security judges by them. The
// commit is done when Send returns without error, not when the rows have come.
package query
