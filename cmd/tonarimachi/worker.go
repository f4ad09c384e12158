package main

import (
	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
)

func workerCommand(t terminal) *cobra.Command {
	var contactsLost bool
	c := &cobra.Command{
		Use:   "worker",
		Short: "Run the jobs nobody waits for; any number of processes may",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, log, err := settings(config.Work, t)
			if err != nil {
				return err
			}
			return untilStopped(c.Context(), app.Work(c.Context(), cfg, log, contactsLost))
		},
	}
	lostFlag(c, &contactsLost)
	return c
}

// lostFlag lets the operator start over with an empty key store when the former one is gone.
func lostFlag(c *cobra.Command, lost *bool) {
	c.Flags().BoolVar(
		lost,
		"contacts-lost",
		false,
		"the former contact key store is gone for good: forget the contacts that it could open and make new keys",
	)
}
