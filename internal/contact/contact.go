package contact

import (
	"crypto/ecdh"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const placeholder = "[contact]"

// Contact is a way to reach somebody: Mail or Push, never both. It hides itself from fmt, slog and
// encoders.
type Contact struct {
	// Functions, because fmt looks into the unexported fields of an enclosing struct.
	mail func() string
	push func() Push
}

// Push is a web-push subscription (RFC 8030, RFC 8291).
type Push struct {
	Endpoint string
	P256dh   []byte // 65 bytes, a point on P-256
	Auth     []byte // 16 bytes
}

// The sizes of RFC 8291.
const (
	pointBytes = 65
	authBytes  = 16
)

const (
	maxMail     = 254 // RFC 5321 section 4.5.3.1.3, without the angle brackets
	maxLocal    = 64
	maxEndpoint = 900
)

// FromMail reads a mail address as people type it: full-width characters and spaces around it are
// forgiven. It takes what Japanese carriers gave out, dots in a row or before the @, which RFC 5321
// allows in quotes only. The error is ErrMail.
func FromMail(typed string) (Contact, error) {
	refusal := ErrMail.Field("contact.mail", "mail_invalid")
	if len(typed) > 4*maxMail {
		return Contact{}, refusal
	}
	address := strings.TrimSpace(norm.NFKC.String(typed))
	local, domain, ok := strings.Cut(address, "@")
	if !ok || len(address) > maxMail || local == "" || len(local) > maxLocal || !validDomain(domain) {
		return Contact{}, refusal
	}
	for _, c := range []byte(local) {
		if !alphanumeric(c) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~.-", rune(c)) {
			return Contact{}, refusal
		}
	}
	address = local + "@" + strings.ToLower(domain)
	return Contact{mail: func() string { return address }}, nil
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// validDomain takes at least two labels of letters, digits and inner hyphens, of which the last
// begins with a letter.
func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(domain) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if !alphanumeric(c) && c != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return last[0] < '0' || last[0] > '9'
}

// FromPush reads a subscription as a browser gives it: base64url with or without padding. The error
// is ErrEndpoint. Whether the endpoint's name leads to a private address is asked later
// (Service.Check).
func FromPush(endpoint, p256dh, auth string) (Contact, error) {
	refusal := ErrEndpoint.Field("contact.push", "push_invalid")
	p := Push{Endpoint: endpoint}
	if _, err := pushHost(endpoint); err != nil {
		return Contact{}, refusal
	}
	var err error
	if p.P256dh, err = decode(p256dh); err != nil || len(p.P256dh) != pointBytes {
		return Contact{}, refusal
	}
	if _, err := ecdh.P256().NewPublicKey(p.P256dh); err != nil {
		return Contact{}, refusal
	}
	if p.Auth, err = decode(auth); err != nil || len(p.Auth) != authBytes {
		return Contact{}, refusal
	}
	return Contact{push: func() Push { return p }}, nil
}

func decode(text string) ([]byte, error) {
	if len(text) > 2*pointBytes {
		return nil, base64.CorruptInputError(0)
	}
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// IsZero reports whether c reaches nobody.
func (c Contact) IsZero() bool { return c.mail == nil && c.push == nil }

// Mail gives the address, "" when c is no mail address. For the envelope alone.
func (c Contact) Mail() string {
	if c.mail == nil {
		return ""
	}
	return c.mail()
}

// Quoted gives the address as RFC 5321 and 5322 want it written.
func (c Contact) Quoted() string {
	written := (&mail.Address{Address: c.Mail()}).String()
	return strings.TrimSuffix(strings.TrimPrefix(written, "<"), ">")
}

// Push gives the subscription; false when c is none.
func (c Contact) Push() (Push, bool) {
	if c.push == nil {
		return Push{}, false
	}
	return c.push(), true
}

// String hides the contact.
func (Contact) String() string { return placeholder }

// GoString hides the contact.
func (Contact) GoString() string { return placeholder }

// Format hides the contact from every fmt verb.
func (Contact) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// LogValue hides the contact from slog.
func (Contact) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalText hides the contact from encoders.
func (Contact) MarshalText() ([]byte, error) { return []byte(placeholder), nil }
