package secret

import (
	"encoding/base32"
	"errors"
	"fmt"
	"io"
)

const (
	codeBytes = 16 // 128 bits
	codeChars = 26 // 130 bits: the last two are zero
)

// crockford is Douglas Crockford's base 32, packed as RFC 4648 section 6 packs:
// most significant bits first, padding bits at the end.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

var errPadding = errors.New("padding bits are not zero")

// random reads a code's bits.
func random(r io.Reader) ([]byte, error) {
	b := make([]byte, codeBytes)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	if uniform(b) {
		return nil, errors.New("read randomness: the source is broken")
	}
	return b, nil
}

// decode reads 26 canonical characters.
func decode(s string) ([]byte, error) {
	if len(s) != codeChars {
		return nil, fmt.Errorf("decode code: want %d characters", codeChars)
	}
	b, err := crockford.DecodeString(s)
	if err != nil || len(b) != codeBytes {
		return nil, errors.New("decode code: not a Crockford character")
	}
	// The decoder ignores the padding bits, but one code must have one spelling.
	if crockford.EncodeToString(b) != s {
		return nil, errPadding
	}
	return b, nil
}

// uniform reports whether all bytes are the same: the mark of a broken random
// source, and two people with one such source would share a code.
func uniform(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// hide puts bits where neither fmt nor an encoder can see them.
func hide(b []byte) func() []byte { return func() []byte { return b } }
