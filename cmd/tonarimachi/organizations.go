package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func importCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Bring data in"}
	c.AddCommand(&cobra.Command{
		Use:   "organizations FILE",
		Short: "Set up municipalities, partner groups and partnerships from a YAML file (- for standard input)",
		Long: `Works with TONARIMACHI_OWNER_DATABASE_URL. It may be repeated: what is known is brought up to date,
what the file does not name stays.

  municipalities:
    - {slug: toshima, code: "131164", name: 豊島区, kana: としまく, english: Toshima City}
  partner_groups:
    - {slug: wakamono, name: としま若者応援ネットワーク, registered_by: toshima, area: 南大塚}
  partnerships:
    - {slug: two-wards, name: ふたつの区, members: [toshima, bunkyo], partner_groups: [wakamono]}`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			roster, err := readRoster(t, args[0])
			if err != nil {
				return err
			}
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				if _, err := o.Organizations.EstablishRoster(c.Context(), roster); err != nil {
					return err
				}
				fmt.Fprintf(t.out, "%d municipalities, %d partner groups and %d partnerships are set up.\n",
					len(roster.Municipalities), len(roster.PartnerGroups), len(roster.Partnerships))
				return nil
			})
		},
	})
	c.AddCommand(importFacilitiesCommand(t))
	return c
}

func readRoster(t terminal, name string) (organization.Roster, error) {
	in := t.in
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // the operator names it
		if err != nil {
			return organization.Roster{}, err
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	return organization.ReadRoster(in)
}

func exportCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "Bring data out"}
	c.AddCommand(&cobra.Command{
		Use:   "organizations",
		Short: "Write municipalities, partner groups and partnerships as YAML, as import reads it",
		Long:  "Works with TONARIMACHI_OWNER_DATABASE_URL.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				view, err := o.Directory.View(c.Context())
				if err != nil {
					return err
				}
				return view.Roster().Write(t.out)
			})
		},
	})
	return c
}
