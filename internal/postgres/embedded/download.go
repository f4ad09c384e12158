//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

const (
	downloadVersion = embeddedpostgres.V17
	// downloadLimit bounds all of it; a network that swallows packets is given up after the HTTP
	// client's 30 s for a dial.
	downloadLimit = 3 * time.Minute
)

// downloadBinaries gives the bin folder of the cached download, filling the cache first if need be.
func downloadBinaries(ctx context.Context, log *slog.Logger) (string, error) {
	cache := "/var/cache/tonarimachi" // for root: the unprivileged account cannot enter root's home
	if os.Geteuid() != 0 {
		home, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find cache folder: %w", err)
		}
		cache = filepath.Join(home, "tonarimachi")
	}
	return fetchInto(ctx, cache, embeddedpostgres.DefaultConfig(), log)
}

// fetchInto downloads as config says unless cache already has the binaries. The folder appears
// under its final name only when it is complete; processes that want it at the same moment take
// turns.
func fetchInto(ctx context.Context, cache string, config embeddedpostgres.Config, log *slog.Logger) (string, error) {
	final := filepath.Join(cache, "postgresql-"+string(downloadVersion))
	bin := filepath.Join(final, "bin")
	if isExecutable(filepath.Join(bin, "postgres")) {
		return bin, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil { //nolint:gosec // holds public binaries that another account runs
		return "", fmt.Errorf("make cache folder: %w", err)
	}
	lock, err := lockFolder(ctx, cache, downloadLimit)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if isExecutable(filepath.Join(bin, "postgres")) {
		return bin, nil // another process was first
	}
	work, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return "", fmt.Errorf("make download folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	unpacked := filepath.Join(work, "unpacked")
	log.Info("no PostgreSQL installed: downloading it", "version", string(downloadVersion), "folder", final)
	if err := fetch(ctx, work, unpacked, config); err != nil {
		return "", err
	}
	if err := openToAll(unpacked); err != nil {
		return "", err
	}
	if err := os.Rename(unpacked, final); err != nil {
		return "", fmt.Errorf("keep download: %w", err)
	}
	return bin, nil
}

// fetch lets the library download and unpack. It offers that only as the first half of starting a
// server, so it is given a data folder that cannot be made (below a file): it ends there with an
// error, and the binaries are in place.
func fetch(ctx context.Context, work, unpacked string, config embeddedpostgres.Config) error {
	blocker := filepath.Join(work, "blocker")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		return fmt.Errorf("prepare download: %w", err)
	}
	library := embeddedpostgres.NewDatabase(config.
		Version(downloadVersion).
		CachePath(filepath.Join(work, "archive")).
		RuntimePath(filepath.Join(work, "runtime")).
		BinariesPath(unpacked).
		DataPath(filepath.Join(blocker, "data")).
		Port(0).
		Logger(io.Discard))
	ended := make(chan error, 1)
	go func() { ended <- library.Start() }()
	expired := time.NewTimer(downloadLimit)
	defer expired.Stop()
	select {
	case err := <-ended:
		if isExecutable(filepath.Join(unpacked, "bin", "postgres")) &&
			isExecutable(filepath.Join(unpacked, "bin", "initdb")) {
			return nil
		}
		if err == nil {
			err = errors.New("the archive holds no server")
		}
		return fmt.Errorf("download PostgreSQL %s: %w", downloadVersion, err)
	case <-expired.C:
		return fmt.Errorf("download PostgreSQL %s: not done after %s", downloadVersion, downloadLimit)
	case <-ctx.Done():
		return fmt.Errorf("download PostgreSQL %s: %w", downloadVersion, ctx.Err())
	}
}

// openToAll undoes a strict umask: the binaries are run by another account.
func openToAll(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if entry.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode) //nolint:gosec // a folder of our own that nobody else writes to
	})
}
