//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// StartStandby makes a copy of a running server in a folder of its own and starts it as a hot
// standby that follows by streaming replication. Its passwords are the primary's; o.Fresh is
// implied.
//
// The primary needs the settings wal_level=replica and max_wal_senders above 0, which are
// PostgreSQL's defaults. It waits for the standby once Demand has been called. End the standby with
// Stop. It fails as Start does, and when the copy can't be made.
func StartStandby(ctx context.Context, o Options, primary *Server) (_ *Server, err error) {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	dir, err := makeFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir, lockPatience)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
		}
	}()
	bases := clusterBases(dir)
	for _, base := range bases {
		if err := endOrphan(ctx, filepath.Join(base, "data"), log); err != nil {
			return nil, err
		}
	}
	if err := forget(dir, bases); err != nil {
		return nil, err
	}
	if err := primary.secrets.save(dir); err != nil {
		return nil, err
	}
	s := &Server{
		dir: dir, settings: o.Settings, log: log, lock: lock,
		bin: primary.bin, acct: primary.acct, secrets: primary.secrets,
	}
	base, err := settle(ctx, bases, s.acct, s.bin)
	if err != nil {
		return nil, err
	}
	s.data = filepath.Join(base, "data")
	if err := s.copyFrom(ctx, primary, base); err != nil {
		return nil, err
	}
	if err := linkCluster(dir, base); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// copyFrom takes a base backup that follows (pg_basebackup -R). The password stands in a file that
// only the server's account can read, and in no setting.
func (s *Server) copyFrom(ctx context.Context, primary *Server, base string) error {
	passwords := filepath.Join(base, "primary.pass")
	line := "127.0.0.1:*:*:" + Superuser + ":" + primary.secrets.Superuser + "\n"
	if err := os.WriteFile(passwords, []byte(line), 0o600); err != nil {
		return fmt.Errorf("copy primary: %w", err)
	}
	if err := s.acct.own(passwords); err != nil {
		return fmt.Errorf("copy primary: %w", err)
	}
	s.follows = fmt.Sprintf(
		"host=127.0.0.1 port=%d user=%s passfile='%s' sslmode=disable",
		primary.port,
		Superuser,
		passwords,
	)
	_, err := runTool(ctx, s.acct, base, s.bin.tool("pg_basebackup"), "--pgdata", s.data, "--dbname", s.follows,
		"--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast", "--no-sync")
	if err != nil {
		return fmt.Errorf("copy primary: pg_basebackup: %w", err)
	}
	return nil
}

// Demand has every commit of a primary that writes wait for a standby (synchronous_standby_names),
// or no longer.
func (s *Server) Demand(ctx context.Context, wanted bool) error {
	names := ""
	if wanted {
		names = "*"
	}
	return s.set(ctx, "synchronous_standby_names", names)
}

// Cut ends a standby's stream from its primary, as a broken network would; it returns when nothing
// arrives any more.
func (s *Server) Cut(ctx context.Context) error {
	if err := s.set(ctx, "primary_conninfo", ""); err != nil {
		return err
	}
	return s.await(ctx, "select not exists (select from pg_stat_wal_receiver)")
}

// Mend lets a standby that was cut off follow again; it returns when the stream has begun.
func (s *Server) Mend(ctx context.Context) error {
	if err := s.set(ctx, "primary_conninfo", s.follows); err != nil {
		return err
	}
	return s.await(ctx, "select exists (select from pg_stat_wal_receiver where status = 'streaming')")
}

// Promote makes a primary of a standby; it returns when the server takes writes.
func (s *Server) Promote(ctx context.Context) error {
	return s.ordered(ctx, "select pg_promote()")
}

// Crash ends the server at once, without a checkpoint and without sending standbys what they lack.
// The folder stays taken until Stop.
func (s *Server) Crash() {
	s.proc.signal(syscall.SIGQUIT)
	<-s.proc.done
}

// await returns when the statement gives true.
func (s *Server) await(ctx context.Context, statement string) error {
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		err := s.ordered(ctx, statement)
		if err == nil || !errors.Is(err, errDisobeyed) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("await server: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

var errDisobeyed = errors.New("the server said no")

// set changes a setting of the running server.
func (s *Server) set(ctx context.Context, name, value string) error {
	statement := "alter system set " + name + " = '" + strings.ReplaceAll(value, "'", "''") + "'"
	return s.ordered(ctx, statement, "select pg_reload_conf()")
}

// ordered runs statements as superuser; the last one gives true when it was obeyed.
func (s *Server) ordered(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.AdminURL(""))
	if err != nil {
		return fmt.Errorf("order server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	last := len(statements) - 1
	for _, statement := range statements[:last] {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("order server: %w", err)
		}
	}
	var obeyed bool
	if err := conn.QueryRow(ctx, statements[last]).Scan(&obeyed); err != nil {
		return fmt.Errorf("order server: %w", err)
	}
	if !obeyed {
		return fmt.Errorf("order server: %s: %w", statements[last], errDisobeyed)
	}
	return nil
}
