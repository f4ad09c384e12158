// Package board says when rooms can be had, and by whom: the availability of one room, the board of
// a facility, the search for a free room, and the free/busy calendar of a room.
//
// Facts are what decides about a room, as far as one who asks may see it: its hours, closings,
// blocks, terms and fees. The board shows by them what is free, and package booking judges by them
// what is asked for, so that both say the same. Whose a time is, and what for, nobody learns here:
// the functions of the database that are asked (room_busy, rooms_occupied) give times alone.
//
// Facts are kept in memory for a moment; a booking that they let through is judged again by the
// database, which says when they were too old.
package board
