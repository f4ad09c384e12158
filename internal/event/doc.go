// Package event holds what organizations publish together: events, their dates, parts, booths and
// quotas, the organisers, and series.
//
//	event        one published thing with a page of its own
//	             draft → submitted → published → cancelled
//	occurrence   one date of it; scheduled ⇄ postponed, → cancelled
//	part         第1部, 第2部 inside an occurrence; at least one, unnamed when it is the only one
//	quota        a counted pool of seats of a part
//	booth, slot  a table of a part, and a bookable time at one or several tables: a quota of its
//	             own, laid out by a plan
//	organiser    主催・共催・協力・後援・委託; each decides for itself: pending → approved or declined
//	series       a rule plus month-by-month decisions that yield occurrences
//	room         a booking that gives a date, or one part of it, its place; both move together and
//	             what a date gives up is cancelled (ADR 0019)
//
// What is published stays: an event is cancelled, not deleted, so that people hear of it. SEQUENCE
// and LAST-MODIFIED of the feeds are moved by the database on every visible change.
package event
