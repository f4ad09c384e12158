package testkit

import "context"

// StartServer starts a private server made for speed, whose AdminURL is to be given to test
// binaries as ServerVariable. End it with stop.
func StartServer(ctx context.Context) (adminURL string, stop func(context.Context) error, err error) {
	p, err := startPrivate(ctx)
	if err != nil {
		return "", nil, err
	}
	return p.server.AdminURL(""), p.stop, nil
}
