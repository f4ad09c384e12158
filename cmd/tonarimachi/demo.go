package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

const stopPatience = 30 * time.Second // for the private server's shutdown

type demoOptions struct {
	listen, dir    string
	fresh, verbose bool
}

func demoCommand(t terminal) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run everything with the real programmes on dates from today on; Ctrl-C ends it",
		Long: `Starts a private PostgreSQL by itself (its programs from PATH or the distribution's folders, else a
download that is kept), fills it with ten municipalities, nine partner groups and their programmes,
and serves pages, API, feeds and jobs in one process.

What you change is there at the next start; dates that have passed are followed by new ones. --fresh
starts over. Two demos at once need different --data and --listen.

The data folder is, without --data, tonarimachi/demo in your cache folder ($XDG_CACHE_HOME or
~/.cache; on macOS ~/Library/Caches), for root /var/lib/tonarimachi/demo. While the demo runs it
holds demo.json, readable by you only: base_url, database_url, env (the settings with which another
serve or worker joins) and each organization's staff address, password and API token, with those of
a second member where rooms ask for two steps of approval.`,
		Example: "  tonarimachi demo --listen 127.0.0.1:8080 --data ./demo-data\n  tonarimachi demo --listen " +
			"127.0.0.1:0     # any free port",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return untilStopped(c.Context(), runDemo(c.Context(), t, o))
		},
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "host:port to serve on")
	c.Flags().StringVar(&o.dir, "data", "", "data folder")
	c.Flags().BoolVar(&o.fresh, "fresh", false, "throw away what earlier runs left and start over")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "log every request")
	return c
}

func runDemo(ctx context.Context, t terminal, o demoOptions) (err error) {
	dir, err := demoFolder(o.dir)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, o.listen)
	if err != nil {
		return app.PortFault(err, o.listen, "--listen host:port (port 0 takes any free one)")
	}
	defer func() { _ = listener.Close() }() // does nothing once it is served
	fmt.Fprintln(t.out, "デモの準備をしています。少しお待ちください。 / Preparing the demo …")
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: demoLevel(o)}))
	slog.SetDefault(log)
	server, err := embedded.Start(ctx, embedded.Options{Dir: dir, Fresh: o.fresh, Logger: log})
	if err != nil {
		return inDemo(err)
	}
	defer func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
		defer cancel()
		err = errors.Join(untilStopped(ctx, err), server.Stop(limit))
	}()
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	go func() {
		select {
		case <-server.Done():
			lost(
				fmt.Errorf(
					"the demo's database server ended by itself; %s says why",
					filepath.Join(dir, "postgres.log"),
				),
			)
		case <-ctx.Done():
		}
	}()
	err = demoOn(ctx, t, log, server, dir, o, listener)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// demoOn does the rest, with the private server running and its folder ours.
func demoOn(
	ctx context.Context,
	t terminal,
	log *slog.Logger,
	server *embedded.Server,
	dir string,
	o demoOptions,
	listener net.Listener,
) error {
	card := filepath.Join(dir, "demo.json")
	if err := removeFile(card); err != nil { // of a demo that was killed
		return err
	}
	if o.fresh {
		if err := demo.ForgetBook(dir); err != nil {
			return err
		}
		for _, old := range []string{app.DemoContactKeys, "mail"} {
			if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
				return err
			}
		}
	}
	book, err := demo.OpenBook(dir)
	if err != nil {
		return err
	}
	ownerURL, loginURL, err := server.Prepare(ctx, "tonarimachi")
	if err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, ownerURL, embedded.LoginRole); err != nil {
		return err
	}
	cfg, err := app.DemoConfig(ownerURL, loginURL, dir, book, listener.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = removeFile(card) }()
	return app.Serve(ctx, cfg, log, app.Serving{
		Listener:       listener,
		Worker:         true,
		BesidePostgres: true,
		Prepare:        func(ctx context.Context, a *app.App) error { return a.LoadDemo(ctx, cfg, book) },
		Ready: func() error {
			if err := demo.WritePrivate(card, newDemoCard(cfg, book)); err != nil {
				return err
			}
			welcome(t, cfg, book, card)
			return nil
		},
	})
}

func demoLevel(o demoOptions) slog.Level {
	if o.verbose {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

// demoFolder gives the folder's absolute path.
func demoFolder(given string) (string, error) {
	switch {
	case given != "":
		return filepath.Abs(given)
	case os.Geteuid() == 0:
		return "/var/lib/tonarimachi/demo", nil // where the account that runs PostgreSQL reaches it
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place to keep the demo's data (%w): name a folder with --data", err)
	}
	return filepath.Join(cache, "tonarimachi", "demo"), nil
}

// inDemo adds what to do next to the private server's refusals.
func inDemo(err error) error {
	var running *embedded.RunningError
	var version *embedded.VersionError
	switch {
	case errors.As(err, &running):
		return fmt.Errorf("%w (with --data and --listen)", err)
	case errors.As(err, &version):
		return fmt.Errorf("%w (with --fresh)", err)
	}
	return err
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
