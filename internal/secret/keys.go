package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// Purpose separates keys: what is made for one is worthless for another. The
// label is part of every stored MAC, so a purpose is never renamed.
type Purpose string

// The purposes in use. A concept may define more.
const (
	PurposeTicket   Purpose = "ticket mac v1"
	PurposeCalendar Purpose = "calendar mac v1"
	PurposeToken    Purpose = "api token mac v1" //nolint:gosec // a label, not a credential
	PurposeCursor   Purpose = "cursor seal v1"
	PurposeLink     Purpose = "link seal v1"
	PurposeForm     Purpose = "form mac v1" // anti-forgery marks of pages
)

// purposeCursorNonce is of the key that nonces of cursors are derived with.
const purposeCursorNonce Purpose = "cursor nonce v1"

// MinKeyBytes is the shortest secret key accepted.
const MinKeyBytes = 32

const keysPlaceholder = "[secret keys]"

// Keys derives every key of the program from its secret keys. The first key
// signs and seals; all of them verify and open, so that a key can be rotated.
type Keys struct {
	ring []func(Purpose) *derived // functions for the reason given at Ticket
}

// ParseKeys reads a comma-separated list of keys in hex or base64 (either
// alphabet, padding optional), each at least MinKeyBytes long. Errors name the
// place in the list, never the key.
func ParseKeys(list string) (*Keys, error) {
	var keys [][]byte
	for i, text := range strings.Split(list, ",") {
		key, err := parseKey(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("read key %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return NewKeys(keys...)
}

func parseKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil {
		unified := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		key, err = base64.RawStdEncoding.DecodeString(unified)
	}
	if err != nil {
		return nil, errors.New("neither hex nor base64")
	}
	return key, nil
}

// NewKeys derives from raw keys, the first of which signs.
func NewKeys(keys ...[]byte) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("derive keys: no key given")
	}
	k := &Keys{}
	for i, key := range keys {
		if len(key) < MinKeyBytes {
			return nil, fmt.Errorf("derive keys: key %d has %d bytes, want at least %d", i+1, len(key), MinKeyBytes)
		}
		if uniform(key) {
			return nil, fmt.Errorf("derive keys: key %d is one byte repeated, want random bytes", i+1)
		}
		prk, err := hkdf.Extract(sha256.New, key, []byte("tonarimachi"))
		if err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
		k.ring = append(k.ring, deriving(prk))
	}
	return k, nil
}

// TicketMAC is what is stored of a participation code: 32 bytes.
func (k *Keys) TicketMAC(t Ticket) []byte { return k.MAC(PurposeTicket, t.bytes()) }

// TicketMACs are the MACs under which a code may be stored, one a key, newest first.
func (k *Keys) TicketMACs(t Ticket) [][]byte { return k.MACs(PurposeTicket, t.bytes()) }

// CalendarMAC is what is stored of a private calendar's token: 32 bytes.
func (k *Keys) CalendarMAC(c Calendar) []byte { return k.MAC(PurposeCalendar, c.token.bytes()) }

// CalendarMACs are the MACs under which a private calendar may be stored, one a key, newest first.
func (k *Keys) CalendarMACs(c Calendar) [][]byte { return k.MACs(PurposeCalendar, c.token.bytes()) }

// TokenMAC is what is stored of an API token: 32 bytes.
func (k *Keys) TokenMAC(t APIToken) []byte { return k.MAC(PurposeToken, t.bytes()) }

// TokenMACs are the MACs under which a token may be stored, one a key, newest first.
func (k *Keys) TokenMACs(t APIToken) [][]byte { return k.MACs(PurposeToken, t.bytes()) }

// MAC is the HMAC-SHA256 of message under the signing key of a purpose.
func (k *Keys) MAC(p Purpose, message []byte) []byte { return k.ring[0](p).mac(message) }

// MACs gives the MAC under every key, newest first.
func (k *Keys) MACs(p Purpose, message []byte) [][]byte {
	all := make([][]byte, len(k.ring))
	for i, key := range k.ring {
		all[i] = key(p).mac(message)
	}
	return all
}

// Verify reports in constant time whether sum is message's MAC under any key.
func (k *Keys) Verify(p Purpose, message, sum []byte) bool {
	ok := false
	for _, want := range k.MACs(p, message) {
		ok = hmac.Equal(want, sum) || ok
	}
	return ok
}

// derived is the key of a purpose, with hashes that have taken it in already.
type derived struct {
	key    []byte
	hashes sync.Pool // hash.Hash
}

func (d *derived) mac(message []byte) []byte {
	h, ok := d.hashes.Get().(hash.Hash)
	if !ok {
		h = hmac.New(sha256.New, d.key)
	}
	h.Write(message)
	sum := h.Sum(make([]byte, 0, sha256.Size))
	h.Reset() // nothing of the message stays
	d.hashes.Put(h)
	return sum
}

// deriving gives the keys of the purposes, each derived once: there are a few purposes, and a MAC
// for every ticket.
func deriving(prk []byte) func(Purpose) *derived {
	var known sync.Map // Purpose → *derived
	return func(p Purpose) *derived {
		if key, ok := known.Load(p); ok {
			return key.(*derived)
		}
		key, _ := known.LoadOrStore(p, &derived{key: expand(prk, p)})
		return key.(*derived)
	}
}

// expand gives the 32-byte key of a purpose.
func expand(prk []byte, p Purpose) []byte {
	key, err := hkdf.Expand(sha256.New, prk, string(p), sha256.Size)
	if err != nil {
		panic(fmt.Sprintf("expand key: %v", err)) // only for lengths beyond 255 hashes
	}
	return key
}

// String hides the keys.
func (*Keys) String() string { return keysPlaceholder }

// GoString hides the keys.
func (*Keys) GoString() string { return keysPlaceholder }

// Format hides the keys from every fmt verb.
func (*Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, keysPlaceholder) }

// LogValue hides the keys from slog.
func (*Keys) LogValue() slog.Value { return slog.StringValue(keysPlaceholder) }
