package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Role is what the program works as.
type Role string

// The roles of the program.
const (
	RolePublic   Role = "tnm_public"
	RoleStaff    Role = "tnm_staff"
	RoleWorker   Role = "tnm_worker"
	RoleOperator Role = "tnm_operator"
)

// Options say how to reach the database.
type Options struct {
	URL string
	// Connections at most for each role; a role with 0 has no pool and can't be used.
	Public, Staff, Worker, Operator int32
	Clock                           clock.Clock
	Logger                          *slog.Logger
	// AcquireWithin is how long connections are waited for; as acquireWithin has it by role when 0.
	AcquireWithin time.Duration
	// MinTimeout raises the deadlines of statements, locks and transactions that are shorter. It is
	// for tests, which busy machines run too; 0 leaves the deadlines as they are.
	MinTimeout time.Duration
	// OnSecond, when not nil, is told of second connections instead of the log and of Strict's
	// report, and says whether they are had all the same.
	OnSecond func(Second) bool
}

// DB is the database seen through the program's roles. Safe for concurrent use.
type DB struct {
	clock clock.Clock
	log   *slog.Logger
	pools map[Role]*pool
	// minTimeout is Options.MinTimeout.
	minTimeout time.Duration

	confirmations *confirmations
}

type pool struct {
	pgx    *pgxpool.Pool
	sql    *sql.DB
	gorm   *gorm.DB
	tracer *tracer
}

// Open connects one pool a role and checks that each works. The caller closes the DB.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db, peers := &DB{
		clock: o.Clock, log: o.Logger, pools: map[Role]*pool{}, minTimeout: o.MinTimeout,
	}, &[]*tracer{}
	for role, size := range map[Role]int32{
		RolePublic:   o.Public,
		RoleStaff:    o.Staff,
		RoleWorker:   o.Worker,
		RoleOperator: o.Operator,
	} {
		if size == 0 {
			continue
		}
		t := &tracer{role: role, within: connectWithin, log: o.Logger, second: o.OnSecond, peers: peers}
		*peers = append(*peers, t)
		p, err := openPool(ctx, o, t, size)
		if err != nil {
			db.Close()
			return nil, fmt.Errorf("open pool of %s: %w", role, err)
		}
		t.within = cmp.Or(o.AcquireWithin, acquireWithin[role])
		db.pools[role] = p
	}
	db.confirmations = newConfirmations(func(ctx context.Context) error {
		p, ok := db.pools[RolePublic]
		if !ok {
			return fmt.Errorf("no pool for %s", RolePublic)
		}
		batch := &pgx.Batch{}
		batch.Queue(writeRecord)
		return Send(ctx, p.pgx, batch)
	})
	return db, nil
}

// statementTimeout and lockTimeout are what the server ends a statement with whose transaction set
// nothing else.
const (
	statementTimeout = 15 * time.Second
	lockTimeout      = 10 * time.Second
)

// milliseconds writes a duration as a setting of the server.
func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// connectWithin is how long the first connection of a pool is waited for.
const connectWithin = 10 * time.Second

func openPool(ctx context.Context, o Options, t *tracer, size int32) (*pool, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errors.New(
			"parse database URL: not a PostgreSQL connection string",
		) // the cause quotes the password
	}
	config.MaxConns = size
	config.ConnConfig.Tracer = t
	config.MaxConnIdleTime = 10 * time.Minute
	config.PingTimeout = pingPatience
	setPatience(config.ConnConfig, o.MinTimeout)
	config.ConnConfig.OnNotice = noteLeftLocal
	params := config.ConnConfig.RuntimeParams
	params["role"] = string(t.role) // a start-up parameter, so that even RESET ROLE comes back to it
	params["application_name"] = "tonarimachi " + string(t.role)
	params["statement_timeout"] = milliseconds(max(statementTimeout, o.MinTimeout))
	params["lock_timeout"] = milliseconds(max(lockTimeout, o.MinTimeout))
	params["idle_in_transaction_session_timeout"] = "60s"
	params["timezone"] = "UTC"
	// For the plans: what is asked often is in memory, and compiling a short query costs more than
	// it gives.
	params["random_page_cost"] = "1.1"
	params["jit"] = "off"
	px, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("create pool: %w", err)
	}
	if err := px.Ping(ctx); err != nil {
		px.Close()
		return nil, fmt.Errorf("connect: %w", err)
	}
	sqlDB := stdlib.OpenDBFromPool(px)
	g, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: sqlDB}), &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // it would print values
		TranslateError:         false,          // faults come from SQLSTATE and constraint names
	})
	if err != nil {
		_ = sqlDB.Close()
		px.Close()
		return nil, fmt.Errorf("open gorm: %w", err)
	}
	return &pool{pgx: px, sql: sqlDB, gorm: g, tracer: t}, nil
}

// Close ends every connection.
func (db *DB) Close() {
	if db.confirmations != nil {
		db.confirmations.close()
	}
	for _, p := range db.pools {
		_ = p.sql.Close()
		p.pgx.Close()
	}
}

// Clock gives the clock that freezes Now for transactions.
func (db *DB) Clock() clock.Clock { return db.clock }

// PublicPool is for single statements of the seat path, which must not pay for begin and commit.
// Everything else takes a transaction.
func (db *DB) PublicPool() *pgxpool.Pool { return db.pools[RolePublic].pgx }

// WorkerPool is for the job queue's own connections.
func (db *DB) WorkerPool() *pgxpool.Pool { return db.pools[RoleWorker].pgx }

// Ready reports whether the database answers, for readiness probes.
func (db *DB) Ready(ctx context.Context) error {
	for role, p := range db.pools {
		if err := p.pgx.Ping(ctx); err != nil {
			return fmt.Errorf("ping as %s: %w", role, err)
		}
	}
	return nil
}

// ErrPrivileged says that the program logs in with an account that could step around row-level
// security.
var ErrPrivileged = errors.New(
	"the database account must not be superuser, BYPASSRLS or owner of the tables: use an ordinary account that " +
		"`tonarimachi migrate` has granted the roles to",
)

// RefusePrivileged returns ErrPrivileged when the login account is a superuser, bypasses row-level
// security or owns a table.
func (db *DB) RefusePrivileged(ctx context.Context) error {
	for _, p := range db.pools {
		var privileged bool
		err := p.pgx.QueryRow(ctx, `
			select r.rolsuper or r.rolbypassrls
			    or exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace
			    and c.relkind = 'r')
			    or exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
			    and pg_has_role(r.oid, c.relowner, 'member'))
			from pg_roles r where r.rolname = session_user`).Scan(&privileged)
		if err != nil {
			return fmt.Errorf("check account: %w", err)
		}
		if privileged {
			return ErrPrivileged
		}
	}
	return nil
}

// Stat gives connections in use and allowed, by role, for metrics.
func (db *DB) Stat(role Role) (inUse, limit int32) {
	p, ok := db.pools[role]
	if !ok {
		return 0, 0
	}
	s := p.pgx.Stat()
	return s.AcquiredConns(), s.MaxConns()
}

// begin opens a transaction on one connection with its settings in the same round trip, and so it
// ends.
func begin(ctx context.Context, conn *pgx.Conn, settings, last string) (pgx.Tx, error) {
	return conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: "begin; " + settings, CommitQuery: last + "commit"})
}
