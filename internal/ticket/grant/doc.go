// Package grant gives out the seats of quotas that are booked first come, first served.
//
// A request waits in the lane of its quota until the batch before it is done, and all that wait go
// to the database as one statement: on a hot quota that grants an order of magnitude more seats
// than a transaction each, and costs an idle service nothing. The database alone judges, so that
// replicas need not know each other. Grant answers only after the commit (docs/adr/0004-…).
//
// For a moment the package remembers which quotas the database called full, and refuses from memory
// what can't be had (refusalCache).
//
// The package knows requests and verdicts, not tickets: package ticket makes one of the other.
package grant
