package app

import (
	"context"
	"crypto/rand"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Operator is the services as whoever runs the program uses them, with the owner's account.
type Operator struct {
	DB            *postgres.DB
	Directory     *organization.Directory
	Organizations *organization.Service
	Staff         *staff.Service
}

// OpenOperator connects with the owner's account; the caller closes db.
func OpenOperator(ctx context.Context, cfg config.Config) (*Operator, error) {
	db, err := postgres.Open(
		ctx,
		postgres.Options{URL: cfg.OwnerDatabaseURL.Reveal(), Operator: 2, Clock: clock.System()},
	)
	if err != nil {
		return nil, err
	}
	directory := organization.NewOperatorDirectory(db)
	return &Operator{
		DB:            db,
		Directory:     directory,
		Organizations: organization.NewService(db, directory),
		Staff:         staff.NewService(db, directory, cfg.Keys, rand.Reader),
	}, nil
}
