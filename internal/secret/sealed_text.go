package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// MaxSealedText is how many bytes SealText takes at most; SealedTextChars is how long all that it
// gives is.
const (
	MaxSealedText   = 80
	SealedTextChars = ((12+1+MaxSealedText+16)*8 + 5) / 6 // nonce, length, text, tag
)

var errSealedText = errors.New("not a text sealed under this code")

// SealText hides a short text so that only who holds the code can read it, and nobody sees how long
// it is: padded, AES-256-GCM with a random nonce, under a key derived from the code (HKDF-SHA256).
// No text gives "".
func (t Ticket) SealText(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if len(text) > MaxSealedText {
		return "", fmt.Errorf("seal text: %d bytes, at most %d", len(text), MaxSealedText)
	}
	aead, err := t.sealer()
	if err != nil {
		return "", err
	}
	padded := make([]byte, 1+MaxSealedText)
	padded[0] = byte(len(text)) //nolint:gosec // at most MaxSealedText
	copy(padded[1:], text)
	sealed := aead.Seal(nil, nil, padded, nil) //nolint:gosec // this AEAD makes its own nonce
	return base64.RawStdEncoding.EncodeToString(sealed), nil
}

// OpenText gives back what SealText hid under the same code.
func (t Ticket) OpenText(sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	aead, err := t.sealer()
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", errSealedText
	}
	padded, err := aead.Open(nil, nil, b, nil)
	if err != nil || len(padded) != 1+MaxSealedText || int(padded[0]) > MaxSealedText {
		return "", errSealedText
	}
	return string(padded[1 : 1+int(padded[0])]), nil
}

func (t Ticket) sealer() (cipher.AEAD, error) {
	if t.IsZero() {
		return nil, ErrTicketEmpty
	}
	key, err := hkdf.Key(sha256.New, t.bits(), []byte("tonarimachi"), "ticket sealed text v1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return newAEAD(key), nil
}
