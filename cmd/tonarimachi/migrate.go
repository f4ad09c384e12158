package main

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func migrateCommand(t terminal) *cobra.Command {
	var login string
	c := &cobra.Command{
		Use:   "migrate [up|status]",
		Short: "Bring the database to this version's schema",
		Long: `Works with TONARIMACHI_OWNER_DATABASE_URL.

  up      (or nothing) brings the schema up to date and grants the program's roles to its login: the user of
          TONARIMACHI_DATABASE_URL, or the one given with --login
  status  tells the version the database has and the newest one

There is no way back but a backup: a schema only goes forward, and keeps the program of the release before working.`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"up", "status"},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, _, err := settings(config.Migrate, t)
			if err != nil {
				return err
			}
			owner := cfg.OwnerDatabaseURL.Reveal()
			if len(args) == 0 || args[0] == "up" {
				if login == "" {
					if login, err = userOf(cfg.DatabaseURL.Reveal()); err != nil {
						return err
					}
				}
				if err := postgres.Migrate(c.Context(), owner, login); err != nil {
					return err
				}
				if login == "" {
					fmt.Fprintln(
						t.err,
						"No account was granted the program's roles: set TONARIMACHI_DATABASE_URL or give --login, "+
							"and run this again.",
					)
				}
			}
			newest, current, err := postgres.SchemaVersion(c.Context(), owner)
			if err != nil {
				return err
			}
			fmt.Fprintf(t.out, "schema version %d, newest %d\n", current, newest)
			return nil
		},
	}
	c.Flags().StringVar(&login, "login", "", "the account that serve and worker log in with")
	return c
}

// userOf gives the user of a database address, "" for none.
func userOf(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	parsed, err := pgx.ParseConfig(address)
	if err != nil {
		return "", errors.New(
			"TONARIMACHI_DATABASE_URL can't be read: want a PostgreSQL address, for example " +
				"postgres://tonarimachi:password@127.0.0.1:5432/tonarimachi",
		)
	}
	return parsed.User, nil
}
