package main

import (
	"context"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// operator is the services as whoever runs the program uses them, with the owner's account.
type operator struct {
	db            *postgres.DB
	directory     *organization.Directory
	organizations *organization.Service
	staff         *staff.Service
}

// openOperator connects with the owner's account; the caller closes db.
func openOperator(ctx context.Context, cfg config.Config) (*operator, error) {
	db, err := postgres.Open(ctx, postgres.Options{URL: cfg.OwnerDatabaseURL.Reveal(), Operator: 2, Clock: clock.System()})
	if err != nil {
		return nil, err
	}
	directory := organization.NewOperatorDirectory(db)
	return &operator{
		db: db, directory: directory, organizations: organization.NewService(db, directory), staff: staff.NewService(db, directory, cfg.Keys, random),
	}, nil
}

// withOperator reads the settings and runs fn as the operator.
func withOperator(ctx context.Context, use config.Use, t terminal, fn func(o *operator) error) error {
	cfg, _, err := settings(use, t)
	if err != nil {
		return err
	}
	o, err := openOperator(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.db.Close()
	return fn(o)
}
