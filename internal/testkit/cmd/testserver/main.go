//go:build unix

// Command testserver runs a command, go test for one, with a private PostgreSQL server that all
// test binaries share:
//
//	testserver go test ./...
//
// Where TONARIMACHI_TEST_DATABASE_URL is set already it starts no server. It ends with the
// command's exit code. Nothing stays behind: a signal goes on to the command's process group, and
// the kernel ends the server if this program is killed.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// killDelay is how long the command may take to end after a signal.
const killDelay = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	code, err := run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testserver:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("usage: testserver command [argument ...]")
	}
	environ := os.Environ()
	if os.Getenv(testkit.ServerVariable) == "" { //nolint:forbidigo // tests have no settings
		adminURL, end, startErr := testkit.StartServer(ctx)
		if startErr != nil {
			return 1, startErr
		}
		defer func() { err = errors.Join(err, end(context.WithoutCancel(ctx))) }()
		environ = append(environ, testkit.ServerVariable+"="+adminURL)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // running what it is told is its purpose
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ, os.Stdin, os.Stdout, os.Stderr
	// A group of its own: go test's binaries and what they started must hear the signal too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = killDelay
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whatever outlived its parent
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return exit.ExitCode(), nil
	}
	return 0, err
}
