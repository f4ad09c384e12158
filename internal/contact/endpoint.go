package contact

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
)

// Resolver gives the addresses of a name; net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// pushHost gives the host of a push endpoint: https, no port but 443, no user, a name with a dot or
// a public address. The error is ErrEndpoint.
func pushHost(endpoint string) (string, error) {
	if len(endpoint) > maxEndpoint {
		return "", ErrEndpoint
	}
	for _, c := range []byte(endpoint) {
		if c <= ' ' || c >= 0x7f {
			return "", ErrEndpoint
		}
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Fragment != "" ||
		u.Port() != "" && u.Port() != "443" ||
		strings.HasSuffix(u.Host, ":") {
		return "", ErrEndpoint
	}
	host := u.Hostname()
	if address, err := netip.ParseAddr(host); err == nil {
		if !Public(address) {
			return "", ErrEndpoint
		}
		return host, nil
	}
	if !validDomain(host) {
		return "", ErrEndpoint
	}
	return host, nil
}

// reserved are networks that netip has no word for: the registries of special-purpose addresses
// (RFC 6890), from which nothing of ours may be fetched.
var reserved = prefixes(
	"0.0.0.0/8",
	"100.64.0.0/10",
	"192.0.0.0/24",
	"192.0.2.0/24",
	"192.88.99.0/24",
	"198.18.0.0/15",
	"198.51.100.0/24",
	"203.0.113.0/24",
	"240.0.0.0/4",
	"64:ff9b::/96",
	"64:ff9b:1::/48",
	"100::/64",
	"2001::/23",
	"2001:db8::/32",
	"2002::/16",
	"3fff::/20",
	"5f00::/16",
	"fec0::/10",
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// Public reports whether an address is one of the open internet: not private, not this machine's,
// not reserved, nor one that hides such in IPv6.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() ||
		a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// reachable reports whether a push endpoint's host leads to public addresses only. A name that
// can't be looked up does not.
func reachable(ctx context.Context, r Resolver, endpoint string) bool {
	host, err := pushHost(endpoint)
	if err != nil {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true // pushHost looked at it
	}
	addresses, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addresses) == 0 {
		return false
	}
	for _, a := range addresses {
		if !Public(a) {
			return false
		}
	}
	return true
}
