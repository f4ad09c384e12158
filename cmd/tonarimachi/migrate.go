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
	var yes bool
	c := &cobra.Command{
		Use:   "migrate [up|down|status]",
		Short: "Bring the database to this version's schema",
		Long: `Works with TONARIMACHI_OWNER_DATABASE_URL.

  up      (or nothing) brings the schema up to date and grants the program's roles to its login: the user of
          TONARIMACHI_DATABASE_URL, or the one given with --login
  down    takes the whole schema away, WITH ALL DATA, and so asks for --yes
  status  tells the version the database has and the newest one`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"up", "down", "status"},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, _, err := settings(config.Migrate, t)
			if err != nil {
				return err
			}
			owner := cfg.OwnerDatabaseURL.Reveal()
			switch first(args) {
			case "down":
				if !yes {
					return errors.New("migrate down deletes every table with all data: add --yes if that is what you want")
				}
				err = postgres.MigrateDown(c.Context(), owner)
			case "status":
			default:
				if login == "" {
					if login, err = userOf(cfg.DatabaseURL.Reveal()); err != nil {
						return err
					}
				}
				err = postgres.Migrate(c.Context(), owner, login)
				if err == nil && login == "" {
					fmt.Fprintln(t.err, "No account was granted the program's roles: set TONARIMACHI_DATABASE_URL or give --login, and run this again.")
				}
			}
			if err != nil {
				return err
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
	c.Flags().BoolVar(&yes, "yes", false, "with down: delete all data")
	return c
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// userOf gives the user of a database address, "" for none.
func userOf(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	parsed, err := pgx.ParseConfig(address)
	if err != nil {
		return "", errors.New("TONARIMACHI_DATABASE_URL can't be read: want a PostgreSQL address, for example postgres://tonarimachi:password@127.0.0.1:5432/tonarimachi")
	}
	return parsed.User, nil
}
