package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// ErrUnavailable is what callers hear when the database can't be reached or can't do its work now.
var ErrUnavailable = fault.Unavailable("database_unavailable")

// ErrOrganizationClosed is what callers hear who work for an organization that no longer takes
// part.
var ErrOrganizationClosed = fault.Forbidden("organization_closed")

// ErrPublisherOnly is what callers hear who may prepare events and would change a published one.
var ErrPublisherOnly = fault.Forbidden("event_published_by_publisher")

// told gives an error of a whole transaction as callers hear it.
func told(err error, readOnly bool) error {
	if Violates(err, "organization_takes_part") { // audit_entry_takes_part
		return ErrOrganizationClosed.Because(err)
	}
	if Violates(err, "published_by_publishers") {
		return ErrPublisherOnly.Because(err)
	}
	if state, _ := Constraint(err); readOnly && state == stateReadOnly {
		return err // the transaction was opened for reading: a write in it is the program's mistake
	}
	return Unavailable(err)
}

// Unavailable turns into ErrUnavailable what says that the database can't be reached, or can't do
// now what it usually does. It leaves other errors, and faults, as they are.
func Unavailable(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if state, _ := Constraint(err); passing(state) || disconnected(err) {
		return ErrUnavailable.Because(err)
	}
	return err
}

// stateReadOnly is SQLSTATE 25006 read_only_sql_transaction.
const stateReadOnly = "25006"

// passing reports an SQLSTATE that speaks of the server's state and not of the statement: the same
// statement works when the server is well again (PostgreSQL's appendix A).
func passing(state string) bool {
	if state == "" {
		return false
	}
	switch state[:2] {
	case "08", // connection exception
		"53", // insufficient resources: connections, memory, disk
		"57", // operator intervention: shutdown, start-up, cancelled by a timeout
		"58": // system error: input and output
		return true
	}
	return slices.Contains([]string{
		stateReadOnly,    // a standby, or an operator's default_transaction_read_only
		"0A000",          // unlogged tables can't be read during recovery; plans of before a migration
		"25P03",          // idle in a transaction for too long
		"25P04",          // transaction_timeout
		"40001",          // conflict with recovery, or still one with others after several attempts
		"40P01", "55P03", // a deadlock, or a lock that could not be had in time
	}, state)
}

// disconnected reports an error that no statement caused: there is no connection, it broke, or it
// was too slow.
func disconnected(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		slices.ContainsFunc([]error{
			context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn,
		}, func(target error) bool { return errors.Is(err, target) })
}

// Refused reports whether err is the server's own no to a statement, so that nothing of its
// transaction happened: neither a lost connection, after which nobody knows, nor a server that is
// short of something or being shut down.
func Refused(err error) bool {
	state, _ := Constraint(err)
	return state != "" && !slices.Contains([]string{"08", "53", "57"}, state[:2])
}
