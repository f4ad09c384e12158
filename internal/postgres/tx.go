package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// Actor is who acts in a transaction, for the audit ledger.
type Actor struct {
	Kind  string    // staff, operator or job
	ID    uuid.UUID // the staff member; zero otherwise
	Token uuid.UUID // the token with which the member acts; zero for who logged in
}

// StaffActor is a staff member of the transaction's organization.
func StaffActor(id uuid.UUID) Actor { return Actor{Kind: "staff", ID: id} }

// Tx is one open transaction. GORM and Pgx work on the same connection, so both see the same rows
// and commit together.
type Tx struct {
	Gorm *gorm.DB
	Pgx  pgx.Tx
	// Organization is whose rows the transaction works on; zero outside InOrganization.
	Organization uuid.UUID
	Actor        Actor
	// Now is frozen when the transaction begins, rounded to the microseconds that PostgreSQL keeps,
	// in UTC.
	Now time.Time

	afterCommit []func()
}

// AfterCommit has fn run when the transaction has committed: the outermost one, where a service
// joined another's. fn is dropped with a savepoint that is undone, and when nobody knows whether
// the commit happened. It is for what the program remembers of rows that the transaction changes,
// and must not ask the database: the connection is still held.
func (tx *Tx) AfterCommit(fn func()) { tx.afterCommit = append(tx.afterCommit, fn) }

type scope struct {
	role         Role
	organization uuid.UUID
	actor        Actor
	ticket       []byte
	readOnly     bool
	snapshot     bool // one state of the database for all statements
}

// InOrganization runs fn as tnm_staff for one organization. It commits when fn returns nil. fn may
// run again after a deadlock or a serialization failure and so must touch nothing but the
// transaction. Its commit waits for the standbys even when fn only found that all is done already.
func (db *DB) InOrganization(ctx context.Context, organization uuid.UUID, actor Actor, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RoleStaff, organization: organization, actor: actor}, fn)
}

// ReadOrganization is InOrganization for reading: the server refuses every write.
func (db *DB) ReadOrganization(ctx context.Context, organization uuid.UUID, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RoleStaff, organization: organization, readOnly: true}, fn)
}

// InPublic runs fn as tnm_public, for reading: what is published, nothing else.
func (db *DB) InPublic(ctx context.Context, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RolePublic, readOnly: true}, fn)
}

// InTicket runs fn as tnm_public for the holder of the ticket secret with this MAC: the policies
// show that ticket and no other.
func (db *DB) InTicket(ctx context.Context, mac []byte, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RolePublic, ticket: mac}, fn)
}

// InWorker runs fn as tnm_worker.
func (db *DB) InWorker(ctx context.Context, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RoleWorker, actor: Actor{Kind: "job"}}, fn)
}

// InOperator runs fn as tnm_operator; only the owner's account may.
func (db *DB) InOperator(ctx context.Context, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RoleOperator, actor: Actor{Kind: "operator"}}, fn)
}

const attempts = 4

func (db *DB) run(ctx context.Context, s scope, fn func(tx *Tx) error) error {
	if tx := joined(ctx, s); tx != nil {
		if s.readOnly {
			return fn(tx)
		}
		return within(ctx, tx, fn)
	}
	for attempt := 1; ; attempt++ {
		err := db.once(ctx, s, fn)
		if attempt == attempts || !retryable(err) {
			return told(err, s.readOnly)
		}
	}
}

