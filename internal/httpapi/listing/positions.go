package listing

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// A position in a list is a moment (or a counter) and an id. It is no secret, so it is signed and
// not sealed: the random nonce of secret.Sealer would give the same list another ETag each time.
// The signature covers the list's name and filters: a cursor is worth nothing elsewhere.

const purposePosition secret.Purpose = "list position mac v1"

const positionBytes = 8 + 16

// Positions seals and opens the cursors of lists.
type Positions struct {
	Keys *secret.Keys
}

// Seal writes a cursor for the list that bound names, with its filters.
func (p Positions) Seal(number uint64, id uuid.UUID, bound ...string) string {
	plain := append(binary.BigEndian.AppendUint64(nil, number), id[:]...)
	return base64.RawURLEncoding.EncodeToString(append(plain, p.Keys.MAC(purposePosition, signed(plain, bound))...))
}

// Open reads a cursor; it fails with secret.ErrCursor for every text that seal did not give for the
// same list.
func (p Positions) Open(cursor string, bound ...string) (uint64, uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) != positionBytes+sha256.Size {
		return 0, uuid.Nil, secret.ErrCursor
	}
	plain, sum := raw[:positionBytes:positionBytes], raw[positionBytes:]
	if !p.Keys.Verify(purposePosition, signed(plain, bound), sum) {
		return 0, uuid.Nil, secret.ErrCursor
	}
	return binary.BigEndian.Uint64(plain), uuid.UUID(plain[8:]), nil
}

// signed writes lengths before values, so that ("ab","c") differs from ("a","bc").
func signed(plain []byte, bound []string) []byte {
	message := append([]byte(nil), plain...)
	for _, s := range bound {
		message = append(binary.AppendUvarint(message, uint64(len(s))), s...)
	}
	return message
}

// MomentNumber counts microseconds, which are what the database keeps.
func MomentNumber(t time.Time) uint64 { return uint64(t.UnixMicro()) } // NumberMoment turns it back, sign and all

// NumberMoment turns a number of MomentNumber back.
func NumberMoment(n uint64) time.Time { return time.UnixMicro(int64(n)).UTC() } //nolint:gosec // see MomentNumber

// After reads the cursor of a list whose place is an id.
func (p Positions) After(cursor *string, id *uuid.UUID, bound []string) error {
	if cursor == nil {
		return nil
	}
	_, place, err := p.Open(*cursor, bound...)
	*id = place
	return err
}

// Next seals the cursor of a list whose place is an id; nil after the last page.
func (p Positions) Next(id uuid.UUID, bound []string) *string {
	if id == uuid.Nil {
		return nil
	}
	next := p.Seal(0, id, bound...)
	return &next
}
