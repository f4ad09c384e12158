package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func staffCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "staff", Short: "Add an organization's first staff and their tokens"}
	c.AddCommand(staffAddCommand(t), staffTokenCommand(t))
	return c
}

func staffAddCommand(t terminal) *cobra.Command {
	var slug, email, name, role string
	var fromInput bool
	c := &cobra.Command{
		Use:   "add",
		Short: "Add a person who works for an organization",
		Long: `Works with TONARIMACHI_OWNER_DATABASE_URL. Without --password-stdin it makes a password and prints
it, once.

Roles: editor prepares, publisher speaks for the organization, admin looks after its people and
programs.`,
		Example: "  tonarimachi staff add --organization toshima --email staff@toshima.example --role admin",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			password := rand.Text()
			if fromInput {
				line, err := bufio.NewReader(t.in).ReadString('\n')
				if password = strings.TrimRight(line, "\r\n"); password == "" {
					return errors.Join(errors.New("no password came on standard input"), err)
				}
			}
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				org, err := o.Directory.TakesPart(c.Context(), slug)
				if err != nil {
					return err
				}
				if _, err := o.Staff.AddOperator(
					c.Context(),
					org.ID,
					email,
					name,
					staff.Role(role),
					password,
				); err != nil {
					return err
				}
				fmt.Fprintf(t.out, "%s works for %s (%s) as %s.\n", email, org.Name, org.Slug, role)
				if !fromInput {
					fmt.Fprintf(t.out, "password: %s\nIt is shown this once. Hand it over safely.\n", password)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&slug, "organization", "", "the organization's slug")
	c.Flags().StringVar(&email, "email", "", "the person's address")
	c.Flags().StringVar(&name, "name", "", "the person's name, if you like")
	c.Flags().StringVar(&role, "role", string(staff.Editor), "editor, publisher or admin")
	c.Flags().BoolVar(&fromInput, "password-stdin", false, "read the password from standard input")
	return required(c, "organization", "email")
}

func staffTokenCommand(t terminal) *cobra.Command {
	var slug, email, name string
	var days int
	c := &cobra.Command{
		Use:   "token",
		Short: "Make a token with which a person's program uses the staff API",
		Long: "Works with TONARIMACHI_OWNER_DATABASE_URL and TONARIMACHI_SECRET_KEY. The token alone goes to " +
			"standard output, once.",
		Example: "  tonarimachi staff token --organization toshima --email staff@toshima.example --name website " +
			"--days 90",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withOperator(c.Context(), config.Operate, t, func(o *app.Operator) error {
				org, err := o.Directory.TakesPart(c.Context(), slug)
				if err != nil {
					return err
				}
				member, err := o.Staff.MemberOperator(c.Context(), org.ID, email)
				if err != nil {
					return err
				}
				expires := o.DB.Clock().Now().Add(time.Duration(days) * 24 * time.Hour)
				issued, err := o.Staff.IssueTokenOperator(c.Context(), org.ID, member.ID, name, expires)
				if err != nil {
					return err
				}
				fmt.Fprintln(t.out, issued.Secret.Reveal())
				fmt.Fprintf(t.err, "Valid until %s. It is shown this once.\n", issued.ExpiresAt.Format(time.RFC3339))
				return nil
			})
		},
	}
	c.Flags().StringVar(&slug, "organization", "", "the organization's slug")
	c.Flags().StringVar(&email, "email", "", "the person's address")
	c.Flags().StringVar(&name, "name", "operator", "what the token is for")
	c.Flags().IntVar(&days, "days", 90, "how many days it is valid, up to 366")
	return required(c, "organization", "email")
}

func required(c *cobra.Command, flags ...string) *cobra.Command {
	for _, f := range flags {
		if err := c.MarkFlagRequired(f); err != nil {
			panic(err) // a flag that is not there: found by any run
		}
	}
	return c
}
