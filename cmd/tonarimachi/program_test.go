package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// asProgram makes the test binary be the program, so that tests run it as processes of their own,
// with the race detector if they have it.
const asProgram = "BE_TONARIMACHI"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	testkit.Main(m)
}

const patience = 3 * time.Minute

// program is one running process.
type program struct {
	t        *testing.T
	cmd      *exec.Cmd
	lines    chan string
	mu       sync.Mutex
	said     bytes.Buffer
	finished chan struct{}
	err      error
}

// start runs the program with these settings and no others.
func start(t *testing.T, settings map[string]string, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{
		t:        t,
		cmd:      exec.CommandContext(context.WithoutCancel(t.Context()), self, args...),
		lines:    make(chan string, 1000),
		finished: make(chan struct{}),
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TONARIMACHI_") {
			p.cmd.Env = append(p.cmd.Env, v)
		}
	}
	p.cmd.Env = append(p.cmd.Env, asProgram+"=1")
	for name, value := range settings {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	reader, writer := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		scanner := bufio.NewScanner(reader)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			p.mu.Lock()
			p.said.WriteString(scanner.Text() + "\n")
			p.mu.Unlock()
			select {
			case p.lines <- scanner.Text():
			default: // nobody waits for it
			}
		}
	}()
	go func() {
		p.err = p.cmd.Wait()
		_ = writer.Close()
		<-read // its last words count too
		close(p.finished)
	}()
	t.Cleanup(func() {
		select {
		case <-p.finished:
		default:
			_ = p.cmd.Process.Kill()
			<-p.finished
		}
	})
	return p
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// await gives the first line with these words.
func (p *program) await(words string) string {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line := <-p.lines:
			if strings.Contains(line, words) {
				return line
			}
		case <-p.finished:
			p.t.Fatalf("the program ended before it said %q:\n%s", words, p.output())
		case <-limit:
			p.t.Fatalf("the program did not say %q:\n%s", words, p.output())
		}
	}
}

// end waits for the exit code.
func (p *program) end() int {
	p.t.Helper()
	select {
	case <-p.finished:
	case <-time.After(patience):
		p.t.Fatalf("the program does not end:\n%s", p.output())
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		p.t.Fatal(p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// interrupt is Ctrl-C; the end must be clean.
func (p *program) interrupt() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if code := p.end(); code != 0 {
		p.t.Errorf("exit code %d:\n%s", code, p.output())
	}
}

func (p *program) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	p.end()
}

// refuses runs the program to its end, which must come with exit code 1, these words and no stack.
func refuses(t *testing.T, settings map[string]string, args []string, words ...string) {
	t.Helper()
	p := start(t, settings, args...)
	if code := p.end(); code != 1 {
		t.Errorf("%v: exit code %d", args, code)
	}
	said := p.output()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%v: nothing of %q in:\n%s", args, w, said)
		}
	}
	if strings.Contains(said, "goroutine ") || strings.Contains(said, ".go:") {
		t.Errorf("%v: a stack:\n%s", args, said)
	}
}

// tells runs the program to a clean end and gives what it said.
func tells(t *testing.T, settings map[string]string, args ...string) string {
	t.Helper()
	p := start(t, settings, args...)
	if code := p.end(); code != 0 {
		t.Fatalf("%v: exit code %d:\n%s", args, code, p.output())
	}
	return p.output()
}

func readCard(t *testing.T, dir string) demoCard {
	t.Helper()
	path := filepath.Join(dir, "demo.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json has mode %v", info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var card demoCard
	if err := json.Unmarshal(text, &card); err != nil {
		t.Fatal(err)
	}
	return card
}

// call gives status and body; body nil sends none.
func call(t *testing.T, method, address, authorization string, body any) (int, string) {
	t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, sent)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	got, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, string(got)
}

func get(t *testing.T, address string) string {
	t.Helper()
	status, body := call(t, http.MethodGet, address, "", nil)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d\n%s", address, status, body)
	}
	return body
}

// processesOf lists the processes that have the folder in their command line, ours apart.
func processesOf(t *testing.T, dir string) (found []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte(dir)) {
			found = append(found, fmt.Sprintf("%s %q", path, text))
		}
	}
	return found
}
