package main

import (
	"context"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
)

// withOperator reads the settings and runs fn as the operator.
func withOperator(ctx context.Context, use config.Use, t terminal, fn func(o *app.Operator) error) error {
	cfg, _, err := settings(use, t)
	if err != nil {
		return err
	}
	o, err := app.OpenOperator(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.DB.Close()
	return fn(o)
}
