package embedded

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

var errNoNetwork = errors.New("no network")

func emptyFinder() finder {
	return finder{
		lookPath: func(string) (string, error) { return "", exec.ErrNotFound },
		download: func(context.Context) (string, error) { return "", errNoNetwork },
	}
}

func TestNotFoundSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	_, err := emptyFinder().find(t.Context(), account{})
	var missing *NotFoundError
	if !errors.As(err, &missing) || !errors.Is(err, errNoNetwork) {
		t.Fatalf("err = %v, want *NotFoundError over the download's", err)
	}
	for _, part := range []string{
		"PostgreSQL 15 or newer was not found",
		"sudo apt-get install postgresql",
		"brew install postgresql",
		"dnf install postgresql-server",
		"PostgreSQL 15 以上が見つからず", "インストールしてから、もう一度起動してください。", "no network",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("message lacks %q:\n%v", part, err)
		}
	}
}

// program writes a shell script that prints text.
func program(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+text+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFindOrder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	install := func(folder, version string) string {
		program(t, filepath.Join(root, folder, "bin", "postgres"), "postgres (PostgreSQL) "+version)
		program(t, filepath.Join(root, folder, "bin", "initdb"), "initdb")
		program(t, filepath.Join(root, folder, "bin", "pg_ctl"), "pg_ctl")
		real, err := filepath.EvalSymlinks(filepath.Join(root, folder, "bin"))
		if err != nil {
			t.Fatal(err)
		}
		return real
	}
	onPath := install("path", "16.2 (Debian 16.2-1)")
	newest, older := install("dist/18", "18beta1"), install("dist/15", "15.18")
	install("dist/9", "9.6.24")
	program(t, filepath.Join(root, "dist", "17", "bin", "postgres"), "postgres (PostgreSQL) 17.1") // without initdb
	link := filepath.Join(root, "links", "pg_ctl")
	if err := os.Mkdir(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(onPath, "pg_ctl"), link); err != nil {
		t.Fatal(err)
	}
	find := emptyFinder()
	find.patterns = []string{filepath.Join(root, "dist", "*", "bin")}
	find.lookPath = func(name string) (string, error) {
		if name == "pg_ctl" {
			return link, nil
		}
		return "", exec.ErrNotFound
	}
	installed, err := find.find(t.Context(), account{})
	if err != nil {
		t.Fatal(err)
	}
	want := []installation{{onPath, 16}, {newest, 18}, {older, 15}}
	if !slices.Equal(installed, want) {
		t.Errorf("found %v, want %v", installed, want)
	}

	old := emptyFinder()
	old.patterns = []string{filepath.Join(root, "dist", "9", "bin")}
	if _, err := old.find(
		t.Context(),
		account{},
	); err == nil ||
		!strings.Contains(err.Error(), "version 9 is too old") {
		t.Errorf("err = %v, want the old version named", err)
	}
}

func TestSystemFinderFindsSiblingsOfALink(t *testing.T) {
	t.Parallel()
	real := systemFinder(slog.New(slog.DiscardHandler))
	installed, err := real.find(t.Context(), account{})
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "postgres")
	if err := os.Symlink(installed[0].tool("postgres"), link); err != nil {
		t.Fatal(err)
	}
	narrow := emptyFinder()
	narrow.lookPath = func(name string) (string, error) {
		if name == "postgres" {
			return link, nil
		}
		return "", exec.ErrNotFound
	}
	again, err := narrow.find(t.Context(), account{})
	if err != nil || again[0] != installed[0] {
		t.Errorf("through a link: %v, %v; want %v", again, err, installed[0])
	}
}

// Not parallel: the library leaves a log in the temporary folder, so this test has one of its own.
func TestDownload(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	archive, err := os.ReadFile(filepath.Join("testdata", "binaries.txz"))
	if err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	packed := zip.NewWriter(&jar)
	entry, err := packed.Create("postgres.txz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := entry.Write(archive); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(jar.Bytes())
	var downloads atomic.Int32
	serve := func(checksum string) embeddedpostgres.Config {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".sha256") {
				_, _ = w.Write([]byte(checksum))
				return
			}
			downloads.Add(1)
			_, _ = w.Write(jar.Bytes())
		}))
		t.Cleanup(server.Close)
		return embeddedpostgres.DefaultConfig().BinaryRepositoryURL(server.URL)
	}
	silent := slog.New(slog.DiscardHandler)

	damaged := filepath.Join(t.TempDir(), "cache")
	if _, err := fetchInto(
		t.Context(),
		damaged,
		serve(strings.Repeat("0", 64)),
		silent,
	); err == nil ||
		!strings.Contains(err.Error(), "checksum") {
		t.Errorf("damaged download: %v, want a checksum error", err)
	}
	if left, err := filepath.Glob(filepath.Join(damaged, "*")); err != nil || len(left) != 1 { // the lock
		t.Errorf("damaged download left %v, %v", left, err)
	}

	downloads.Store(0)
	cache, config := filepath.Join(t.TempDir(), "cache"), serve(hex.EncodeToString(sum[:]))
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			folder, err := fetchInto(t.Context(), cache, config, silent)
			if err != nil {
				t.Errorf("fetchInto: %v", err)
				return
			}
			if found, err := inspect(t.Context(), account{}, folder); err != nil || found.major != 17 {
				t.Errorf("downloaded %v, %v; want version 17", found, err)
			}
		})
	}
	group.Wait()
	if n := downloads.Load(); n != 1 {
		t.Errorf("%d downloads, want 1", n)
	}

	unreachable := embeddedpostgres.DefaultConfig().BinaryRepositoryURL("http://127.0.0.1:1")
	if _, err := fetchInto(t.Context(), filepath.Join(t.TempDir(), "cache"), unreachable, silent); err == nil {
		t.Error("no network: want an error")
	}
}

func TestChildEnvironment(t *testing.T) {
	t.Parallel()
	got := childEnvironment(
		[]string{"PATH=/bin", "PGDATA=/x", "LANG=ja_JP.UTF-8", "LC_TIME=ja", "TONARIMACHI_SECRET_KEY=s", "HOME=/h"},
	)
	if want := []string{"PATH=/bin", "HOME=/h", "LC_ALL=C"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
