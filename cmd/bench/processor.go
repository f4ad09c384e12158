//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// spent is the processor time of a round. On a machine that has other work to do it tells more than
// the time that passed.
type spent struct{ Server, Database, Clients time.Duration }

// each words what one of n answers cost; "" where the system does not tell.
func (s spent) each(n int) string {
	if n == 0 || s.Server+s.Database == 0 {
		return ""
	}
	part := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(n) }
	return fmt.Sprintf(
		"processor time of one: server %.1f µs, database %.1f µs, clients %.1f µs",
		part(s.Server),
		part(s.Database),
		part(s.Clients),
	)
}

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every platform of Linux that we
// know.
const tick = 10 * time.Millisecond

// usage gives the processor time and the parent of a process; zero where the system does not tell.
func usage(pid int) (time.Duration, int) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	// The name in brackets may hold anything; after it come state, parent, and further on utime and
	// stime (proc_pid_stat(5)).
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, 0
	}
	number := func(i int) int { n, _ := strconv.Atoi(string(fields[i])); return n }
	return time.Duration(number(11)+number(12)) * tick, number(1)
}

// meter notes what a process and the children of another have used so far.
type meter struct {
	pid      int
	own      time.Duration
	children map[int]time.Duration
}

func newMeter(pid, parent int) meter {
	m := meter{pid: pid, children: map[int]time.Duration{}}
	m.own, _ = usage(pid)
	all, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed
	for _, path := range all {
		child, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		if used, of := usage(child); of == parent {
			m.children[child] = used
		}
	}
	return m
}

// since gives what was used since then; children that have come or gone do not count.
func (m meter) since() (own, children time.Duration) {
	own, _ = usage(m.pid)
	for child, before := range m.children {
		if used, of := usage(child); of != 0 {
			children += used - before
		}
	}
	return own - m.own, children
}
