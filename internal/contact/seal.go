package contact

import (
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// The suite (RFC 9180 section 7, with the hybrid KEM of draft-ietf-hpke-pq): backups are kept for
// long, so a quantum computer must not open them later either.
var (
	kem  = hpke.MLKEM768X25519()
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()
)

const (
	// paddedBytes is the one size of what is sealed, so that its length says neither mail nor push,
	// nor how long an address is.
	paddedBytes = 1024
	// SealedBytes is the size of what is stored: the key exchange, the padded text and a tag.
	SealedBytes = 1120 + paddedBytes + 16
	headBytes   = 4 // version, kind, length
	version     = 1
	kindMail    = 1
	kindPush    = 2
)

// binding ties what is sealed to the date's key and to the ticket: moved to another row, it does
// not open.
func binding(key, ticket uuid.UUID) []byte {
	info := []byte("tonarimachi contact v1\x00")
	info = append(info, key[:]...)
	return append(info, ticket[:]...)
}

// Seal seals a contact for the key of a date whose public half is given.
func Seal(public []byte, key, ticket uuid.UUID, c Contact) ([]byte, error) {
	plain, err := pad(c)
	if err != nil {
		return nil, fmt.Errorf("seal contact: %w", err)
	}
	defer clear(plain)
	pk, err := kem.NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("seal contact: read public key: %w", err)
	}
	sealed, err := hpke.Seal(pk, kdf, aead, binding(key, ticket), plain)
	if err != nil {
		return nil, fmt.Errorf("seal contact: %w", err)
	}
	return sealed, nil
}

// open gives back what was sealed; ErrSealed for anything else.
func open(private hpke.PrivateKey, key, ticket uuid.UUID, sealed []byte) (Contact, error) {
	if len(sealed) != SealedBytes {
		return Contact{}, ErrSealed
	}
	plain, err := hpke.Open(private, kdf, aead, binding(key, ticket), sealed)
	if err != nil {
		return Contact{}, ErrSealed
	}
	defer clear(plain)
	return unpad(plain)
}

func pad(c Contact) ([]byte, error) {
	var kind byte
	var data []byte
	if p, ok := c.Push(); ok {
		kind = kindPush
		data = append(append(append(data, p.Auth...), p.P256dh...), p.Endpoint...)
	} else if m := c.Mail(); m != "" {
		kind, data = kindMail, []byte(m)
	}
	if kind == 0 || len(data) > paddedBytes-headBytes {
		return nil, errors.New("it is empty or does not fit")
	}
	plain := make([]byte, paddedBytes)
	plain[0], plain[1] = version, kind
	binary.BigEndian.PutUint16(plain[2:], uint16(len(data))) //nolint:gosec // at most 1020, see above
	copy(plain[headBytes:], data)
	return plain, nil
}

func unpad(plain []byte) (Contact, error) {
	if len(plain) != paddedBytes || plain[0] != version {
		return Contact{}, ErrSealed
	}
	n := int(binary.BigEndian.Uint16(plain[2:]))
	if n > paddedBytes-headBytes {
		return Contact{}, ErrSealed
	}
	data := append([]byte(nil), plain[headBytes:headBytes+n]...)
	switch {
	case plain[1] == kindMail:
		address := string(data)
		return Contact{mail: func() string { return address }}, nil
	case plain[1] == kindPush && n > authBytes+pointBytes:
		p := Push{
			Auth:     data[:authBytes],
			P256dh:   data[authBytes : authBytes+pointBytes],
			Endpoint: string(data[authBytes+pointBytes:]),
		}
		return Contact{push: func() Push { return p }}, nil
	}
	return Contact{}, ErrSealed
}