func (db *DB) once(ctx context.Context, s scope, fn func(tx *Tx) error) error {
	p, ok := db.pools[s.role]
	if !ok {
		return fmt.Errorf("begin transaction: no pool for %s", s.role)
	}
	opened := ctx
	patience := db.patience(opened, s)
	ctx, cancel := limit(opened, patience)
	defer cancel()
	conn, err := p.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("acquire connection: %w", err)
	}
	defer func() { _ = conn.Close() }() // back to the pool
	// Taken out of Raw, whose lock would keep GORM from the connection; it is ours alone until
	// Close.
	var raw *pgx.Conn
	if err := conn.Raw(func(c any) error { raw = c.(*stdlib.Conn).Conn(); return nil }); err != nil {
		return fmt.Errorf("acquire connection: %w", err)
	}
	now := db.clock.Now().UTC().Truncate(time.Microsecond)
	px, err := begin(ctx, raw, s.settings(now, patience), s.last())
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	ended := false
	defer func() {
		if ended {
			return
		}
		// It must reach the server though the caller has gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(opened), rollbackPatience)
		defer cancel()
		_ = px.Rollback(ctx)
	}()
	if len(s.ticket) > 0 { // as a parameter, so that a log of statements does not tell which ticket was looked at when
		if _, err := px.Exec(
			ctx,
			`select set_config('app.ticket', $1, true)`,
			hex.EncodeToString(s.ticket),
		); err != nil {
			return fmt.Errorf("begin transaction: %w", err)
		}
	}
	limits := deadline{opened: opened, limited: ctx}
	tx := &Tx{Pgx: limitedTx{px, limits}, Organization: s.organization, Actor: s.actor, Now: now}
	tx.Gorm = p.gorm.Session(&gorm.Session{NewDB: true, Context: ctx, NowFunc: func() time.Time { return now }})
	tx.Gorm.Statement.ConnPool = &gormConn{Conn: conn, deadline: limits}
	if err := fn(tx); err != nil {
		return err
	}
	if !s.readOnly {
		ctx = opened // a commit may wait for a standby
	}
	if err := committed(raw, px.Commit(ctx)); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	ended = true
	for _, fn := range tx.afterCommit {
		fn()
	}
	return nil
}

// settings are all of fixed form (uuid, timestamp, number), so they go into the text of the begin
// and cost no round trip.
func (s scope) settings(now time.Time, patience time.Duration) string {
	var b strings.Builder
	if s.readOnly {
		b.WriteString("set transaction read only; ")
	}
	if s.snapshot {
		b.WriteString("set transaction isolation level repeatable read; ")
	}
	fmt.Fprintf(&b, "select set_config('app.now', '%s', true)", now.Format("2006-01-02 15:04:05.999999Z07:00"))
	if s.readOnly {
		// The server gives up a little before we do, so that its connection can go on.
		fmt.Fprintf(&b, ", set_config('statement_timeout', '%d', true)", (patience - patience/10).Milliseconds())
	}
	if s.organization != uuid.Nil {
		fmt.Fprintf(&b, ", set_config('app.organization', '%s', true)", s.organization)
	}
	if s.actor.ID != uuid.Nil {
		fmt.Fprintf(&b, ", set_config('app.actor', '%s', true)", s.actor.ID)
	}
	if s.actor.Token != uuid.Nil {
		fmt.Fprintf(&b, ", set_config('app.token', '%s', true)", s.actor.Token)
	}
	return b.String()
}

// last is what goes before the commit. What staff did may have been to find that it was done
// already, as for a key that was used before (package idempotency): that is told only when it is on
// the standbys.
func (s scope) last() string {
	if s.role == RoleStaff && !s.readOnly {
		return writeIfNobodyDid + "; "
	}
	return ""
}

// Constraint gives the SQLSTATE and the constraint's name of a database error, "" and "" for other
// errors.
func Constraint(err error) (state, name string) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code, pg.ConstraintName
	}
	return "", ""
}

// Violates reports whether err is the violation of the named constraint.
func Violates(err error, constraint string) bool {
	_, name := Constraint(err)
	return name == constraint
}

// NoRows reports whether err says that a query found nothing, from pgx or from GORM.
func NoRows(err error) bool {
	return errors.Is(err, pgx.ErrNoRows) || errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound)
}

// SQLSTATE 40001 serialization_failure and 40P01 deadlock_detected: nothing happened, the same
// again may pass.
func retryable(err error) bool {
	state, _ := Constraint(err)
	return state == "40001" || state == "40P01"
}
