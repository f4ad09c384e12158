package testkit

import (
	"os"
	"syscall"
)

// enoughMemory is what the memory file system must have free, in bytes: several binaries run at
// once.
const enoughMemory = 2 << 30

// serverFolder is where servers' folders go: in memory, where cloning a database is six times
// faster, if there is room (containers often have 64 MiB only) and the user did not choose a place.
func serverFolder() string {
	const memory = "/dev/shm"
	if chosen := os.Getenv("TMPDIR"); chosen != "" { //nolint:forbidigo // tests have no settings
		return chosen
	}
	var space syscall.Statfs_t
	if err := syscall.Statfs(
		memory,
		&space,
	); err != nil ||
		space.Bavail*uint64(space.Bsize) < enoughMemory { //nolint:gosec // a block size is positive
		return os.TempDir()
	}
	return memory
}
