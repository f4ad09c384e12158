// Package contact keeps, for those who want it, how to reach the holder of a ticket: a mail address
// or a web-push subscription.
//
// Nobody needs one. It is sealed with HPKE (RFC 9180; ML-KEM-768 with X25519) for the key of a date
// before it reaches the database, padded to one size and bound to the ticket, so that whoever reads
// the table learns that something is there and nothing else. Serve can seal and never open.
//
// # Keys
//
// Each date that can be booked has a key pair of its own. The public half stands in the database;
// the private half is a file in the worker's key store (Vault), a folder outside the database and
// its backups, and sealed there under the worker's contact key. Seven days after the date the file
// is destroyed (Keeper): what tables or backups still hold then opens to nobody. docs/adr/0011 says
// why it is made this way.
//
// # States
//
//	no key yet   the form says so; seats are taken as always
//	key          contacts are taken
//	destroyed    what was sealed is deleted, and in backups it is noise
package contact
