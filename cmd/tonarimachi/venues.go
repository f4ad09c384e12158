package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
	"github.com/tonarimachi/tonarimachi/web"
)

func importFacilitiesCommand(t terminal) *cobra.Command {
	var o facilitylist.ImportOptions
	c := &cobra.Command{
		Use:   "facilities SLUG FILE",
		Short: "Bring in an organization's list of facilities (公共施設一覧), either edition (- for standard input)",
		Long: `Works with TONARIMACHI_DATABASE_URL. UTF-8, UTF-16 and CP932 are read; what had to be mended is told
row by row. It may be repeated: a facility is found again by its ID, in the list or of its own, and
once by name and address while it has none in the list. What is new stays a draft unless --open is
given.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, log, err := settings(config.Serve, t)
			if err != nil {
				return err
			}
			raw, err := readFile(t, args[1])
			if err != nil {
				return err
			}
			db, err := postgres.Open(
				c.Context(),
				postgres.Options{
					URL:    cfg.DatabaseURL.Reveal(),
					Public: 1,
					Staff:  1,
					Clock:  clock.System(),
					Logger: log,
				},
			)
			if err != nil {
				return err
			}
			defer db.Close()
			directory := organization.NewDirectory(db)
			owner, err := directory.TakesPart(c.Context(), args[0])
			if err != nil {
				return err
			}
			messages, err := i18n.Load(web.Messages)
			if err != nil {
				return err
			}
			lists := facilitylist.New(venue.NewService(db, directory), messages.Localizer(i18n.Japanese), "")
			by := staff.Author{Organization: owner.ID, Actor: audit.Actor{Kind: "operator"}}
			report, err := lists.Import(c.Context(), by, owner.Ref(), raw, o)
			if err != nil {
				return err
			}
			writeReport(t.out, report)
			return nil
		},
	}
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "tell only what would happen")
	c.Flags().BoolVar(&o.Open, "open", false, "open what is new at once")
	return c
}

func readFile(t terminal, name string) ([]byte, error) {
	in := t.in
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // the operator names it
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, opendata.MaxBytes+1)) // one more: too long is told, not cut
}

func writeReport(out io.Writer, report facilitylist.Report) {
	if len(report.Ignored) > 0 {
		fmt.Fprintf(out, "columns that are not kept: %s\n", strings.Join(report.Ignored, ", "))
	}
	counts := map[facilitylist.Outcome]int{}
	for _, d := range report.Rows {
		counts[d.Outcome]++
		var notes []string
		for _, m := range append(d.Refused, d.Mended...) {
			notes = append(notes, strings.TrimSpace(m.Column+" "+m.Code))
		}
		if len(notes) > 0 {
			fmt.Fprintf(out, "line %d, %s: %s (%s)\n", d.Line, d.Name, d.Outcome, strings.Join(notes, ", "))
		}
	}
	fmt.Fprintf(
		out,
		"%d created, %d changed, %d unchanged, %d refused.\n",
		counts[facilitylist.Created],
		counts[facilitylist.Changed],
		counts[facilitylist.Unchanged],
		counts[facilitylist.Refused],
	)
}

func holidaysCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "holidays", Short: "See and mend the table of national holidays"}
	c.AddCommand(&cobra.Command{
		Use: "list YEAR", Short: "List the days of a year", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			year, err := strconv.Atoi(args[0])
			if err != nil || year < 2000 || year > 2099 {
				return fmt.Errorf("the year must be between 2000 and 2099")
			}
			return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
				days, err := venue.NationalHolidaysKnown(c.Context(), o.DB, year)
				if err != nil {
					return err
				}
				for _, d := range days {
					gone := ""
					if !d.Observed {
						gone = " (not observed)"
					}
					fmt.Fprintf(t.out, "%s %s%s\n", d.Day, d.Name, gone)
				}
				return nil
			})
		},
	})
	set := func(use, short string, observed bool) *cobra.Command {
		return &cobra.Command{
			Use: use + " DAY NAME", Short: short, Args: cobra.ExactArgs(2),
			RunE: func(c *cobra.Command, args []string) error {
				day, err := clock.ParseDate(args[0])
				if err != nil {
					return err
				}
				return withOperator(c.Context(), config.Migrate, t, func(o *app.Operator) error {
					return venue.SetNationalHoliday(
						c.Context(),
						o.DB,
						venue.LocalHoliday{Day: day, Name: args[1], Observed: observed},
					)
				})
			},
		}
	}
	c.AddCommand(
		set("set", "Make a day a national holiday, as a special law does", true),
		set("remove", "Take a day away for good; filling again does not bring it back", false),
	)
	return c
}
