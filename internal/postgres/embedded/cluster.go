//go:build unix

package embedded

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Superuser is the bootstrap role of a private server.
const Superuser = "postgres"

// clustersRoot takes the clusters of folders that root's stand-in account cannot reach. It outlives
// reboots, unlike the temporary folder, which the system may also clean under a running server.
const clustersRoot = "/var/lib/tonarimachi"

// credentials are made once per data folder and kept in it, mode 0600.
type credentials struct {
	Superuser string `json:"superuser"`
	Owner     string `json:"owner"`
	Login     string `json:"login"`
}

func newCredentials() credentials {
	return credentials{Superuser: rand.Text(), Owner: rand.Text(), Login: rand.Text()}
}

// loadCredentials fails with fs.ErrNotExist when the folder has none yet.
func loadCredentials(dir string) (credentials, error) {
	text, err := os.ReadFile(credentialsPath(dir))
	if err != nil {
		return credentials{}, fmt.Errorf("read database passwords: %w", err)
	}
	var c credentials
	if err := json.Unmarshal(text, &c); err != nil {
		return credentials{}, fmt.Errorf("read database passwords in %s: %w", credentialsPath(dir), err)
	}
	return c, nil
}

func credentialsPath(dir string) string { return filepath.Join(dir, "postgres.json") }

// save is atomic: a crash leaves all passwords or none.
func (c credentials) save(dir string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("write database passwords: %w", err)
	}
	file, err := os.CreateTemp(dir, ".postgres-*.json") // mode 0600
	if err != nil {
		return fmt.Errorf("write database passwords: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), credentialsPath(dir))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write database passwords: %w", err), os.Remove(file.Name()))
	}
	return nil
}

// clusterBases lists where the cluster of dir may stand, the preferred place first.
func clusterBases(dir string) []string {
	bases := []string{filepath.Join(dir, "postgres")}
	if os.Geteuid() == 0 {
		hash := sha256.Sum256([]byte(dir))
		bases = append(bases, filepath.Join(clustersRoot, hex.EncodeToString(hash[:8])))
	}
	return bases
}

// settle makes the first base that acct can live in. The proof is a child that starts in it as that
// account, which counts access lists and mount options too.
func settle(ctx context.Context, bases []string, acct account, probe installation) (string, error) {
	// A cluster that exists stays where it is, even if a better place has become reachable since.
	bases = slices.Clone(bases)
	slices.SortStableFunc(bases, func(a, b string) int { return cmp.Compare(emptiness(a), emptiness(b)) })
	var failures []error
	for _, base := range bases {
		err := makeBase(ctx, base, acct, probe)
		if err == nil {
			return base, nil
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("make cluster folder: %w", ctx.Err())
		}
		failures = append(failures, err)
	}
	return "", fmt.Errorf(
		"make cluster folder: no place that the server's account can use: %w",
		errors.Join(failures...),
	)
}

// emptiness is 0 for a base that holds a cluster, else 1.
func emptiness(base string) int {
	if _, err := os.Stat(filepath.Join(base, "data", "PG_VERSION")); err != nil {
		return 1
	}
	return 0
}

func makeBase(ctx context.Context, base string, acct account, probe installation) error {
	_, err := os.Lstat(base)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil { //nolint:gosec // the account must pass through
		return err
	}
	if err := os.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	err = acct.own(base)
	if err == nil {
		_, err = runTool(ctx, acct, base, probe.tool("postgres"), "--version")
	}
	if err != nil && isNew {
		return errors.Join(err, os.Remove(base))
	}
	return err
}

// linkCluster leaves a pointer in dir when the cluster stands elsewhere.
func linkCluster(dir, base string) error {
	if filepath.Dir(base) == dir {
		return nil
	}
	link := filepath.Join(dir, "cluster")
	if target, err := os.Readlink(link); err == nil && target == base {
		return nil
	}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("link cluster folder: %w", err)
	}
	if err := os.Symlink(base, link); err != nil {
		return fmt.Errorf("link cluster folder: %w", err)
	}
	return nil
}

// clusterMajor is 0 when there is no cluster yet.
func clusterMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION")) //nolint:gosec // below our own data folder
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read cluster version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read cluster version: %w", err)
	}
	return major, nil
}

// initialize makes the cluster beside its final name and renames it, so that a crash never leaves
// half of one.
func initialize(
	ctx context.Context,
	base string,
	acct account,
	bin installation,
	password string,
	sync bool,
	log *slog.Logger,
) error {
	leftovers, err := filepath.Glob(filepath.Join(base, "init-*"))
	if err != nil {
		return fmt.Errorf("list leftovers: %w", err)
	}
	for _, leftover := range leftovers {
		if err := os.RemoveAll(leftover); err != nil {
			return fmt.Errorf("remove leftover of a broken start: %w", err)
		}
	}
	work, err := os.MkdirTemp(base, "init-")
	if err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	passwordFile := filepath.Join(work, "password")
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	if err := errors.Join(acct.own(work), acct.own(passwordFile)); err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	log.Debug("making database cluster", "folder", base, "version", bin.major)
	made := filepath.Join(work, "data")
	args := []string{
		"--pgdata", made, "--username", Superuser, "--pwfile", passwordFile, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--data-checksums", "--no-instructions",
	}
	if !sync {
		args = append(args, "--no-sync")
	}
	// Byte order sorts and searches fastest; the character types must know more than ASCII for
	// Japanese search.
	for _, locale := range [][]string{{"--locale=C", "--lc-ctype=C.UTF-8"}, {"--locale=C"}} {
		if _, err = runTool(
			ctx,
			acct,
			work,
			bin.tool("initdb"),
			append(args, locale...)...); err == nil ||
			ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("make cluster: initdb: %w", err)
	}
	if err := os.Rename(made, filepath.Join(base, "data")); err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	return nil
}
