package postgres

import (
	"context"
	"fmt"
)

type joinKey struct{}

// Joined gives a context under which InOrganization and ReadOrganization for tx's organization run
// inside tx. They then commit nothing and retry nothing: tx's owner does (see Tx.AfterCommit). What
// fails leaves nothing behind, as in a transaction of its own, so that a dry run undoes itself and
// its caller may go on.
// It is for storing an answer together with the work of a service that knows nothing of it.
func Joined(ctx context.Context, tx *Tx) context.Context {
	return context.WithValue(ctx, joinKey{}, tx)
}

// joined gives the transaction that a scope is to run in, nil for one of its own.
func joined(ctx context.Context, s scope) *Tx {
	tx, ok := ctx.Value(joinKey{}).(*Tx)
	if ok && s.role == RoleStaff && s.organization == tx.Organization && (s.readOnly || s.actor == tx.Actor) {
		return tx
	}
	return nil
}

// IsJoined reports whether ctx brings somebody's transaction with it, of whatever scope.
func IsJoined(ctx context.Context) bool {
	_, ok := ctx.Value(joinKey{}).(*Tx)
	return ok
}

// within runs fn in a savepoint of somebody else's transaction.
func within(ctx context.Context, tx *Tx, fn func(tx *Tx) error) error {
	if _, err := tx.Pgx.Exec(ctx, "savepoint joined"); err != nil {
		return fmt.Errorf("begin savepoint: %w", err)
	}
	before := len(tx.afterCommit)
	err := fn(tx)
	if err == nil {
		if _, err := tx.Pgx.Exec(ctx, "release savepoint joined"); err != nil {
			return fmt.Errorf("end savepoint: %w", err)
		}
		return nil
	}
	tx.afterCommit = tx.afterCommit[:before]
	if _, undo := tx.Pgx.Exec(
		context.WithoutCancel(ctx),
		"rollback to savepoint joined; release savepoint joined",
	); undo != nil {
		//nolint:errorlint // whoever knows err would take the work for undone
		return fmt.Errorf("undo to savepoint: %w (after: %v)", undo, err)
	}
	return err
}
