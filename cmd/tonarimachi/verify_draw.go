package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

func verifyDrawCommand(t terminal) *cobra.Command {
	var number, commitment string
	c := &cobra.Command{
		Use:   "verify-draw [file]",
		Short: "Draw the lots of a published draw again and see whether they come out as told",
		Long: "Reads what GET /api/v1/events/{id}/parts/{part_id}/draw (seats) or GET /api/v1/rounds/{id}/draw " +
			"(rooms) answered, from a file or from standard input,\n" +
			"and draws again. It asks nobody and needs no settings. docs/lottery.md and docs/rounds.md say how to do " +
			"the same without this program.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			in := t.in
			if len(args) == 1 && args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("read draw: %w", err)
				}
				defer func() { _ = file.Close() }()
				in = file
			}
			return verifyDraw(in, t.out, number, commitment)
		},
	}
	c.Flags().StringVar(&number, "number", "", "also tell what this draw number got")
	c.Flags().StringVar(
		&commitment,
		"commitment",
		"",
		"the commitment you noted before applications closed; without it the one in the answer is believed",
	)
	return c
}

const largestDraw = 128 << 20

func verifyDraw(in io.Reader, out io.Writer, number, commitment string) error {
	raw, err := io.ReadAll(io.LimitReader(in, largestDraw))
	if err != nil {
		return fmt.Errorf("read draw: %w", err)
	}
	var kind struct {
		RoundID *string `json:"round_id"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return errNoDraw
	}
	read := claimSeats
	if kind.RoundID != nil {
		read = claimRooms
	}
	claim, words, err := read(raw)
	if err != nil {
		return err
	}
	if commitment != "" {
		claim.Commitment = commitment
	}
	if faults := claim.Faults(); faults != nil {
		for _, f := range faults {
			_, _ = fmt.Fprintln(out, f)
		}
		return errors.New("the draw does not come out as told")
	}
	told := ""
	if number != "" {
		i := slices.IndexFunc(claim.Outcomes, func(o lottery.Outcome) bool { return o.Number == number })
		if i < 0 {
			return fmt.Errorf("the draw comes out as told, but %q is not on its list", number)
		}
		told = fmt.Sprintf("%s was drawn as number %d of %d: %s.\n", number, i+1, len(claim.Outcomes), words[i])
	}
	_, err = fmt.Fprintf(
		out,
		"The draw comes out as told: %d numbers, seed and list are those that were promised.\n%s",
		len(claim.Outcomes),
		told,
	)
	return err
}

var errNoDraw = errors.New("this is not a draw: want what GET …/draw answered")

// claimSeats reads the draw of a part of an event. words has what each outcome is called.
func claimSeats(raw []byte) (claim lottery.Claim, words []string, err error) {
	var d api.Draw
	if err := json.Unmarshal(raw, &d); err != nil {
		return claim, nil, errNoDraw
	}
	switch {
	case d.State != api.DrawStateDrawn:
		return claim, nil, fmt.Errorf("there is nothing to verify: the draw is in the state %q", d.State)
	case d.Erased || d.List == nil || d.ListDigest == nil || d.Seed == nil:
		return claim, nil, errors.New(
			"there is nothing to verify: the list is not there (it goes with the tickets of the date)",
		)
	}
	claim = lottery.Claim{
		Draw:       d.PartID.String(),
		Commitment: d.Commitment,
		List:       *d.List,
		Digest:     *d.ListDigest,
		Seed:       *d.Seed,
	}
	for _, e := range d.Entries {
		o, word := lottery.Outcome{Number: e.Number}, ""
		if e.Outcome != nil {
			word = string(*e.Outcome)
			o.Withdrawn = *e.Outcome == api.DrawEntryOutcomeWithdrawn
			if *e.Outcome == api.DrawEntryOutcomeConfirmed {
				o.Pool = e.QuotaID.String()
			}
		}
		claim.Outcomes, words = append(claim.Outcomes, o), append(words, word)
	}
	return claim, words, nil
}

// claimRooms reads the draw of a round of rooms.
func claimRooms(raw []byte) (claim lottery.Claim, words []string, err error) {
	var d api.RoundDraw
	if err := json.Unmarshal(raw, &d); err != nil {
		return claim, nil, errNoDraw
	}
	if d.Seed == nil || d.List == nil || d.ListDigest == nil {
		return claim, nil, fmt.Errorf("there is nothing to verify: the round is in the state %q", d.State)
	}
	claim = lottery.Claim{
		Draw:       d.RoundID.String(),
		Commitment: d.Commitment,
		List:       *d.List,
		Digest:     *d.ListDigest,
		Seed:       *d.Seed,
	}
	for _, e := range d.Entries {
		o, word := lottery.Outcome{Number: e.Number, Struck: e.Struck}, ""
		if e.Outcome != nil {
			word = string(*e.Outcome)
			o.Withdrawn = *e.Outcome == api.RoundEntryOutcomeWithdrawn
		}
		if e.Pool != nil {
			o.Pool = *e.Pool
			word += " for " + *e.Pool
		}
		claim.Outcomes, words = append(claim.Outcomes, o), append(words, word)
	}
	return claim, words, nil
}
