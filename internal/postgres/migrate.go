package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// QueueSchema is where the job queue keeps its tables, apart from ours.
const QueueSchema = "river"

// Migrate brings the database to the newest schema and grants the program's roles to loginRole ("" for none). ownerURL is the owner's account.
// Several processes may call it at once; they take turns.
func Migrate(ctx context.Context, ownerURL, loginRole string) error {
	return withOwner(ctx, ownerURL, func(pool *pgxpool.Pool, provider *goose.Provider) error {
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate schema: %w", err)
		}
		if err := migrateQueue(ctx, pool, rivermigrate.DirectionUp); err != nil {
			return err
		}
		if loginRole == "" {
			return nil
		}
		return grantRoles(ctx, pool, loginRole)
	})
}

func grantRoles(ctx context.Context, pool *pgxpool.Pool, loginRole string) error {
	statement := fmt.Sprintf("grant tnm_public, tnm_staff, tnm_worker to %s", pgx.Identifier{loginRole}.Sanitize())
	for attempt := 1; ; attempt++ {
		var granted bool
		err := pool.QueryRow(ctx, `select bool_and(pg_has_role($1::name, r, 'member')) from unnest(array['tnm_public', 'tnm_staff', 'tnm_worker']::name[]) r`, loginRole).Scan(&granted)
		if err == nil && !granted {
			_, err = pool.Exec(ctx, statement)
		}
		if err == nil {
			return nil
		}
		// XX000: another database of the cluster changed the same role at the same moment.
		if state, _ := Constraint(err); state != "XX000" || attempt == 5 {
			return fmt.Errorf("grant roles to the login account: %w", err)
		}
	}
}

// MigrateDown takes every migration back. The roles stay: they belong to the cluster.
func MigrateDown(ctx context.Context, ownerURL string) error {
	return withOwner(ctx, ownerURL, func(pool *pgxpool.Pool, provider *goose.Provider) error {
		if err := migrateQueue(ctx, pool, rivermigrate.DirectionDown); err != nil {
			return err
		}
		if _, err := provider.DownTo(ctx, 0); err != nil {
			return fmt.Errorf("migrate schema down: %w", err)
		}
		return nil
	})
}

// SchemaVersion gives the version of the newest migration and the one the database has.
func SchemaVersion(ctx context.Context, ownerURL string) (newest, current int64, err error) {
	err = withOwner(ctx, ownerURL, func(_ *pgxpool.Pool, provider *goose.Provider) error {
		current, newest, err = provider.GetVersions(ctx)
		return err
	})
	return newest, current, err
}

func withOwner(ctx context.Context, ownerURL string, fn func(*pgxpool.Pool, *goose.Provider) error) error {
	config, err := pgxpool.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("parse owner URL: not a PostgreSQL connection string")
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect as owner: %w", err)
	}
	defer pool.Close()
	sqlDB := stdlib.OpenDBFromPool(pool)
	defer func() { _ = sqlDB.Close() }()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return fmt.Errorf("prepare migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, sqlDB, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	return fn(pool, provider)
}

// migrateQueue brings River's own tables up or down under an advisory lock, since River's migrator takes none. Each version commits by itself: a later one
// uses an enum value that an earlier one adds.
func migrateQueue(ctx context.Context, pool *pgxpool.Pool, direction rivermigrate.Direction) error {
	holder, err := pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin queue migration: %w", err)
	}
	defer func() { _ = holder.Rollback(context.WithoutCancel(ctx)) }() // frees the lock
	if _, err := holder.Exec(ctx, "select pg_advisory_xact_lock(hashtext('tonarimachi queue migration'))"); err != nil {
		return fmt.Errorf("lock queue migration: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: QueueSchema})
	if err != nil {
		return fmt.Errorf("prepare queue migration: %w", err)
	}
	options, before, after := &rivermigrate.MigrateOpts{}, []string{"create schema if not exists " + QueueSchema}, []string{
		"grant usage on schema river to tnm_worker",
		"grant select, insert, update, delete on all tables in schema river to tnm_worker",
		"grant usage, select on all sequences in schema river to tnm_worker",
		"grant execute on all functions in schema river to tnm_worker",
		// Functions of the schema queue a job in the transaction of its cause (notice_wake in 00015).
		"grant usage on schema river to tnm_ledger",
		"grant insert on river.river_job to tnm_ledger",
		"grant usage on all sequences in schema river to tnm_ledger",
		"grant execute on all functions in schema river to tnm_ledger",
	}
	if direction == rivermigrate.DirectionDown {
		options.TargetVersion, before, after = -1, nil, []string{"drop schema " + QueueSchema + " cascade"}
	}
	if err := execute(ctx, pool, before); err != nil {
		return fmt.Errorf("create queue schema: %w", err)
	}
	if _, err := migrator.Migrate(ctx, direction, options); err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	if err := execute(ctx, pool, after); err != nil {
		return fmt.Errorf("settle queue schema: %w", err)
	}
	return nil
}

func execute(ctx context.Context, pool *pgxpool.Pool, statements []string) error {
	for _, statement := range statements {
		if _, err := pool.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
