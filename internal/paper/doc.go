// Package paper sets seats aside for people who come to a counter or have no way to be quick: staff
// print a sheet of codes (紙の番号) and hand them out.
//
// A sheet takes free seats of a quota into a pool of their own, which no other path reaches.
// Whoever has a code takes a ticket with it, at /paper or at the counter, without contest: one
// code, one ticket, of as many seats as the sheet says at most. What was not used goes back when
// the sheet's moment comes (the start's eve unless told otherwise), when the sheet is revoked, or
// when such a ticket is cancelled, and the waiting list is served first.
//
// Only the MAC of a code is stored, and that it was used, not for which ticket: who printed or
// handed out a code learns how many were used and no more.
//
//	sheet    live until returns_at or until it is revoked
//	code     good → used; good → over with its sheet
package paper
