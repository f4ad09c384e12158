//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	launchAttempts = 6
	readyPoll      = 10 * time.Millisecond
	readyLimit     = 2 * time.Minute // crash recovery can take this long
	connectLimit   = 5 * time.Second
)

// launch starts the server, again with another port if somebody took the first, and again a little
// later if backends of a killed server are still leaving the cluster.
func (s *Server) launch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	var failure error
	for attempt := range launchAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return fmt.Errorf("start database server: %w", ctx.Err())
			case <-time.After(time.Duration(attempt) * 100 * time.Millisecond):
			}
		}
		if failure = s.try(ctx); failure == nil {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("start database server: %w", failure)
}

func (s *Server) try(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	logPath := filepath.Join(s.dir, "postgres.log")
	//nolint:gosec // in our data folder
	out, err := os.OpenFile(logPath, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open server log: %w", err)
	}
	defer func() { _ = out.Close() }() // the child has its own copy, which outlives this program
	cmd := command(s.acct, s.bin.tool("postgres"), s.arguments(port)...)
	cmd.Dir = s.data
	cmd.Stdout, cmd.Stderr = out, out
	proc, err := spawn(cmd)
	if err != nil {
		return fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	s.port, s.proc = port, proc
	if err := s.awaitReady(ctx); err != nil {
		proc.signal(syscall.SIGQUIT)
		<-proc.done
		return fmt.Errorf("%w; the server said: %s", err, tail(logPath))
	}
	return nil
}

// arguments put ours after the caller's, since the last one counts.
func (s *Server) arguments(port int) []string {
	args := []string{"-D", s.data}
	set := func(name, value string) { args = append(args, "-c", name+"="+value) }
	// Rows and statements stay out of the log: they can hold what people typed.
	set("log_min_error_statement", "panic")
	set("log_error_verbosity", "terse")
	set("log_parameter_max_length", "0")
	set("timezone", "UTC")
	set("log_timezone", "UTC")
	set("jit", "off") // costs more than it gives on short queries
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		set(name, s.settings[name])
	}
	set("listen_addresses", "127.0.0.1")
	set("port", strconv.Itoa(port))
	set("unix_socket_directories", "")
	set("logging_collector", "off")
	return args
}

// freePort can lose the port to another program before the server takes it: launch then tries
// again.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return 0, fmt.Errorf("find free port: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}

// awaitReady returns when the server answers to our password from our folder.
func (s *Server) awaitReady(ctx context.Context) error {
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		err := s.ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.proc.done:
			return fmt.Errorf("server ended at once: %w", errors.Join(s.proc.err, err))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		default:
		}
		if refused(err) {
			return err
		}
		select {
		case <-s.proc.done:
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func (s *Server) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.AdminURL(""))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var data string
	if err := conn.QueryRow(ctx, "select current_setting('data_directory')").Scan(&data); err != nil {
		return err
	}
	if data != s.data {
		return fmt.Errorf("another server (%s) answers at %s", data, s.Addr())
	}
	return nil
}

// tail gives the last words of the server's log.
func tail(path string) string {
	text, err := os.ReadFile(path) //nolint:gosec // in our data folder
	if err != nil {
		return err.Error()
	}
	const enough = 2000
	return strings.TrimSpace(string(text[max(0, len(text)-enough):]))
}

// Stop shuts the server down and gives the folder back. Open sessions are ended (fast shutdown).
// When ctx ends first the server is stopped without a checkpoint, which costs a recovery at the
// next start but no data, and an error is returned. Stopping twice is harmless.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Lock()
	defer s.stopping.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	defer func() { _ = s.lock.Close() }()
	s.proc.signal(syscall.SIGINT)
	if s.proc.wait(ctx) {
		s.log.Info("private database server stopped", "folder", s.data)
		return nil
	}
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		s.proc.signal(sig)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitLimit)
		ended := s.proc.wait(limit)
		cancel()
		if ended {
			break
		}
	}
	return fmt.Errorf("stop database server: cut short: %w", ctx.Err())
}
