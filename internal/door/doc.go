// Package door is the entrance of one date: the day link that staff give to a phone there, a head
// count a part, and tickets marked as arrived.
//
// A day link (入口リンク) is a token of its own, scoped to one date and good from Before its start to
// After its end, unless it is revoked. Whoever has it sees numbers and counts; no name, nickname or
// list of tickets comes out of this package, and none goes in.
//
// # Counting
//
// A phone counts by taps of +1 and −1 (or more, for a group), each with an id that the phone makes.
// It may send them late, together and more than once: an id counts once a part, in whatever order
// they come. The sum is kept whole, for who left may be sent before who came; what is shown never
// falls below nothing. The most who were inside, for the yearly report, is the highest count that
// was shown. With a capacity (how many fit) the public hears a band, never the number.
//
// # Arriving
//
// A holder shows the day code, six digits derived from the ticket's secret, or the participation
// code itself. The door hears for how many people it stands and whether it was counted already, and
// can take an arrival back. A ticket of another date, one that waits and one that was never made
// are the same to it. The day code can do nothing else, so a phone at the door need not see the
// participation code.
//
// Six digits can be guessed, so each link has a budget of misses, kept in the database for all
// processes: MaxMisses at once, then one every Forgiven. While it is used up nothing is said of any
// day code, right or wrong, and the staff hear why; participation codes, taps and tables go on.
package door
