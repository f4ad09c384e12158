//go:build unix

package embedded

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

const minimumMajor = 15

// installation is a folder with both initdb and postgres.
type installation struct {
	folder string
	major  int
}

func (i installation) tool(name string) string { return filepath.Join(i.folder, name) }

// finder says where to look; tests narrow it.
type finder struct {
	lookPath func(name string) (string, error)
	patterns []string
	download func(ctx context.Context) (string, error) // gives the bin folder
}

func systemFinder(log *slog.Logger) finder {
	return finder{
		lookPath: exec.LookPath,
		patterns: []string{
			"/usr/lib/postgresql/*/bin",
			"/usr/lib64/postgresql*/bin",
			"/usr/libexec/postgresql*",
			"/usr/pgsql-*/bin",
			"/opt/homebrew/opt/postgresql@*/bin",
			"/usr/local/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
			"/usr/local/pgsql/bin",
		},
		download: func(ctx context.Context) (string, error) { return downloadBinaries(ctx, log) },
	}
}

// find lists the usable installations, the preferred one first: PATH, then the distribution's
// folders with the newest first, and only if there are none the download. It fails with
// *NotFoundError.
func (f finder) find(ctx context.Context, acct account) ([]installation, error) {
	var usable []installation
	missing := &NotFoundError{}
	for _, folder := range f.folders() {
		found, err := inspect(ctx, acct, folder)
		if err != nil {
			missing.Unsuitable = append(missing.Unsuitable, err.Error())
			continue
		}
		usable = append(usable, found)
	}
	if len(usable) > 0 {
		return usable, nil
	}
	if ctx.Err() != nil { // then the binaries were not even asked
		return nil, fmt.Errorf("find PostgreSQL: %w", ctx.Err())
	}
	folder, err := f.download(ctx)
	if err != nil {
		missing.Download = err
		return nil, missing
	}
	found, err := inspect(ctx, acct, folder)
	if err != nil {
		missing.Download = err
		return nil, missing
	}
	return []installation{found}, nil
}

func (f finder) folders() []string {
	var folders []string
	add := func(folder string) {
		real, err := filepath.EvalSymlinks(folder)
		if err != nil || slices.Contains(folders, real) || !isExecutable(filepath.Join(real, "initdb")) ||
			!isExecutable(filepath.Join(real, "postgres")) {
			return
		}
		folders = append(folders, real)
	}
	for _, name := range []string{"postgres", "pg_ctl", "initdb"} {
		hit, err := f.lookPath(name)
		if err != nil {
			continue
		}
		// PATH may hold a link to one binary only; its siblings are where the link leads.
		if real, err := filepath.EvalSymlinks(hit); err == nil {
			add(filepath.Dir(real))
		}
	}
	var installed []string
	for _, pattern := range f.patterns {
		hits, err := filepath.Glob(pattern)
		if err == nil {
			installed = append(installed, hits...)
		}
	}
	slices.SortStableFunc(installed, func(a, b string) int { return cmp.Compare(numberIn(b), numberIn(a)) })
	for _, folder := range installed {
		add(folder)
	}
	return folders
}

var (
	digits        = regexp.MustCompile(`\d+`)
	versionNumber = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)
)

// numberIn gives the last number of a path, which is the version in all the patterns (lib64 comes
// before it).
func numberIn(path string) int {
	all := digits.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	number, err := strconv.Atoi(all[len(all)-1])
	if err != nil {
		return 0
	}
	return number
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// inspect runs the server binary as the account that will run it, which also proves that it may.
func inspect(ctx context.Context, acct account, folder string) (installation, error) {
	name := filepath.Join(folder, "postgres")
	out, err := runTool(ctx, acct, "/", name, "--version")
	if err != nil {
		return installation{}, fmt.Errorf("run %s: %w", name, err)
	}
	match := versionNumber.FindStringSubmatch(out)
	if match == nil {
		return installation{}, fmt.Errorf("%s: unknown version %q", name, out)
	}
	major, err := strconv.Atoi(match[1])
	if err != nil {
		return installation{}, fmt.Errorf("%s: read version: %w", name, err)
	}
	if major < minimumMajor {
		return installation{}, fmt.Errorf("%s: version %d is too old", name, major)
	}
	return installation{folder: folder, major: major}, nil
}
