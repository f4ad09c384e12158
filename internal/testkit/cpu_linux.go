package testkit

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// ThreadCPU gives the CPU time that fn takes on its own goroutine, in user and kernel mode;
// goroutines that it starts are not counted.
func ThreadCPU(t testing.TB, fn func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadCPU(t)
	fn()
	return threadCPU(t) - before
}

func threadCPU(t testing.TB) time.Duration {
	t.Helper()
	const thread = 1 // RUSAGE_THREAD
	var used syscall.Rusage
	if err := syscall.Getrusage(thread, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
