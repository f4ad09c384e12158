// Package ticket is the anonymous registration (参加票): so many seats of one quota, held by whoever
// knows its secret (参加コード).
//
// Nothing here says who somebody is. A ticket has a random id, the day it was taken and, if its
// holder likes, a nickname, sealed so that only the secret opens it. The secret itself is never
// stored, only its MAC; staff can read no ticket, only how many seats of a quota are taken.
//
// # States
//
//	state      seats  comes from                          goes to
//	confirmed  yes    Take; offered, once accepted        cancelled
//	waiting    no     a full quota with a waiting list    confirmed, offered, lapsed, cancelled
//	offered    yes    waiting, when seats come free       confirmed, lapsed, cancelled
//	lapsed     no     waiting past its end; offered       nothing
//	cancelled  no     any of those that are active        nothing
//	applied    no     Take, where seats are drawn by lot  confirmed, waiting, not_drawn,
//	                                                      cancelled
//	not_drawn  no     applied, in a draw without a line   nothing
//
// A trigger moves the quota's counter with the state, in the same statement, and a CHECK keeps the
// counter within the capacity, so that no path can oversell a quota or strand its seats.
//
// # The waiting list
//
// Seats that come free go to the line in the transaction that frees them, from its head; a group
// larger than the room keeps its place while smaller ones behind it are served. A line ends at a
// moment that is shown at registration. Whoever left no contact is given the seat. Whoever left one
// is asked, if there is time by day: the ticket is an offered one until a moment that it shows,
// never in the night, and Confirm accepts. An offer that lapses goes to the next in line and
// doesn't come back (docs/adr/0013-…).
//
// Two days before the start those whose seats others wait for are asked once whether they are still
// coming. Not answering never loses a seat.
//
// # Drawing lots
//
// An application (applied) has a number on the list of its draw, derived from the secret. DrawLots
// fixes the list when applications have closed and draws by it, each in one transaction under the
// counters' locks, which applications and cancellations take as well: so each happens once, and a
// late application is either on the list or refused. Package lottery says what a draw proves.
//
// # Slots
//
// A slot (event.BoothSlot) is a quota with a time. One ticket holds several of one date that leave
// time to walk from one to the next; they are taken, exchanged and given back all or none, and an
// exclusion constraint keeps them apart. The ticket's own quota counts the parties of the part,
// each slot's counter who sits in it. Slots have no waiting list, and are not taken in batches.
//
// # The secret is the idempotency key
//
// Take with a secret that has a ticket gives that ticket in its present state, whatever became of
// the quota since. The same secret with another event, quota, number of seats or nickname is
// ErrPayloadDiffers. When keys are rotated, tell every replica the new key as a second one first
// and make it the first one later: replicas that don't know each other's keys can't see that a
// secret is in use.
//
// # How a seat is taken
//
// Take reads by which way the quota's seats are taken (way.go, from memory after the first time)
// and goes to the statement for it: seats first come, first served (package grant, which puts
// requests that arrive at the same moment into one statement), an application for a draw, or slots.
// Each statement looks at the way again; a request that it refuses for having come by another one
// reads the way anew. Take answers only after the commit: a ticket that was answered exists; one
// whose answer was lost may exist.
//
// What the database refuses is an outcome, and outcome.go has the one table of their faults.
package ticket
