// Command tonarimachi is the whole program: the demo, the server, the worker and the operator's
// commands. Package app wires its parts together.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "tonarimachi: "+plain(err))
		os.Exit(1)
	}
}

// terminal is what a command reads from and writes to.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// run does one command; it returns when that is done or ctx has ended.
func run(ctx context.Context, t terminal, args []string) error {
	root := &cobra.Command{
		Use:           "tonarimachi",
		Short:         "となりまち: towns publish gatherings together, and people come without saying who they are",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		demoCommand(t),
		serveCommand(t),
		workerCommand(t),
		migrateCommand(t),
		staffCommand(t),
		organizationCommand(t),
		importCommand(t),
		exportCommand(t),
		holidaysCommand(t),
		verifyDrawCommand(t),
		versionCommand(t),
	)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}
