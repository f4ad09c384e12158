package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// ErrToken is returned for text that can't be a token of ours.
var ErrToken = fault.Unauthenticated("token_malformed")

const (
	tokenPrefix      = "tnm_"
	tokenPlaceholder = "[api token]"
	maxSlug          = 63
)

// APIToken is the credential of an organization's own program, written
// tnm_<slug>_<26 Crockford characters>: the slug says under which organization to
// look, the prefix lets secret scanners find a leaked one. The zero APIToken is
// none. It can't be compared with ==; use Equal.
type APIToken struct {
	slug string
	bits func() []byte // a function for the reason given at Ticket
}

// NewAPIToken draws a token for the organization with the slug from r, which
// must be cryptographically random.
func NewAPIToken(slug string, r io.Reader) (APIToken, error) {
	if !validSlug(slug) {
		return APIToken{}, errors.New("make api token: slug must be 1 to 63 of a-z, 0-9 and inner hyphens")
	}
	b, err := random(r)
	if err != nil {
		return APIToken{}, fmt.Errorf("make api token: %w", err)
	}
	return APIToken{slug: slug, bits: hide(b)}, nil
}

// ParseAPIToken reads a token exactly as Reveal writes it; the error is ErrToken.
func ParseAPIToken(s string) (APIToken, error) {
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok {
		return APIToken{}, ErrToken
	}
	slug, code, ok := strings.Cut(rest, "_")
	if !ok || !validSlug(slug) {
		return APIToken{}, ErrToken
	}
	b, err := decode(code)
	if err != nil || uniform(b) {
		return APIToken{}, ErrToken
	}
	return APIToken{slug: slug, bits: hide(b)}, nil
}

// validSlug has no underscore, so that a token can be cut in one way only.
func validSlug(s string) bool {
	if s == "" || len(s) > maxSlug || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Slug names the organization the token claims to belong to.
func (t APIToken) Slug() string { return t.slug }

// Reveal gives the token's text, "" for the zero APIToken. Show it once, store its MAC.
func (t APIToken) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return tokenPrefix + t.slug + "_" + crockford.EncodeToString(t.bits())
}

// IsZero reports whether t is no token.
func (t APIToken) IsZero() bool { return t.bits == nil }

// Equal compares two tokens in constant time; no token equals nothing.
func (t APIToken) Equal(other APIToken) bool {
	return !t.IsZero() && !other.IsZero() && t.slug == other.slug &&
		subtle.ConstantTimeCompare(t.bits(), other.bits()) == 1
}

// bytes binds the slug, so that a token can't be used under another name.
func (t APIToken) bytes() []byte {
	if t.IsZero() {
		return nil
	}
	return append([]byte(t.slug+"\x00"), t.bits()...)
}

// String hides the token.
func (APIToken) String() string { return tokenPlaceholder }

// GoString hides the token.
func (APIToken) GoString() string { return tokenPlaceholder }

// Format hides the token from every fmt verb.
func (APIToken) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, tokenPlaceholder) }

// LogValue hides the token from slog.
func (APIToken) LogValue() slog.Value { return slog.StringValue(tokenPlaceholder) }

// MarshalText hides the token from encoders.
func (APIToken) MarshalText() ([]byte, error) { return []byte(tokenPlaceholder), nil }
