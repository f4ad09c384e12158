package postgres_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// [O5] What the database can't do now is unavailable; what a statement does wrong, a fault and a
// caller who left are not.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return fmt.Errorf("read rows: %w", &pgconn.PgError{Code: code}) }
	for name, err := range map[string]error{
		"connection failure":     state("08006"),
		"disk full":              state("53100"),
		"out of memory":          state("53200"),
		"too many connections":   state("53300"),
		"shutdown":               state("57P01"),
		"crash":                  state("57P02"),
		"starting":               state("57P03"),
		"cancelled":              state("57014"),
		"input/output":           state("58030"),
		"read-only":              state("25006"),
		"in recovery":            state("0A000"),
		"idle in transaction":    state("25P03"),
		"transaction timeout":    state("25P04"),
		"conflict with recovery": state("40001"), "deadlock": state("40P01"), "lock": state("55P03"),
		"deadline":       fmt.Errorf("read rows: %w", context.DeadlineExceeded),
		"unexpected EOF": fmt.Errorf("read rows: %w", io.ErrUnexpectedEOF),
		"closed":         &net.OpError{Op: "read", Err: net.ErrClosed},
		"reset":          &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)},
		"bad connection": driver.ErrBadConn,
	} {
		if got := postgres.Unavailable(err); !errors.Is(got, postgres.ErrUnavailable) || !errors.Is(got, err) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, err := range map[string]error{
		"nothing":    nil,
		"syntax":     state("42601"),
		"unique":     state("23505"),
		"permission": state("42501"),
		"corrupted":  state("XX001"),
		"left":       fmt.Errorf("read rows: %w", context.Canceled), "other": errors.New("boom"),
		"a fault":              fault.NotFound("event_unknown"),
		"a fault with a cause": fault.Conflict("taken").Because(io.ErrUnexpectedEOF),
	} {
		if got := postgres.Unavailable(err); got != err { //nolint:errorlint // the same, not one that wraps it
			t.Errorf("%s: %v", name, got)
		}
	}
}

// [O5] A server that lets nobody write is unavailable to who writes. To write in a transaction for
// reading stays a mistake of ours.
func TestReadOnlyServerIsUnavailable(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db, org := open(t, b), testkit.NewOrganization(t, b.Pool(t), "kiyose")
	write := func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "update organization set name = name")
		return err
	}
	if err := db.InOrganization(t.Context(), org, postgres.Actor{}, func(tx *postgres.Tx) error {
		if _, err := tx.Pgx.Exec(t.Context(), "set transaction read only"); err != nil {
			return err
		}
		return write(tx)
	}); !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("a read-only server: %v", err)
	}
	if err := db.ReadOrganization(t.Context(), org, write); err == nil || errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("a write while reading: %v", err)
	}
}

// [O4] [S23] A server that stops answering is given up by the deadline of the transaction, though
// what runs in it knows only its caller's context.
func TestSilentServerIsUnavailable(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	line := newLine(t, b.LoginURL)
	db, err := postgres.Open(t.Context(), postgres.Options{URL: line.url, Public: 1, Staff: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	ctx := postgres.WithPatience(t.Context(), 300*time.Millisecond)
	for name, statement := range map[string]func(tx *postgres.Tx) error{
		"exec":  func(tx *postgres.Tx) error { _, err := tx.Pgx.Exec(ctx, "select 1"); return err },
		"query": func(tx *postgres.Tx) error { return tx.Pgx.QueryRow(ctx, "select 1").Scan(new(int)) },
		"gorm":  func(tx *postgres.Tx) error { return tx.Gorm.Raw("select 1").Scan(new(int)).Error },
		"other": func(tx *postgres.Tx) error { return tx.Gorm.WithContext(ctx).Raw("select 1").Scan(new(int)).Error },
	} {
		err := db.InPublic(ctx, func(tx *postgres.Tx) error {
			line.silence(true)
			return statement(tx)
		})
		line.silence(false)
		if !errors.Is(err, postgres.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := db.InPublic(
		t.Context(),
		func(tx *postgres.Tx) error { _, err := tx.Pgx.Exec(t.Context(), "select 1"); return err },
	); err != nil {
		t.Errorf("when it answers again: %v", err)
	}
}

// [O4] A change channel on which nobody answers any more is made anew.
func TestListenNoticesSilence(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	line, db := newLine(t, b.LoginURL), open(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	heard, done := make(chan struct{}, 100), make(chan struct{})
	go func() {
		defer close(done)
		db.Listen(ctx, line.url, postgres.ChannelEvents, func() { heard <- struct{}{} })
	}()
	<-heard // it listens
	if _, err := b.Pool(t).Exec(t.Context(), "select pg_notify('"+postgres.ChannelEvents+"', '')"); err != nil {
		t.Fatal(err)
	}
	<-heard
	line.cut() // the old connections stay open and say nothing for good
	<-heard    // over a new one
	cancel()
	<-done
}
