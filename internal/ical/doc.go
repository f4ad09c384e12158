// Package ical renders calendar feeds (RFC 5545, RFC 7986): values in, bytes
// out. It knows no database, no clock and no HTTP.
//
// An [Entry] is one date of an event and becomes one VEVENT; a [Calendar]
// describes the feed around it. A [Builder] joins them into a [Document], which
// holds the body, its gzip form and the validators of both. The same entries
// give the same bytes and tags in any order, on any replica, at any time.
//
// What calendar programs were seen to trip over is kept here, not by callers:
// lines of at most 75 octets that split neither a character nor an escape, no
// control or bidirectional override inside a value, no empty property, no
// METHOD, no alarm, one time zone without summer time.
package ical
