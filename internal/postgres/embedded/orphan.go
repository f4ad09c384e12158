//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	orphanPoll = 10 * time.Millisecond
	fastLimit  = 20 * time.Second
	quitLimit  = 5 * time.Second
)

// endOrphan ends a server that a killed predecessor left in dataDir. Call it with the folder's lock
// held only: then nobody can be using that server.
func endOrphan(ctx context.Context, dataDir string, log *slog.Logger) error {
	pidFile := filepath.Join(dataDir, "postmaster.pid")
	pid, err := postmasterPID(pidFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", pidFile, err)
	}
	if !servesFolder(pid, dataDir) {
		// A dead number is left to PostgreSQL, which also checks for backends that are still
		// attached. A number that was given to a stranger since would make it refuse to start.
		if syscall.Kill(pid, 0) == nil {
			if err := os.Remove(pidFile); err != nil {
				return fmt.Errorf("remove stale pid file: %w", err)
			}
		}
		return nil
	}
	log.Info("ending the database server of a killed predecessor", "pid", pid, "folder", dataDir)
	for _, step := range []struct {
		signal syscall.Signal
		limit  time.Duration
	}{{syscall.SIGINT, fastLimit}, {syscall.SIGQUIT, quitLimit}, {syscall.SIGKILL, quitLimit}} {
		if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal orphaned server %d: %w", pid, err)
		}
		gone, err := awaitGone(ctx, pid, dataDir, step.limit)
		if gone || err != nil {
			return err
		}
	}
	return fmt.Errorf("end orphaned server %d: it does not obey", pid)
}

func awaitGone(ctx context.Context, pid int, dataDir string, limit time.Duration) (bool, error) {
	ticker := time.NewTicker(orphanPoll)
	defer ticker.Stop()
	expired := time.NewTimer(limit)
	defer expired.Stop()
	for servesFolder(pid, dataDir) {
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("await end of orphaned server %d: %w", pid, ctx.Err())
		case <-expired.C:
			return false, nil
		case <-ticker.C:
		}
	}
	return true, nil
}

// postmasterPID reads the first line; a single-user server writes its number negated. An empty file
// reads as 0.
func postmasterPID(path string) (int, error) {
	text, err := os.ReadFile(path) //nolint:gosec // below our own data folder
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0, nil //nolint:nilerr // torn by a crash: PostgreSQL deals with it
	}
	return max(pid, -pid), nil
}

// servesFolder says whether pid is, right now, a PostgreSQL server of dataDir.
func servesFolder(pid int, dataDir string) bool {
	if pid <= 1 {
		return false
	}
	args := commandLine(pid)
	if len(args) == 0 {
		return false
	}
	if program := filepath.Base(args[0]); program != "postgres" && program != "postmaster" {
		return false
	}
	if at := slices.Index(args, "-D"); at >= 0 && at+1 < len(args) {
		// Joined, because ps cuts a path with spaces.
		return strings.HasPrefix(strings.Join(args[at+1:], " ")+" ", dataDir+" ")
	}
	return workingFolder(pid) == dataDir
}
