package lottery

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// Seed decides a draw together with the list. Nobody may know it before the list is fixed, so it
// prints as a placeholder.
type Seed [32]byte

// NewSeed draws a seed from r, which must be cryptographically random.
func NewSeed(r io.Reader) (Seed, error) {
	var s Seed
	if _, err := io.ReadFull(r, s[:]); err != nil {
		return Seed{}, fmt.Errorf("draw seed: %w", err)
	}
	return s, nil
}

// ParseSeed reads 64 hexadecimal digits.
func ParseSeed(text string) (Seed, error) {
	d, err := ParseDigest(text)
	return Seed(d), err
}

// Reveal gives the seed in hexadecimal digits, for when it is to be told.
func (s Seed) Reveal() string { return hex.EncodeToString(s[:]) }

// Format hides the seed from every fmt verb.
func (Seed) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[lottery seed]") }

// Digest is a SHA-256 sum.
type Digest [sha256.Size]byte

// ParseDigest reads 64 hexadecimal digits.
func ParseDigest(text string) (Digest, error) {
	var d Digest
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(d) {
		return d, fmt.Errorf("read sum: want %d hexadecimal digits", 2*len(d))
	}
	copy(d[:], b)
	return d, nil
}

// String gives hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Commitment is what is published of a seed before applications open. draw names the draw, so that
// one promise holds for one draw.
func Commitment(draw string, s Seed) Digest {
	return sha256.Sum256([]byte("tonarimachi lottery commitment v1\n" + draw + "\n" + s.Reveal() + "\n"))
}

// key is what the entries of a list are ordered by.
func key(s Seed, list Digest, number string) Digest {
	return sha256.Sum256(
		[]byte("tonarimachi lottery order v1\n" + s.Reveal() + "\n" + list.String() + "\n" + number + "\n"),
	)
}

// Drawn is an entry as it came out.
type Drawn struct {
	Entry
	// Pool is where the entry got room, "" when it got none.
	Pool string
	// Withdrawn entries stand on the list and take no room.
	Withdrawn bool
}

// Draw gives the entries of a valid list in the order in which they were drawn. withdrawn holds the
// numbers of those who left after the list was fixed.
func Draw(l List, s Seed, withdrawn map[string]bool) []Drawn {
	return DrawWithout(l, s, withdrawn, nil)
}

// Struck is a choice of an entry that could not be had any more when lots were drawn: the entry is
// drawn as if it had never asked for it. Its place in the order stays.
type Struck struct{ Number, Pool string }

// DrawWithout is Draw without the struck choices.
func DrawWithout(l List, s Seed, withdrawn map[string]bool, struck map[Struck]bool) []Drawn {
	type keyed struct {
		key   Digest
		entry Entry
	}
	digest := l.Digest()
	order := make([]keyed, 0, len(l.Entries))
	for _, e := range l.Entries {
		order = append(order, keyed{key(s, digest, e.Number), e})
	}
	slices.SortFunc(order, func(a, b keyed) int {
		return cmp.Or(slices.Compare(a.key[:], b.key[:]), cmp.Compare(a.entry.Number, b.entry.Number))
	})
	floor := newFloor(l.Takes)
	room := map[string]int{}
	for _, p := range l.Pools {
		room[p.Name] = p.Seats
	}
	drawn := make([]Drawn, 0, len(order))
	for _, k := range order {
		d := Drawn{Entry: k.entry, Withdrawn: withdrawn[k.entry.Number]}
		if !d.Withdrawn {
			for _, choice := range d.Choices {
				if room[choice] >= d.Size && floor.free(choice) && !struck[Struck{d.Number, choice}] {
					d.Pool = choice
					room[choice] -= d.Size
					floor.take(choice)
					break
				}
			}
		}
		drawn = append(drawn, d)
	}
	return drawn
}
