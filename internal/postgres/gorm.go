package postgres

import (
	"context"
	"database/sql"
	"errors"
)

// gormConn lets GORM run on the connection of an open pgx transaction. It has Commit and Rollback
// so that GORM takes it for an open transaction and nests by savepoint; it never ends the
// transaction, because that belongs to DB.run.
type gormConn struct {
	*sql.Conn
	deadline
}

var errNotHere = errors.New("the transaction is ended by its owner")

func (g *gormConn) Commit() error   { return errNotHere }
func (g *gormConn) Rollback() error { return errNotHere }

// BeginTx exists on *sql.Conn and must not be reached through it.
func (g *gormConn) BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error) {
	return nil, errNotHere
}
