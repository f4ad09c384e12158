//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	only    []string
	seconds float64
	rounds  int
	strict  bool
	explain bool
	events  int
	match   string
	plans   bool
	data    string
	profile string
	inside  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, diagnostics io.Writer) error {
	if len(args) == 2 && args[0] == "child" {
		return child(ctx, args[1], in, out)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(diagnostics)
	var o options
	only := flags.String("only", "", "measurements to take, separated by commas; all when empty")
	list := flags.Bool("list", false, "name the measurements")
	flags.Float64Var(&o.seconds, "seconds", 3, "how long each side of a round is measured")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds of each measurement; the median counts")
	flags.BoolVar(&o.strict, "strict", false, "exit with 1 when something is below what is wanted")
	flags.StringVar(
		&o.profile,
		"profile",
		"",
		"write CPU profiles of the server into this folder; it then runs inside this program",
	)
	flags.BoolVar(&o.inside, "inside", false, "run the server inside this program instead of building it")
	flags.BoolVar(&o.explain, "explain", false, "show how queries do on a large database instead")
	flags.IntVar(&o.events, "events", 200_000, "events of the large database, five dates each")
	flags.StringVar(&o.match, "match", "", "with -explain: only queries whose name contains this")
	flags.BoolVar(&o.plans, "plans", false, "with -explain: print whole plans")
	flags.StringVar(&o.data, "data", "", "with -explain: keep the large database in this folder and use it again")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("understand arguments: %q is none", flags.Arg(0))
	}
	if o.rounds < 1 || o.seconds <= 0 || o.seconds > 60 || o.rounds > 50 || o.events < 1000 || o.events > 1_000_000 {
		return errors.New("understand arguments: rounds 1 to 50, seconds up to 60, events 1,000 to 1,000,000")
	}
	if *list {
		for _, m := range measurements {
			fmt.Fprintf(out, "%-9s %s\n", m.name, m.what)
		}
		return nil
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
		for _, name := range o.only {
			if !slices.ContainsFunc(measurements, func(m measurement) bool { return m.name == name }) {
				return fmt.Errorf("understand arguments: no measurement is named %q", name)
			}
		}
	}
	if o.explain {
		return explain(ctx, o, out, diagnostics)
	}
	return measure(ctx, o, out, diagnostics)
}

// each is the length of one side of a round.
func (o options) each() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }
