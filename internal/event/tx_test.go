package event_test

import "github.com/tonarimachi/tonarimachi/internal/postgres"

type tx = postgres.Tx
