package postgres

import "context"

type joinKey struct{}

// Joined gives a context under which InOrganization and ReadOrganization for tx's organization run inside tx. They then end nothing and retry nothing: tx's
// owner does, and must roll back when one of them fails. It is for storing an answer together with the work of a service that knows nothing of it.
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
