package site_test

import (
	"context"
	"errors"
	"net/netip"
)

// names is a resolver of the tests' own: push.example is public, inside.example is not, nothing
// else is known.
type names struct{}

func (names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "push.example":
		return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
	case "inside.example":
		return []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("10.0.0.7")}, nil
	}
	return nil, errors.New("no such host")
}
