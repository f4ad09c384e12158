// Package booking takes rooms for organizations, their own and their neighbours': from the search
// for a free room to the permit.
//
// A booking (施設予約) belongs to two organizations: the lender, whose room it is, and the borrower.
// Both see it whole and nobody else sees it at all: the public, and every third organization, learn
// only when a room is taken. Who may book when, for what fee, is venue's to say; what is taken is
// the database's: a booking occupies the spaces of its room (table occupancy), over its time
// widened by set-up and clearing, and an exclusion constraint keeps two bookings from ever having
// the same floor at the same time.
//
//	waiting ──▶ held ──▶ requested ──▶ approved ──▶ confirmed ──▶ done
//	            (until)    (1 or 2 steps)             (permit)
//	waiting, held, requested, approved ─▶ declined, cancelled, lapsed;  confirmed ─▶ cancelled
//
// Where a room asks for no approval, a request is confirmed at once. Whoever comes behind a hold
// may wait; when the hold ends, those who wait move up in the order of their coming, in the same
// transaction. A borrower's move of what was approved asks for approval again; a lender's doesn't.
//
// Package round books the rooms of a season, which are given by lot; package board says when rooms
// are free.
//
// # How writers keep out of each other's way
//
// Every writer locks spaces in the order of their ids in a statement of its own, then bookings in
// the order of theirs; looks again; inserts with on conflict do nothing and counts the rows (ADR
// 0017). Placing locks the spaces of its room; what ends or moves a booking locks those of its
// facility, because whoever moves up may need more of them. What one author asks for while two of
// its requests are under way is placed in one transaction (crowd.go).
package booking
