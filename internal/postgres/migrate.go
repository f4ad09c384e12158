package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// QueueSchema is where the job queue keeps its tables, apart from ours.
const QueueSchema = "river"

// Migrate brings the database to the newest schema and grants the program's roles to loginRole (""
// for none). ownerURL is the owner's account. Several processes may call it at once; they take
// turns.
func Migrate(ctx context.Context, ownerURL, loginRole string) error {
	schema, err := migrations.Read(migrations.FS)
	if err != nil {
		return err
	}
	return withOwner(ctx, ownerURL, func(pool *pgxpool.Pool) error {
		if err := migrateSchema(ctx, pool, schema); err != nil {
			return err
		}
		if err := migrateQueue(ctx, pool); err != nil {
			return err
		}
		if loginRole == "" {
			return nil
		}
		return grantRoles(ctx, pool, loginRole)
	})
}

// SchemaVersion gives the number of the newest table file and of the newest one the database has.
func SchemaVersion(ctx context.Context, ownerURL string) (newest, current int64, err error) {
	schema, err := migrations.Read(migrations.FS)
	if err != nil {
		return 0, 0, err
	}
	err = withOwner(ctx, ownerURL, func(pool *pgxpool.Pool) error {
		applied, err := readApplied(ctx, pool)
		current = applied.newest()
		return err
	})
	return schema.Newest(), current, err
}

func withOwner(ctx context.Context, ownerURL string, fn func(*pgxpool.Pool) error) error {
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
	return fn(pool)
}

const (
	// migrationLock is how long a migration waits for a table that others use. All that come later
	// wait behind it, so it rather gives way and tries again.
	migrationLock     = "3s"
	migrationAttempts = 20
	migrationPause    = time.Second
)

// migrateSchema applies the files in one transaction.
func migrateSchema(ctx context.Context, pool *pgxpool.Pool, schema migrations.Schema) error {
	for attempt := 1; ; attempt++ {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return applySchema(ctx, tx, schema) })
		// 55P03 lock_not_available, 40P01 deadlock_detected, XX000: another database of the cluster
		// changed the same role at the same moment.
		state, _ := Constraint(err)
		if attempt == migrationAttempts || !slices.Contains([]string{"55P03", "40P01", "XX000"}, state) {
			if err != nil {
				return fmt.Errorf("migrate schema: %w", err)
			}
			return nil
		}
		select {
		case <-time.After(migrationPause):
		case <-ctx.Done():
			return fmt.Errorf("migrate schema: %w", errors.Join(ctx.Err(), err))
		}
	}
}

func grantRoles(ctx context.Context, pool *pgxpool.Pool, loginRole string) error {
	statement := fmt.Sprintf("grant tnm_public, tnm_staff, tnm_worker to %s", pgx.Identifier{loginRole}.Sanitize())
	for attempt := 1; ; attempt++ {
		var granted bool
		err := pool.QueryRow(
			ctx,
			`select bool_and(pg_has_role($1::name, r, 'member'))
			from unnest(array['tnm_public', 'tnm_staff', 'tnm_worker']::name[]) r`,
			loginRole,
		).Scan(
			&granted,
		)
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

// migrateQueue brings River's own tables up under an advisory lock, since River's migrator takes
// none. Each version commits by itself: a later one uses an enum value that an earlier one adds.
func migrateQueue(ctx context.Context, pool *pgxpool.Pool) error {
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
	if err := execute(ctx, pool, []string{"create schema if not exists " + QueueSchema}); err != nil {
		return fmt.Errorf("create queue schema: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{}); err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	if err := execute(ctx, pool, []string{
		"grant usage on schema river to tnm_worker",
		"grant select, insert, update, delete on all tables in schema river to tnm_worker",
		"grant usage, select on all sequences in schema river to tnm_worker",
		"grant execute on all functions in schema river to tnm_worker",
		// Functions of the schema queue a job in the transaction of its cause (notice_wake).
		"grant usage on schema river to tnm_ledger",
		"grant insert on river.river_job to tnm_ledger",
		"grant usage on all sequences in schema river to tnm_ledger",
		"grant execute on all functions in schema river to tnm_ledger",
	}); err != nil {
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
