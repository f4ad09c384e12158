package archtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// pkg is one package of the module, "cmd/tonarimachi" or "internal/event".
type pkg struct {
	path  string
	files []file
}

type file struct {
	path      string // from the root, with slashes
	test      bool
	generated bool
	lines     int
	imports   []string
	syntax    *ast.File
	set       *token.FileSet
}

func (f file) name() string { return f.path[strings.LastIndexByte(f.path, '/')+1:] }

func (f file) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(p).Line)
}

// load lists the packages of the module at root with go list, and parses all their files.
func load(ctx context.Context, root string) (module string, pkgs []pkg, err error) {
	module, err = goTool(ctx, root, "list", "-m")
	if err != nil {
		return "", nil, err
	}
	module = strings.TrimSpace(module)
	// -find: nothing needs to compile, and other modules need not be there.
	text, err := goTool(
		ctx,
		root,
		"list",
		"-find",
		"-json=Dir,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles",
		"./...",
	)
	if err != nil {
		return "", nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var listed struct {
			Dir                                                          string
			GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			return module, pkgs, nil
		} else if err != nil {
			return "", nil, fmt.Errorf("read go list: %w", err)
		}
		dir, err := filepath.Rel(root, listed.Dir)
		if err != nil {
			return "", nil, fmt.Errorf("place package: %w", err)
		}
		p := pkg{path: filepath.ToSlash(dir)}
		for _, name := range slices.Concat(
			listed.GoFiles, listed.CgoFiles, listed.IgnoredGoFiles, listed.TestGoFiles, listed.XTestGoFiles,
		) {
			f, err := parse(root, filepath.Join(dir, name))
			if err != nil {
				return "", nil, err
			}
			p.files = append(p.files, f)
		}
		pkgs = append(pkgs, p)
	}
}

func parse(root, path string) (file, error) {
	text, err := os.ReadFile(filepath.Join(root, path)) //nolint:gosec // a file of this module
	if err != nil {
		return file{}, fmt.Errorf("read file: %w", err)
	}
	f := file{
		path:  filepath.ToSlash(path),
		test:  strings.HasSuffix(path, "_test.go"),
		lines: bytes.Count(text, []byte("\n")),
		set:   token.NewFileSet(),
	}
	if f.syntax, err = parser.ParseFile(
		f.set,
		f.path,
		text,
		parser.ParseComments|parser.SkipObjectResolution,
	); err != nil {
		return file{}, fmt.Errorf("parse file: %w", err)
	}
	f.generated = ast.IsGenerated(f.syntax)
	for _, spec := range f.syntax.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, fmt.Errorf("parse import: %w", err)
		}
		f.imports = append(f.imports, path)
	}
	return f, nil
}

func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	var out, faults strings.Builder
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of this package
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &faults
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("run go %s: %w: %s", args[0], err, faults.String())
	}
	return out.String(), nil
}
