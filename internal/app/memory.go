package app

import (
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// Shares of the control group's memory that the Go runtime may fill before it collects without
// pause: the rest is for stacks of the kernel, mapped files and what is not Go's.
const (
	shareAlone          = 80 // per cent, for serve and worker
	shareBesidePostgres = 40 // per cent, for demo, whose PostgreSQL lives in the same group
	leastMemory         = 64 << 20
	mostOfACount        = math.MaxInt64
)

// limitMemory has the runtime keep to a share of what the container may take, so that garbage is
// collected before the kernel ends the process. An operator's GOMEMLIMIT is obeyed, and where
// nobody sets a limit there is none.
func limitMemory(log *slog.Logger, percent int64) {
	if debug.SetMemoryLimit(-1) != mostOfACount {
		return // GOMEMLIMIT
	}
	limit, ok := cgroupMemory(os.DirFS("/"))
	if !ok {
		return
	}
	share := max(limit/100*percent, leastMemory)
	debug.SetMemoryLimit(share)
	log.Info("keeping to the container's memory", "limit_mib", limit>>20, "ours_mib", share>>20)
}

// cgroupMemory gives the least limit in bytes that stands on this process's control group or one
// around it; false when there is none. Both versions of control groups are read, as the kernel
// documents them (cgroup-v2, cgroup-v1/memory).
func cgroupMemory(root fs.FS) (int64, bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	least := int64(mostOfACount)
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		switch {
		case parts[0] == "0" && parts[1] == "":
			least = min(least, leastLimit(root, "sys/fs/cgroup", parts[2], "memory.max"))
		case strings.Contains(","+parts[1]+",", ",memory,"):
			least = min(least, leastLimit(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
		}
	}
	return least, least < mostOfACount
}

// leastLimit looks at a group and at those around it. A container often sees its own group as the
// root.
func leastLimit(root fs.FS, top, group, file string) int64 {
	least := int64(mostOfACount)
	for at := path.Join("/", group); ; at = path.Dir(at) {
		raw, err := fs.ReadFile(root, path.Join(top, at, file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return least
		}
		// "max", and with version 1 a number of pages beyond all memory, mean that there is none.
		if n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err == nil && n > 0 && n < 1<<60 {
			least = min(least, n)
		}
		if at == "/" {
			return least
		}
	}
}
