//go:build !linux

package testkit

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// ThreadCPU gives the time that fn takes: no less than its CPU time, which only Linux tells by
// thread.
func ThreadCPU(t testing.TB, fn func()) time.Duration {
	t.Helper()
	start := clock.Start()
	fn()
	return start.Elapsed()
}
