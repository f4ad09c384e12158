// Package app wires the parts of the program together, for the commands, the demo and tests that
// need all of it: New makes the services over one database, Handler answers requests with them,
// Tasks is the housekeeping, Serve and Work are the two kinds of process.
package app
