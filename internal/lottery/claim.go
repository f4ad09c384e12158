package lottery

import (
	"crypto/sha256"
	"fmt"
)

// Claim is a draw as it was published, to be checked.
type Claim struct {
	Draw       string
	Commitment string // hexadecimal digits, as the others
	List       string // the text
	Digest     string
	Seed       string
	Outcomes   []Outcome // in the order that is claimed
}

// Outcome is what is claimed of one number.
type Outcome struct {
	Number    string
	Pool      string // "" for none
	Withdrawn bool
	Struck    []string // choices that could not be had any more
}

// Faults draws again and says what does not fit, a sentence each; none for a draw that is as
// claimed. Who withdrew, and what was struck, is taken from the claim.
func (c Claim) Faults() []string {
	var faults []string
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	seed, err := ParseSeed(c.Seed)
	if err != nil {
		complain("The seed is not one: %v.", err)
	} else if got := Commitment(c.Draw, seed).String(); got != c.Commitment {
		complain("The seed is not the one that was promised: its commitment is %s, published was %s.",
			got, c.Commitment)
	}
	if got := Digest(sha256.Sum256([]byte(c.List))).String(); got != c.Digest {
		complain("The list is not the one that was published: its SHA-256 is %s, published was %s.", got, c.Digest)
	}
	list, listErr := Parse(c.List)
	switch {
	case listErr != nil:
		complain("The list can't be drawn from: %v.", listErr)
	case list.Draw != c.Draw:
		complain("The list is of another draw, %s.", list.Draw)
	}
	if err != nil || listErr != nil {
		return faults
	}
	withdrawn, struck := map[string]bool{}, map[Struck]bool{}
	for _, o := range c.Outcomes {
		withdrawn[o.Number] = o.Withdrawn
		for _, pool := range o.Struck {
			struck[Struck{o.Number, pool}] = true
		}
	}
	drawn := DrawWithout(list, seed, withdrawn, struck)
	if len(drawn) != len(c.Outcomes) {
		complain("%d numbers were drawn, %d outcomes are claimed.", len(drawn), len(c.Outcomes))
		return faults
	}
	for i, d := range drawn {
		said := c.Outcomes[i]
		if said.Number != d.Number || said.Pool != d.Pool || said.Withdrawn != d.Withdrawn {
			complain("Place %d is %s with %q, claimed is %s with %q.", i+1, d.Number, d.Pool, said.Number, said.Pool)
			return faults // the rest follows from this one
		}
	}
	return faults
}
