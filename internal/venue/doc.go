// Package venue holds what towns open to each other: facilities (施設), the pieces of floor they are
// made of (空間), and the rooms (部屋) that can be booked, each of one space or several: 全面 = A面 + B面.
//
// What decides is written once, as documents an organization's staff edit (Calendar, Uses, Terms,
// fees, exemptions), and read by pure functions: whether a room may be used at a span and if not
// why (Rules.Check), which blocks a day has (Rules.Blocks), whether an organization may book now
// (Term.Check), what it costs (Price), whether two uses disturb each other (Clash). The words on a
// room's page (Rules.Sentences, Term.Sentence) come from the same documents, so that what is
// promised is what decides.
//
// Times are of Asia/Tokyo; spans are [start, end); 24:00 is the end of a day. Rooms are draft, open
// or closed, and open to their own organization, to partnerships or to everyone; a neighbour sees
// neither drafts nor what is the owner's alone. Who takes a room is not known here: see
// internal/booking.
package venue
