package admission

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// PurposeChallenge signs challenges.
const PurposeChallenge secret.Purpose = "challenge mac v1"

const (
	// Puzzles is how many numbers a solution has: many small ones take about as long for everybody,
	// and progress can be shown.
	Puzzles = 16
	// baseBits is the difficulty of level 0: half a second on a telephone, 131,072 hashes on the
	// average.
	baseBits = 13
	maxLevel = 5
	baseWait = 10 * time.Second // of level 0; it doubles with each level as the work does
	// validFor is how long a challenge can be met once it could be.
	validFor = 10 * time.Minute
	// skew is how far ahead another process's clock may be.
	skew = time.Minute

	idBytes   = 16
	bodyBytes = 1 + 16 + 3*8 + 1 + idBytes
	macBytes  = sha256.Size
	version   = 1
	// MaxProof bounds what Admit looks at, in bytes.
	MaxProof = 600
)

// Challenge is what somebody has to do for a ticket. The token says it all, signed; the rest is for
// reading.
type Challenge struct {
	Token string `json:"token"`
	// Bits and Puzzles: for each i from 0 to Puzzles-1 find a number n below 2^32 such that
	// SHA-256(SHA-256(token) ‖ i as one byte ‖ n as four bytes, big endian) begins with Bits zero
	// bits. The proof is token~n0.n1.….
	Bits    int `json:"bits"`
	Puzzles int `json:"puzzles"`
	// WorkAfter is when solved work is accepted, WaitUntil when the token alone is.
	WorkAfter time.Time `json:"work_after"`
	WaitUntil time.Time `json:"wait_until"`
	ExpiresAt time.Time `json:"expires_at"`
}

type claims struct {
	event                                   uuid.UUID
	issuedAt, workAfter, waitUntil, expires time.Time
	bits                                    int
	id                                      [idBytes]byte
}

// challenge of a level; notBefore is when the share's window has room, the zero time when it has
// now.
func (s *Service) challenge(event uuid.UUID, level int, now, notBefore time.Time) (Challenge, error) {
	level = max(0, min(level, maxLevel))
	now = now.Truncate(time.Second)
	c := claims{
		event:     event,
		issuedAt:  now,
		workAfter: now,
		waitUntil: now.Add(baseWait << level),
		bits:      baseBits + level,
	}
	if notBefore.After(now) {
		c.workAfter = ceil(notBefore)
		if c.waitUntil.Before(c.workAfter) {
			c.waitUntil = c.workAfter
		}
	}
	if _, err := io.ReadFull(s.random, c.id[:]); err != nil {
		return Challenge{}, fmt.Errorf("draw challenge: %w", err)
	}
	body := make([]byte, 0, bodyBytes+macBytes)
	body = append(body, version)
	body = append(body, c.event[:]...)
	for _, t := range []time.Time{c.issuedAt, c.workAfter, c.waitUntil} {
		body = binary.BigEndian.AppendUint64(body, uint64(t.Unix())) //nolint:gosec // after 1970
	}
	body = append(body, byte(c.bits)) //nolint:gosec // at most 18
	body = append(body, c.id[:]...)
	body = append(body, s.keys.MAC(PurposeChallenge, body)...)
	return Challenge{
		Token:   base64.RawURLEncoding.EncodeToString(body),
		Bits:    c.bits,
		Puzzles: Puzzles,
		WorkAfter: c.workAfter.In(
			clock.Tokyo,
		),
		WaitUntil: c.waitUntil.In(clock.Tokyo),
		ExpiresAt: c.waitUntil.Add(validFor).In(clock.Tokyo),
	}, nil
}

func ceil(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}

// open reads a token of ours; false for anything else.
func (s *Service) open(token string) (claims, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != bodyBytes+macBytes || raw[0] != version ||
		!s.keys.Verify(PurposeChallenge, raw[:bodyBytes], raw[bodyBytes:]) {
		return claims{}, false
	}
	var c claims
	rest := raw[1:]
	copy(c.event[:], rest)
	rest = rest[16:]
	for _, t := range []*time.Time{&c.issuedAt, &c.workAfter, &c.waitUntil} {
		*t = time.Unix(int64(binary.BigEndian.Uint64(rest)), 0) //nolint:gosec // we wrote it
		rest = rest[8:]
	}
	c.bits = int(rest[0])
	copy(c.id[:], rest[1:])
	c.expires = c.waitUntil.Add(validFor)
	return c, true
}

// check holds a proof against the event and the moment. The error has no challenge yet.
func (s *Service) check(proof string, event uuid.UUID, now time.Time) (claims, error) {
	if len(proof) > MaxProof {
		return claims{}, ErrChallenge.Field("proof", "too_long", "max", MaxProof)
	}
	token, numbers, worked := strings.Cut(proof, "~")
	c, ok := s.open(token)
	if !ok || c.event != event {
		return claims{}, ErrChallenge.Field("proof", "invalid")
	}
	if c.issuedAt.After(now.Add(skew)) || !now.Before(c.expires) {
		return claims{}, ErrExpired
	}
	after := c.waitUntil
	if worked {
		if !solves(token, numbers, c.bits) {
			return claims{}, ErrWork.Field("proof", "invalid")
		}
		after = c.workAfter
	}
	if now.Before(after) {
		return claims{}, ErrEarly.With("seconds", int(ceil(after).Sub(now.Truncate(time.Second))/time.Second))
	}
	return c, nil
}

func solves(token, numbers string, wanted int) bool {
	seed := sha256.Sum256([]byte(token))
	for i := range Puzzles {
		var text string
		var more bool
		text, numbers, more = strings.Cut(numbers, ".")
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || more == (i == Puzzles-1) || strconv.FormatUint(n, 10) != text {
			return false
		}
		if leadingZeros(seed, i, uint32(n)) < wanted {
			return false
		}
	}
	return true
}

// zeros counts the leading zero bits of one try.
func leadingZeros(seed [sha256.Size]byte, puzzle int, n uint32) int {
	var try [sha256.Size + 5]byte
	copy(try[:], seed[:])
	try[sha256.Size] = byte(puzzle) //nolint:gosec // below Puzzles
	binary.BigEndian.PutUint32(try[sha256.Size+1:], n)
	sum := sha256.Sum256(try[:])
	if lead := bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])); lead < 64 {
		return lead
	}
	return 64
}

// Solve does the work, as a browser does; for programs in Go and for tests. tries is how many
// hashes it took.
func Solve(token string, wanted int) (proof string, tries int) {
	seed := sha256.Sum256([]byte(token))
	numbers := make([]string, Puzzles)
	for i := range numbers {
		for n := uint32(0); ; n++ {
			tries++
			if leadingZeros(seed, i, n) >= wanted {
				numbers[i] = strconv.FormatUint(uint64(n), 10)
				break
			}
		}
	}
	return token + "~" + strings.Join(numbers, "."), tries
}
