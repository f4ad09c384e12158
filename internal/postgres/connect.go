package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// How long is waited for a server that says nothing. A server that is stopped, or behind a cut
// line, closes no connection, so that only deadlines on this side tell.
const (
	// dialPatience is for one host to take a connection, let us in and be ready; the URL's
	// connect_timeout goes before it. With several hosts each has this long.
	dialPatience = 2 * time.Second
	// pingPatience is for a connection that was idle for a second to show that it lives.
	pingPatience = time.Second
	// publicReadPatience and staffReadPatience are for a whole transaction that only reads; reports
	// of organizations take longer than what residents see.
	publicReadPatience = 5 * time.Second
	staffReadPatience  = 12 * time.Second
	// ticketPatience and writePatience are for the statements of a transaction that writes, which
	// may wait for locks, and not for its commit, which may wait for a standby. Imports take the
	// longest.
	ticketPatience = 12 * time.Second
	writePatience  = 30 * time.Second
	// rollbackPatience is for a rollback; after it the connection is closed, which the server takes
	// for one.
	rollbackPatience = 2 * time.Second
	// unackedPatience is for the other side's kernel to acknowledge what was sent
	// (TCP_USER_TIMEOUT). A server that takes its time, as for a standby, is not concerned: its
	// kernel acknowledges.
	unackedPatience = 10 * time.Second
)

// dialer makes connections of which the kernel notices within some fifteen seconds that nobody is
// there.
var dialer = net.Dialer{
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 6 * time.Second, Interval: 3 * time.Second, Count: 3},
	ControlContext:  limitUnacked,
}

// setPatience gives a connection to be made its deadlines, none of them shorter than least.
func setPatience(config *pgx.ConnConfig, least time.Duration) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = max(dialPatience, least)
	}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
}
