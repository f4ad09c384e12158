//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lockPatience = 5 * time.Second
	lockRetry    = 50 * time.Millisecond
)

// lockFolder takes the folder for this process, waiting up to patience for a predecessor that is
// just leaving. It fails with *RunningError. The file stays behind on release: removing it would
// let two processes hold two locks.
func lockFolder(ctx context.Context, dir string, patience time.Duration) (*os.File, error) {
	//nolint:gosec // the operator chose the folder
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	expired := time.NewTimer(patience)
	defer expired.Stop()
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("lock data folder %s: %w", dir, err), file.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock data folder %s: %w", dir, ctx.Err()), file.Close())
		case <-expired.C:
			holder := &RunningError{Dir: dir, PID: readHolder(file)}
			return nil, errors.Join(holder, file.Close())
		case <-time.After(lockRetry):
		}
	}
	if err := writeHolder(file); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock file: %w", err), file.Close())
	}
	return file, nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func readHolder(file *os.File) int {
	text := make([]byte, 32)
	n, _ := file.ReadAt(text, 0) // io.EOF is the normal case; an unreadable number reads as 0
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil {
		return 0
	}
	return pid
}
