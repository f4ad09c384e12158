// Command mutants changes one thing at a time in a package and says which changes its tests notice:
//
//	mutants -run 'Rule|Window' ./internal/event [file.go ...]
//
// A mutation turns a comparison to its neighbour or its opposite, an "and" to an "or", a plus to a
// minus, or a number to the next one. The changed file is laid over the package by go test
// -overlay; nothing in the tree is touched. Each survivor is printed with its place; those that the
// list of -accepted names with a reason don't count.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// options are what to run and how long a change may be run for.
type options struct {
	run     string
	limit   time.Duration
	least   int
	out     io.Writer
	reasons map[string]string // of accepted survivors, by place and change
}

func run(ctx context.Context, out io.Writer, args []string) error {
	o := options{out: out}
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	flags.StringVar(&o.run, "run", ".", "the tests to run, as go test -run takes them")
	flags.DurationVar(&o.limit, "limit", time.Minute, "how long the tests may take for one mutation")
	flags.IntVar(&o.least, "least", 0, "fail when fewer per cent are noticed")
	list := flags.String("accepted", "", "file of survivors with their reasons")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("usage: mutants [flags] folder [file.go ...]")
	}
	var err error
	if o.reasons, err = readReasons(*list); err != nil {
		return err
	}
	files, err := filesOf(flags.Arg(0), flags.Args()[1:])
	if err != nil {
		return err
	}
	if output, err := o.test(ctx, flags.Arg(0), ""); err != nil {
		return fmt.Errorf("the tests fail without any mutation: %w\n%s", err, output)
	}
	var noticed, unnoticed, accepted int
	for _, path := range files {
		mutations, err := mutationsOf(path)
		if err != nil {
			return err
		}
		for _, m := range mutations {
			outcome, err := o.try(ctx, flags.Arg(0), m)
			if err != nil {
				return err
			}
			reason, known := o.reasons[m.key()]
			switch {
			case outcome == invalid:
			case outcome == killed:
				noticed++
			case known:
				accepted++
				fmt.Fprintf(out, "accepted  %s: %s (%s)\n", m.place(), m.what, reason)
			default:
				unnoticed++
				fmt.Fprintf(out, "survived  %s: %s\n", m.place(), m.what)
			}
		}
	}
	percent := 100
	if all := noticed + unnoticed; all > 0 {
		percent = 100 * noticed / all
	}
	fmt.Fprintf(
		out,
		"%s: %d killed, %d survived, %d accepted: %d %%\n",
		flags.Arg(0),
		noticed,
		unnoticed,
		accepted,
		percent,
	)
	if percent < o.least {
		return fmt.Errorf("%d %% of the mutations of %s were noticed, %d %% are wanted", percent, flags.Arg(0), o.least)
	}
	return nil
}

// readReasons reads lines "path: line's text: change # reason"; without a line number they outlast
// other changes of the file.
func readReasons(path string) (map[string]string, error) {
	reasons := map[string]string{}
	if path == "" {
		return reasons, nil
	}
	f, err := os.Open(path) //nolint:gosec // the caller names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, reason, ok := strings.Cut(lines.Text(), " # ")
		if ok && key != "" {
			reasons[strings.TrimSpace(key)] = reason
		}
	}
	return reasons, lines.Err()
}

func filesOf(dir string, names []string) ([]string, error) {
	if len(names) == 0 {
		found, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			if name := filepath.Base(path); !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "store") &&
				!strings.HasPrefix(name, "service") {
				names = append(names, name)
			}
		}
	}
	paths := make([]string, 0, len(names))
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths, nil
}

// mutation is one changed file.
type mutation struct {
	path   string
	line   int
	source string // the line as it was
	what   string // "< to <="
	text   []byte
}

func (m mutation) place() string { return fmt.Sprintf("%s:%d", m.path, m.line) }

// key is what names a survivor in the list.
func (m mutation) key() string { return m.path + ": " + m.source + ": " + m.what }

var operators = map[token.Token][]token.Token{
	token.LSS:  {token.LEQ, token.GEQ},
	token.LEQ:  {token.LSS, token.GTR},
	token.GTR:  {token.GEQ, token.LEQ},
	token.GEQ:  {token.GTR, token.LSS},
	token.EQL:  {token.NEQ},
	token.NEQ:  {token.EQL},
	token.LAND: {token.LOR},
	token.LOR:  {token.LAND},
	token.ADD:  {token.SUB},
	token.SUB:  {token.ADD},
}

// mutationsOf gives every mutation of a file.
func mutationsOf(path string) ([]mutation, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the caller names it
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []mutation
	var fault error
	add := func(at token.Pos, what string) {
		var b bytes.Buffer
		if err := format.Node(&b, set, tree); err != nil {
			fault = err
			return
		}
		line := set.Position(at).Line
		all = append(all, mutation{
			path: path, line: line, source: strings.TrimSpace(lines[line-1]), what: what, text: b.Bytes(),
		})
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			return n.Tok != token.IMPORT && n.Tok != token.TYPE
		case *ast.BinaryExpr:
			was := n.Op
			for _, to := range operators[was] {
				if isText(n.X) || isText(n.Y) {
					continue // text has no minus
				}
				n.Op = to
				add(n.OpPos, was.String()+" to "+to.String())
			}
			n.Op = was
		case *ast.BasicLit:
			number, err := strconv.Atoi(n.Value)
			if n.Kind != token.INT || err != nil {
				return true
			}
			was := n.Value
			n.Value = strconv.Itoa(number + 1)
			add(n.Pos(), was+" to "+n.Value)
			n.Value = was
		}
		return true
	})
	return all, fault
}

func isText(x ast.Expr) bool {
	literal, ok := x.(*ast.BasicLit)
	return ok && literal.Kind == token.STRING
}

type result int

const (
	survived result = iota
	killed
	invalid // it does not compile, and so says nothing of the tests
)

// try runs the tests over one mutation.
func (o options) try(ctx context.Context, dir string, m mutation) (result, error) {
	scratch, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return invalid, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	changed := filepath.Join(scratch, filepath.Base(m.path))
	if err := os.WriteFile(changed, m.text, 0o600); err != nil {
		return invalid, err
	}
	original, err := filepath.Abs(m.path)
	if err != nil {
		return invalid, err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		return invalid, err
	}
	overlay := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return invalid, err
	}
	output, err := o.test(ctx, dir, overlay)
	if ctx.Err() != nil {
		return invalid, ctx.Err()
	}
	switch {
	case err == nil:
		return survived, nil
	case strings.Contains(output, "[build failed]"):
		return invalid, nil
	}
	return killed, nil
}

func (o options) test(ctx context.Context, dir, overlay string) (string, error) {
	args := []string{"test", "-vet=off", "-count=1", "-failfast", "-timeout", o.limit.String(), "-run", o.run}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, dir)...) //nolint:gosec // what the caller asks for
	output, err := cmd.CombinedOutput()
	return string(output), err
}
