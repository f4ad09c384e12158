package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// helperDir makes the test binary a program that holds a server in that folder until its input
// closes.
const helperDir = "EMBEDDED_TEST_HELPER_DIR"

func help(dir string) int {
	s, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.PID())
	fmt.Println(s.AdminURL(""))
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

type holder struct {
	cmd      *exec.Cmd
	server   int
	adminURL string
}

// kill is kill -9.
func (h holder) kill(t *testing.T) {
	t.Helper()
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill helper: %v", err)
	}
	_ = h.cmd.Wait() // says "killed"
}

func startHolder(t *testing.T, dir string) holder {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), helperDir+"="+dir)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start helper: %v", err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = cmd.Wait() // a test that killed it has waited already
	})
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		t.Fatal("the helper did not start its server")
	}
	pid, err := strconv.Atoi(lines.Text())
	if err != nil || !lines.Scan() {
		t.Fatalf("helper said %q: %v", lines.Text(), err)
	}
	return holder{cmd: cmd, server: pid, adminURL: lines.Text()}
}

func TestStartAfterKilledPredecessor(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	h := startHolder(t, dir)
	mustExec(t, connect(t, h.adminURL), "create table kept as select 42 as answer")
	h.kill(t)

	s := startServer(t, Options{Dir: dir})
	if s.PID() == h.server {
		t.Error("the old server was not replaced")
	}
	if servesFolder(h.server, s.data) {
		t.Error("the old server still runs")
	}
	if got := ask[int](t, connect(t, s.AdminURL("")), "select answer from kept"); got != 42 {
		t.Errorf("kept row = %d, want 42", got)
	}
}

// On Linux the kernel tells the server that its program is dead. Elsewhere the successor ends it.
func TestServerEndsWithItsKilledProgram(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	h := startHolder(t, dir)
	conn := connect(t, h.adminURL)
	h.kill(t)
	if runtime.GOOS != "linux" {
		startServer(t, Options{Dir: dir})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := conn.WaitForNotification(ctx) // returns when the server ends the session
	if err == nil || ctx.Err() != nil {
		t.Fatalf("the session outlived the program: %v", err)
	}
	// The server ends its sessions first, and writes its last checkpoint afterwards.
	if gone, err := awaitGone(ctx, h.server, filepath.Join(dir, "postgres", "data"), 30*time.Second); !gone {
		t.Fatalf("the server outlived the program: %v", err)
	}
}

// A server without parent-death signal, as other systems leave them.
func TestStartEndsLivingOrphan(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	s := startServer(t, Options{Dir: dir, Settings: fast})
	mustExec(t, connect(t, s.AdminURL("")), "create table kept ()")
	stopServer(t, s)
	orphan := command(s.acct, s.bin.tool("postgres"), s.arguments(s.port)...)
	orphan.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.acct.credential()}
	orphan.Dir = s.data
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	proc := &process{cmd: orphan, done: make(chan struct{})}
	go func() {
		proc.err = orphan.Wait()
		close(proc.done)
	}()
	s.proc = proc
	if err := s.awaitReady(t.Context()); err != nil {
		t.Fatalf("orphan: %v", err)
	}

	next := startServer(t, Options{Dir: dir, Settings: fast})
	<-proc.done
	if proc.err != nil {
		t.Errorf("the orphan did not shut down cleanly: %v", proc.err)
	}
	if !ask[bool](t, connect(t, next.AdminURL("")), "select to_regclass('kept') is not null") {
		t.Error("the table is lost")
	}
}

// A crash of the machine leaves a pid file whose number may meanwhile be a stranger's, who must not
// be touched.
func TestStalePIDFile(t *testing.T) {
	t.Parallel()
	stranger := exec.CommandContext(t.Context(), "cat")
	input, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	dead := exec.CommandContext(t.Context(), "true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	dir := dataFolder(t)
	s := startServer(t, Options{Dir: dir, Settings: fast})
	stopServer(t, s)
	for _, first := range []string{
		strconv.Itoa(stranger.Process.Pid),
		strconv.Itoa(-stranger.Process.Pid),
		strconv.Itoa(dead.Process.Pid),
	} {
		text := strings.Join(
			[]string{first, s.data, "1700000000", strconv.Itoa(s.port), "", "127.0.0.1", "", "ready"},
			"\n",
		) + "\n"
		path := filepath.Join(s.data, "postmaster.pid")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.acct.own(path); err != nil {
			t.Fatal(err)
		}
		next, err := Start(t.Context(), Options{Dir: dir, Settings: fast})
		if err != nil {
			t.Fatalf("pid file with %s: %v", first, err)
		}
		stopServer(t, next)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := stranger.Wait(); err != nil {
		t.Errorf("the stranger was harmed: %v", err)
	}
}

func TestSameFolderIsRefusedWhileHeld(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	h := startHolder(t, dir)
	_, err := Start(t.Context(), Options{Dir: dir})
	var running *RunningError
	if !errors.As(err, &running) {
		t.Fatalf("err = %v, want *RunningError", err)
	}
	if running.PID != h.cmd.Process.Pid {
		t.Errorf("PID = %d, want %d", running.PID, h.cmd.Process.Pid)
	}
	if want := "already running by PID " + strconv.Itoa(running.PID); !strings.Contains(err.Error(), want) {
		t.Errorf("message %q lacks %q", err, want)
	}
	if err := Discard(t.Context(), dir); !errors.As(err, &running) {
		t.Errorf("Discard: %v, want *RunningError", err)
	}
	connect(t, h.adminURL) // the first was not disturbed
}

func TestSameFolderIsHandedOver(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	first := startServer(t, Options{Dir: dir, Settings: fast})
	started := make(chan error, 1)
	go func() {
		second, err := Start(t.Context(), Options{Dir: dir, Settings: fast})
		if err == nil {
			err = second.Stop(context.WithoutCancel(t.Context()))
		}
		started <- err
	}()
	stopServer(t, first)
	if err := <-started; err != nil {
		t.Errorf("second start: %v", err)
	}
}

func TestStopCutShort(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	s := startServer(t, Options{Dir: dir})
	mustExec(t, connect(t, s.AdminURL("")), "create table kept ()")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil { // a server that cannot obey
		t.Fatal(err)
	}
	if err := s.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop = %v, want context.Canceled", err)
	}
	<-s.Done()
	next := startServer(t, Options{Dir: dir})
	if !ask[bool](t, connect(t, next.AdminURL("")), "select to_regclass('kept') is not null") {
		t.Error("the table is lost")
	}
}
