package testkit

import (
	_ "example.com/broken/internal/event"
	_ "github.com/jackc/pgx/v5"
	_ "testing"
)
