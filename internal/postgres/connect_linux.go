package postgres

import (
	"context"
	"errors"
	"strings"
	"syscall"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h (RFC 5482), in milliseconds; package syscall
// has no name for it.
const tcpUserTimeout = 18

func limitUnacked(_ context.Context, network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil // a Unix socket: the other side is on this machine
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(
			int(fd),
			syscall.IPPROTO_TCP,
			tcpUserTimeout,
			int(unackedPatience.Milliseconds()),
		)
	})
	return errors.Join(err, failed)
}
