// Package events is the pages of events and of who holds them: the first page, the list and its
// search, the page of one event with its forms for seats, how its seats are drawn by lot, the
// certificate that its tickets were erased, and the page of an organization.
package events
