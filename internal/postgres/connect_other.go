//go:build !linux

package postgres

import (
	"context"
	"syscall"
)

// limitUnacked leaves it to keep-alive where the system has no such option.
func limitUnacked(context.Context, string, string, syscall.RawConn) error { return nil }
