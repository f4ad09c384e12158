package postgres

import "context"

// InPublicSnapshot is InPublic in which all statements see the same state of the database
// (repeatable read), for answers that are put together from several.
func (db *DB) InPublicSnapshot(ctx context.Context, fn func(tx *Tx) error) error {
	return db.run(ctx, scope{role: RolePublic, readOnly: true, snapshot: true}, fn)
}
