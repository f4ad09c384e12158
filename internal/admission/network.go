package admission

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// PurposeNetwork goes into the key of the hour, so that the table alone tells nobody anything.
const PurposeNetwork secret.Purpose = "network mac v1"

// network stands for an address's surroundings; it leads back to no address once the hour's key is
// gone.
type network [16]byte

// hours are the keys in use, of an hour and those beside it.
type hours struct {
	hour            time.Time
	last, now, next []byte
}

const (
	prefix4 = 24
	prefix6 = 48
)

// surroundings is the prefix that shares one bucket; false for what is no address.
func networkOf(from netip.Addr) (netip.Prefix, bool) {
	from = from.Unmap().WithZone("")
	n := prefix4
	if from.Is6() {
		n = prefix6
	}
	p, err := from.Prefix(n)
	return p, err == nil
}

// networks names an address under the key of the hour, which comes first, and under those of its
// neighbours while windows may hold something of theirs: for a window after the hour began, and
// shortly before it ends, when another process's clock may be ahead.
func (h *hours) networks(p netip.Prefix, now time.Time) []network {
	last, this, next, began := h.last, h.now, h.next, h.hour
	if !now.Before(began.Add(time.Hour)) && next != nil { // the heartbeat has not come round yet
		last, this, next, began = this, next, nil, began.Add(time.Hour)
	}
	names := []network{name(this, p)}
	if since := now.Sub(began); last != nil && since <= window+skew {
		names = append(names, name(last, p))
	} else if next != nil && since >= time.Hour-skew {
		names = append(names, name(next, p))
	}
	return names
}

func name(key []byte, p netip.Prefix) (n network) {
	mac := hmac.New(sha256.New, key)
	text := p.Addr().As16()
	mac.Write(text[:])
	mac.Write([]byte{byte(p.Bits())}) //nolint:gosec // 24 or 48
	copy(n[:], mac.Sum(nil))
	return n
}
