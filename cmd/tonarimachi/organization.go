package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func organizationCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "organization", Short: "Rename an organization, end its part, or let it take part again"}
	c.AddCommand(
		turnOrganizationCommand(
			t,
			"close",
			"End an organization's part",
			`From then on its staff and programs are refused, its facilities are closed,
				and it leaves the lists. Its page, its past events and its reports stay.

It is refused while events or bookings lie ahead, draws of rooms run, or it vouches for partner groups: call those off
  or hand them over first, so that
everybody concerned hears of it. Running servers know within ten seconds; what its staff try to
change meanwhile is refused at once.`,
			(*organization.Service).Close,
			"no longer takes part",
		),
		turnOrganizationCommand(
			t,
			"reopen",
			"Let an organization take part again",
			"Its staff and programs work again as before. Its facilities stay closed until its staff open them.",
			(*organization.Service).Reopen,
			"takes part",
		),
		renameOrganizationCommand(t),
	)
	return c
}

func turnOrganizationCommand(
	t terminal,
	name, short, long string,
	turn func(*organization.Service, context.Context, string) (organization.Organization, error),
	is string,
) *cobra.Command {
	return &cobra.Command{
		Use:   name + " SLUG",
		Short: short,
		Long:  long + "\n\nWorks with TONARIMACHI_OWNER_DATABASE_URL.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				found, err := turn(o.Organizations, c.Context(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(t.out, "%s (%s) %s.\n", found.Name, found.Slug, is)
				return nil
			})
		},
	}
}

func renameOrganizationCommand(t terminal) *cobra.Command {
	var kana, english string
	c := &cobra.Command{
		Use:   "rename SLUG NAME",
		Short: "Give an organization another name",
		Long: `Its address stays. A name that looks like another organization's is refused, and so is one of a
public body for a partner group. Without --kana and --english its reading and its English name go
with the old name.

Works with TONARIMACHI_OWNER_DATABASE_URL.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				renamed, err := o.Organizations.Rename(c.Context(), args[0], args[1], kana, english)
				if err != nil {
					return err
				}
				fmt.Fprintf(t.out, "%s (%s).\n", renamed.Name, renamed.Slug)
				return nil
			})
		},
	}
	c.Flags().StringVar(&kana, "kana", "", "reading of the name")
	c.Flags().StringVar(&english, "english", "", "English name")
	return c
}
