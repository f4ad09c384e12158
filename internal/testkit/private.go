package testkit

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

	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

const (
	folderPrefix = "tonarimachi-test-"
	stopLimit    = 30 * time.Second
)

// forSpeed gives durability up: the server lives as long as one test binary.
var forSpeed = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"autovacuum":         "off", // would visit databases that are about to be dropped
	"max_connections":    "300",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
	"checkpoint_timeout": "1h",
	"max_wal_size":       "256MB", // the folder may lie in memory
}

type private struct {
	server *embedded.Server
	dir    string
}

func startPrivate(ctx context.Context) (*private, error) {
	return startIn(ctx, func(o embedded.Options) (*embedded.Server, error) {
		o.Settings = forSpeed
		return embedded.Start(ctx, o)
	})
}

// startIn starts a server in a folder of its own, whose name is in the options.
func startIn(ctx context.Context, start func(o embedded.Options) (*embedded.Server, error)) (*private, error) {
	if err := sweep(ctx); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(serverFolder(), folderPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("make test server's folder: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // root's stand-in account passes through
		return nil, fmt.Errorf("make test server's folder: %w", err)
	}
	server, err := start(embedded.Options{Dir: dir})
	if err != nil {
		return nil, errors.Join(err, embedded.Discard(ctx, dir))
	}
	return &private{server: server, dir: dir}, nil
}

func (p *private) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	return errors.Join(p.server.Stop(ctx), embedded.Discard(context.WithoutCancel(ctx), p.dir))
}

// sweep removes the folders of test binaries that were killed (a test that timed out, say).
func sweep(ctx context.Context) error {
	folders, err := filepath.Glob(filepath.Join(serverFolder(), folderPrefix+"*"))
	if err != nil {
		return fmt.Errorf("look for old test servers: %w", err)
	}
	for _, folder := range folders {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), folderPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue
		}
		// Another binary may be sweeping the same folder, or it is another user's: then it is not
		// ours to remove.
		_ = embedded.Discard(ctx, folder)
	}
	return nil
}
