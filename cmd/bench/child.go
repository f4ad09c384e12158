//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// child is what this program does in a process of its own.
func child(ctx context.Context, role string, in io.Reader, out io.Writer) error {
	switch role {
	case "load":
		return runLoad(ctx, in, out)
	case "bare", "serve":
		var s servant
		if err := json.NewDecoder(in).Decode(&s); err != nil {
			return fmt.Errorf("read settings: %w", err)
		}
		// The parent holds the other end of the pipe: when it is gone, so are we.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() { _, _ = io.Copy(io.Discard, in); cancel() }()
		if role == "bare" {
			return runBare(ctx, s)
		}
		return runServe(ctx, s)
	}
	return fmt.Errorf("understand role: %q is none", role)
}

// servant is what a server process of this program is told.
type servant struct {
	Listen      string
	DatabaseURL string
	Environ     map[string]string
	Profile     string // folder
}

// process is a server in a process of its own.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	words *bytes.Buffer
	done  chan struct{}
	addr  string
}

// startSelf starts this program as a servant.
func startSelf(ctx context.Context, role string, s servant) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own program: %w", err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write settings: %w", err)
	}
	cmd := exec.Command(self, "child", role) //nolint:gosec,noctx // ourselves; ended by stop
	return start(ctx, cmd, s.Listen, text)
}

// start runs a server and waits until it takes connections.
func start(ctx context.Context, cmd *exec.Cmd, addr string, input []byte) (*process, error) {
	p := &process{cmd: cmd, words: &bytes.Buffer{}, done: make(chan struct{}), addr: addr}
	cmd.Stdout, cmd.Stderr = p.words, p.words
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C comes to us, and we end it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p.stdin = stdin
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	if _, err := stdin.Write(input); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", cmd.Path, err), p.stop())
	}
	limit, dialer := clock.Start(), net.Dialer{Timeout: time.Second}
	for limit.Elapsed() < 30*time.Second {
		select {
		case <-p.done:
			return nil, fmt.Errorf("start %s: it ended at once: %s", cmd.Path, strings.TrimSpace(p.words.String()))
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), p.stop())
		case <-time.After(20 * time.Millisecond):
		}
		c, err := dialer.DialContext(ctx, "tcp", addr)
		if err == nil {
			return p, c.Close()
		}
	}
	return nil, errors.Join(fmt.Errorf("start %s: it takes no connections", cmd.Path), p.stop())
}

// stop ends the server as an operator would, by force after a while.
func (p *process) stop() error {
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(20 * time.Second):
	}
	_ = p.cmd.Process.Kill()
	<-p.done
	return fmt.Errorf("stop %s: it had to be killed", p.cmd.Path)
}

// memory gives the resident memory in MiB, 0 where the system does not tell.
func (p *process) memory() float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}

// freeAddress may lose its port to another program before the server takes it; the start then fails
// and tells.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "", fmt.Errorf("find free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// send runs a load in a client process and watches the server's memory meanwhile.
func send(ctx context.Context, to *process, l load) (tally, float64, error) {
	self, err := os.Executable()
	if err != nil {
		return tally{}, 0, fmt.Errorf("find own program: %w", err)
	}
	l.Addr = to.addr
	text, err := json.Marshal(l)
	if err != nil {
		return tally{}, 0, fmt.Errorf("write load: %w", err)
	}
	var out, words bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "child", "load") //nolint:gosec // ourselves
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), &out, &words
	finished := make(chan struct{})
	peak := make(chan float64, 1)
	go func() {
		most, ticker := 0.0, time.NewTicker(100*time.Millisecond)
		defer ticker.Stop()
		for {
			most = max(most, to.memory())
			select {
			case <-finished:
				peak <- most
				return
			case <-ticker.C:
			}
		}
	}()
	err = cmd.Run()
	close(finished)
	most := <-peak
	if err != nil {
		return tally{}, most, fmt.Errorf("run clients: %w: %s", err, strings.TrimSpace(words.String()))
	}
	var t tally
	if err := json.Unmarshal(out.Bytes(), &t); err != nil {
		return tally{}, most, fmt.Errorf("read tally: %w", err)
	}
	t.Spent.Clients = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return t, most, nil
}
