// Package feed is the face that calendars see: /feeds/….ics.
//
// A document is built once after a change and kept with its gzip form; a request whose validator still fits is answered 304 before any work.
// Changes arrive from the service of the same process at once and from other replicas through the database's change channel; as a belt to those
// braces a kept document is looked at again after a minute.
package feed
