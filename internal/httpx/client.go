package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// extractors tell the client's address and scheme. Only proxies that are trusted are asked for
// either.
func extractors(proxies []netip.Prefix) (echo.IPExtractor, echo.SchemeExtractor) {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect(), echo.ExtractSchemeDirect()
	}
	trusted := make(trustedProxies, len(proxies))
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for i, p := range proxies {
		p = p.Masked()
		trusted[i] = p
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return trusted.client, echo.ExtractSchemeFromHeaders(trust...)
}

type trustedProxies []netip.Prefix

func (t trustedProxies) has(a netip.Addr) bool {
	return slices.ContainsFunc(t, func(p netip.Prefix) bool { return p.Contains(a) })
}

// client gives the address of the nearest party that is no trusted proxy, read in X-Forwarded-For
// from its end, where the nearest proxy wrote. What that proxy could not name (unknown, _hidden)
// ends the search: the proxy itself stands for its clients then, for what is further left is
// anybody's word.
func (t trustedProxies) client(r *http.Request) string {
	direct := echo.ExtractIPDirect()(r)
	nearest, err := netip.ParseAddr(direct)
	if err != nil {
		return direct
	}
	nearest = plainAddr(nearest)
	if !t.has(nearest) {
		return direct
	}
	// Several lines are one list, and empty elements are none (RFC 9110 sections 5.3 and 5.6.1).
	list := strings.Split(strings.Join(r.Header[echo.HeaderXForwardedFor], ","), ",")
	for _, hop := range slices.Backward(list) {
		if hop = strings.Trim(hop, " \t"); hop == "" {
			continue
		}
		a, ok := parseHop(hop)
		if !ok {
			break
		}
		if nearest = a; !t.has(a) {
			break
		}
	}
	return nearest.String()
}

// parseHop reads one element as proxies write it: an address, with brackets, a port or both.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return plainAddr(a), true
	}
	if rest, ok := strings.CutPrefix(s, "["); ok {
		if inner, ok := strings.CutSuffix(rest, "]"); ok {
			a, err := netip.ParseAddr(inner)
			return plainAddr(a), err == nil
		}
	}
	ap, err := netip.ParseAddrPort(s) // wants the brackets of an IPv6 address
	return plainAddr(ap.Addr()), err == nil
}

// plainAddr is an address as networks are told by: IPv4 is IPv4 however it is written, and zones
// are left out.
func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
