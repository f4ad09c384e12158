//go:build unix

package embedded

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who the server runs as. The zero account is the one that runs this program.
type account struct {
	name     string
	uid, gid int
}

func (a account) drops() bool { return a.name != "" }

// credential is nil when no drop is needed. Groups stay empty, so root's extra groups are given up
// too.
func (a account) credential() *syscall.Credential {
	if !a.drops() {
		return nil
	}
	//nolint:gosec // read from the account database, never negative
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}

func (a account) own(path string) error {
	if !a.drops() {
		return nil
	}
	if err := os.Lchown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("give %s to account %s: %w", path, a.name, err)
	}
	return nil
}

// chooseAccount decides who runs the server: this user, or for root the owner of a cluster that is
// already there, else "postgres", else "nobody".
func chooseAccount(bases []string) account {
	if os.Geteuid() != 0 {
		return account{}
	}
	for _, base := range bases {
		var stat syscall.Stat_t
		if err := syscall.Lstat(filepath.Join(base, "data"), &stat); err == nil && stat.Uid != 0 {
			return account{name: "uid " + strconv.Itoa(int(stat.Uid)), uid: int(stat.Uid), gid: int(stat.Gid)}
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(found.Uid)
		gid, gidErr := strconv.Atoi(found.Gid)
		if uidErr == nil && gidErr == nil && uid > 0 {
			return account{name: name, uid: uid, gid: gid}
		}
	}
	return account{name: "uid 65534", uid: 65534, gid: 65534} // images without an account database
}
