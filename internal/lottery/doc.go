// Package lottery draws lots so that anyone can draw them again: from a seed that was promised
// before, a list that was published before the seed was told, and SHA-256. It is pure;
// docs/lottery.md says the same with a few lines of Python and shell.
//
// # What happens
//
//  1. Before applications open, a seed of 32 random bytes is drawn and its Commitment published.
//  2. Whoever applies has a Number, made from the random bits of their own secret.
//  3. When applications close, the List (numbers, sizes, choices, and the room there is) is fixed
//     and its Digest published.
//  4. The seed is told. Each entry's key is the SHA-256 of seed, digest and number; entries are
//     drawn in the order of their keys. Each takes the first of its choices with room for all of
//     it. One that is larger than the room gets nothing, and smaller ones behind it are served (the
//     skip rule, the same as a waiting list's).
//
// # What this proves, and what it does not
//
// Proven to everybody who kept the commitment, or asked somebody who did: the seed was not changed
// after it was promised; the list was not changed after its digest was published; order and outcome
// follow from the two and from nothing else. Proven to the holder of a number: that the number
// stands on the list, with the right size and choices. Applicants can't steer the draw, alone or
// together: they don't know the seed.
//
// Not proven: that behind every number on the list stands a person, or that one person applied once
// only. The operator sees numbers as they come in, so somebody who had the seed beforehand AND
// could add numbers at will before the closing could try numbers until the outcome pleases them.
// Neither seed nor list alone is enough for that. The product keeps the seed in a column that no
// role of the program may read before the list is fixed, which keeps out staff and a misled
// program, not the administrator of the database. A public source of chance announced beforehand
// would keep out that one too.
package lottery
