//go:build unix

package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// process is a child that the kernel stops with this program where it can (Linux).
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; read after done
}

// spawn starts cmd from an OS thread of its own that waits until the child has ended: the
// parent-death signal fires when the forking *thread* ends, which for an ordinary goroutine can be
// at any time.
func spawn(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal ignores a process that has just ended.
func (p *process) signal(sig syscall.Signal) { _ = p.cmd.Process.Signal(sig) }

// wait returns false when ctx ended before the process did.
func (p *process) wait(ctx context.Context) bool {
	select {
	case <-p.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// runTool runs a short program as acct and gives back all it printed.
func runTool(ctx context.Context, acct account, dir, name string, args ...string) (string, error) {
	var out strings.Builder
	cmd := command(acct, name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := spawn(cmd)
	if err != nil {
		return "", err
	}
	if !p.wait(ctx) {
		_ = syscall.Kill(-p.pid(), syscall.SIGKILL) // the whole group: initdb has children
		<-p.done
		return out.String(), ctx.Err()
	}
	if p.err != nil {
		return out.String(), fmt.Errorf("%w: %s", p.err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// command prepares a child of its own process group, so that Ctrl-C in the terminal reaches this
// program first.
func command(acct account, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...) //nolint:noctx,gosec // ended by signals, not by a kill; the name was found by us
	cmd.Env = childEnvironment(os.Environ())
	cmd.SysProcAttr = childAttributes()
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Credential = acct.credential()
	return cmd
}

// childEnvironment leaves out what would steer PostgreSQL from outside, and our own secrets.
func childEnvironment(env []string) []string {
	kept := make([]string, 0, len(env)+1)
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || strings.HasPrefix(name, "TONARIMACHI_") ||
			name == "LANG" ||
			name == "LANGUAGE" {
			continue
		}
		kept = append(kept, entry)
	}
	return append(kept, "LC_ALL=C")
}
