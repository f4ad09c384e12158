//go:build unix && !linux

package embedded

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes: no parent-death signal here; a server left by a killed program is ended by its
// successor.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// commandLine gives a living process's arguments, cut at spaces, which is all that ps tells.
func commandLine(pid int) []string {
	out, err := exec.Command(
		"ps",
		"-ww",
		"-o",
		"args=",
		"-p",
		strconv.Itoa(pid),
	).Output() //nolint:noctx // returns at once
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// workingFolder is not told by ps.
func workingFolder(int) string { return "" }
