// Package admission gives everybody a fair chance at seats that many want, without knowing anybody:
// it never blocks, it asks for work or patience.
//
// # When something is asked
//
//	contested   in the last minute so many seats of the quota were asked for that what is left
//	            lasts less than five minutes
//	share       a network took max(2, a tenth) of the quota's seats within ten minutes: the next
//	            ones wait until the window has room
//	busy        a network took 20 seats of any quotas within ten minutes
//
// A ticket of several slots is judged for each of them, and so is each slot that a ticket takes
// later or in exchange; what is given back is not.
//
// A network is an IPv4 /24 or an IPv6 /48, about as many households as share an exit. It is known
// by a MAC under a key that is drawn every hour; the address itself is neither kept nor logged. A
// group that is larger than the share on its own is let in when its network took nothing else.
//
// # What is asked
//
// A Challenge is signed, bound to the event, ends after a while and is stored nowhere until it is
// spent. It is met by work (the browser finds numbers, ALTCHA's way) from WorkAfter on, or without
// any script by waiting until WaitUntil. Both grow with the demand and with what the network took
// already. A challenge is good for one ticket, or for one change of its slots. The share's window
// is enforced by the clock and not by the work, so that no computer is fast enough to pass it.
//
// # Several processes
//
// Demand and shares are counted in memory while one process serves. When several do (they tell each
// other, see guard_beat), the share is counted in an unlogged table that they have in common, one
// short statement before a seat is taken, so that it holds for all of them together.
package admission
