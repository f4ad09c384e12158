// Package tickets is the pages that open with a participation code, or a code on paper: the ticket,
// its slots, its private calendar and its contact.
//
// A code travels in the body of a POST only. The pages are never stored by any cache, and all their
// answers have one size, so that who watches the wire does not see where a ticket stands.
package tickets
