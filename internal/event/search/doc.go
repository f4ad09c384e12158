// Package search reads events for lists, feeds and mirrors: what residents search (List), what
// staff have before them (ListForStaff), what a calendar shows (Select), and what has changed since
// a mirror last asked (Changes). It finds the ids first and has package event load what belongs to
// them. It writes nothing.
package search
