package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

func verifyDrawCommand(t terminal) *cobra.Command {
	var number, commitment string
	c := &cobra.Command{
		Use:   "verify-draw [file]",
		Short: "Draw the lots of a published draw again and see whether they come out as told",
		Long: "Reads what GET /api/v1/events/{id}/parts/{part_id}/draw answered, from a file or from standard input, and draws again. It asks nobody and needs no\n" +
			"settings. docs/lottery.md says how to do the same without this program.",
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
	c.Flags().StringVar(&commitment, "commitment", "", "the commitment you noted before applications closed; without it the one in the answer is believed")
	return c
}

const largestDraw = 128 << 20

func verifyDraw(in io.Reader, out io.Writer, number, commitment string) error {
	raw, err := io.ReadAll(io.LimitReader(in, largestDraw))
	if err != nil {
		return fmt.Errorf("read draw: %w", err)
	}
	var d api.Draw
	if err := json.Unmarshal(raw, &d); err != nil {
		return errors.New("this is not a draw: want what GET …/draw answered")
	}
	switch {
	case d.State != api.DrawStateDrawn:
		return fmt.Errorf("there is nothing to verify: the draw is in the state %q", d.State)
	case d.Erased || d.List == nil || d.ListDigest == nil || d.Seed == nil:
		return errors.New("there is nothing to verify: the list is not there (it goes with the tickets of the date)")
	}
	claim := lottery.Claim{Draw: d.PartID.String(), Commitment: d.Commitment, List: *d.List, Digest: *d.ListDigest, Seed: *d.Seed}
	if commitment != "" {
		claim.Commitment = commitment
	}
	told := ""
	for i, e := range d.Entries {
		o := lottery.Outcome{Number: e.Number}
		if e.Outcome != nil {
			o.Withdrawn = *e.Outcome == api.DrawEntryOutcomeWithdrawn
			if *e.Outcome == api.DrawEntryOutcomeConfirmed {
				o.Pool = e.QuotaID.String()
			}
			if e.Number == number {
				told = fmt.Sprintf("%s was drawn as number %d of %d: %s.\n", number, i+1, len(d.Entries), *e.Outcome)
			}
		}
		claim.Outcomes = append(claim.Outcomes, o)
	}
	if faults := claim.Faults(); faults != nil {
		for _, f := range faults {
			_, _ = fmt.Fprintln(out, f)
		}
		return errors.New("the draw does not come out as told")
	}
	if number != "" && told == "" {
		return fmt.Errorf("the draw comes out as told, but %q is not on its list", number)
	}
	_, err = fmt.Fprintf(out, "The draw comes out as told: %d numbers, seed and list are those that were promised.\n%s", len(d.Entries), told)
	return err
}
