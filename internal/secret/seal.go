package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What Open answers for text this program did not seal for this purpose.
var (
	ErrCursor = fault.Malformed("cursor_invalid")
	ErrLink   = fault.NotFound("link_invalid")
)

// maxSealed bounds what Open decodes.
const maxSealed = 4096

// Sealer hides and protects small values that travel through other people's
// hands: page cursors, private feed links. AES-256-GCM; links have random nonces,
// cursors nonces derived of what they hold.
type Sealer struct {
	aeads   func() []cipher.AEAD // a function for the reason given at Ticket
	refusal *fault.Error
}

// Cursors seals page cursors; its Open fails with ErrCursor. The same position seals to the same
// text, so that a page that has not changed keeps its ETag.
func (k *Keys) Cursors() *Sealer {
	s := k.Sealer(PurposeCursor, ErrCursor)
	aeads := s.aeads()
	for i, key := range k.ring {
		aeads[i] = steadyAEAD{aeads[i], newGCM(key(PurposeCursor).key), key(purposeCursorNonce)}
	}
	return s
}

// Links seals the filters of stateless links; its Open fails with ErrLink.
func (k *Keys) Links() *Sealer { return k.Sealer(PurposeLink, ErrLink) }

// Sealer seals for a purpose; its Open fails with refusal.
func (k *Keys) Sealer(p Purpose, refusal *fault.Error) *Sealer {
	var aeads []cipher.AEAD
	for _, key := range k.ring {
		aeads = append(aeads, newAEAD(key(p).key))
	}
	return &Sealer{aeads: func() []cipher.AEAD { return aeads }, refusal: refusal}
}

// newAEAD makes AES-256-GCM with random nonces of a key of 32 bytes.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(fmt.Sprintf("make cipher: %v", err)) // only for key lengths other than 32
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(fmt.Sprintf("make cipher: %v", err)) // only for block sizes other than 16
	}
	return aead
}

// steadyAEAD opens what its AEAD opens, and seals with a nonce derived of the text by a key of its
// own: a nonce comes twice only for the same text, which then seals to the same bytes.
type steadyAEAD struct {
	cipher.AEAD             // with random nonces
	gcm         cipher.AEAD // with the same key, told its nonces
	nonces      *derived
}

// Seal puts the nonce in front, as the AEAD with random nonces does.
func (a steadyAEAD) Seal(dst, _, plain, extra []byte) []byte {
	nonce := a.nonces.mac(append(join([]string{string(extra)}), plain...))[:a.gcm.NonceSize()]
	return a.gcm.Seal(append(dst, nonce...), nonce, plain, extra)
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(fmt.Sprintf("make cipher: %v", err)) // only for key lengths other than 32
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("make cipher: %v", err)) // only for block sizes other than 16
	}
	return gcm
}

// Seal gives text safe in an address (base64url). Open must be told the same
// bound values: a cursor bound to its filter can't be used with another.
func (s *Sealer) Seal(plain []byte, bound ...string) string {
	sealed := s.aeads()[0].Seal(nil, nil, plain, join(bound)) //nolint:gosec // this AEAD makes its own nonce
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// Open gives back what was sealed. Any other text, however long, is refused with
// the Sealer's fault.
func (s *Sealer) Open(text string, bound ...string) ([]byte, error) {
	if text == "" || len(text) > maxSealed {
		return nil, s.refusal
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, s.refusal
	}
	extra := join(bound)
	for _, aead := range s.aeads() {
		if plain, err := aead.Open(nil, nil, sealed, extra); err == nil {
			return plain, nil
		}
	}
	return nil, s.refusal
}

// join writes lengths before values, so that ("ab","c") differs from ("a","bc").
func join(values []string) []byte {
	var b []byte
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return b
}
