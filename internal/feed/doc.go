// Package feed answers calendar programs: /feeds/….ics for events, /c/….ics for the date of one
// ticket, /r/….ics for when a room is taken.
//
// A document is built once after a change and kept with its gzip form; a request whose validator
// still fits is answered 304 before any work. Changes arrive from the service of the same process
// at once and from other replicas through the database's change channel; in case one was missed, a
// kept document is looked at again after a minute.
//
// A calendar that asks by the validators it was given, be it by date alone, never keeps what its
// feed no longer says: ADR 0029. Feeds take the conditions of a list that make sense for them and
// refuse every other parameter; what is kept of such feeds is bounded by bytes.
package feed
