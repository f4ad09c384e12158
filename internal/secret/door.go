package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
)

// The purposes of the door.
const (
	PurposeDoor    Purpose = "door link mac v1"
	PurposeDayCode Purpose = "day code mac v1"
)

const (
	doorPlaceholder    = "[door token]"
	dayCodePlaceholder = "[day code]"
	dayCodeDigits      = 6
)

// Door is the token of a day link: it opens the door of one date and nothing else, and hides itself
// as a Ticket does. The zero Door is none.
type Door struct{ token Ticket }

// NewDoor draws a token from r, which must be cryptographically random.
func NewDoor(r io.Reader) (Door, error) {
	t, err := NewTicket(r)
	if err != nil {
		return Door{}, fmt.Errorf("make door token: %w", err)
	}
	return Door{t}, nil
}

// ParseDoor reads a token exactly as Reveal writes it; false for anything else.
func ParseDoor(s string) (Door, bool) {
	t, err := ParseTicket(s)
	if err != nil || t.Reveal() != s {
		return Door{}, false
	}
	return Door{t}, true
}

// Reveal gives the 26 canonical characters, for the link alone.
func (d Door) Reveal() string { return d.token.Reveal() }

// String hides the token.
func (Door) String() string { return doorPlaceholder }

// Format hides the token from every fmt verb.
func (Door) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, doorPlaceholder) }

// LogValue hides the token from slog.
func (Door) LogValue() slog.Value { return slog.StringValue(doorPlaceholder) }

// MarshalText hides the token from encoders.
func (Door) MarshalText() ([]byte, error) { return []byte(doorPlaceholder), nil }

// DayCode is the six digits that a holder says at the door (当日コード). The zero DayCode is none.
type DayCode struct{ digits func() []byte }

// DayCode derives the ticket's day code: another for each turn, and nothing that leads back to the
// participation code (HKDF-SHA256).
func (t Ticket) DayCode(turn int) (DayCode, error) {
	if t.IsZero() {
		return DayCode{}, ErrTicketEmpty
	}
	b, err := hkdf.Key(sha256.New, t.bits(), []byte("tonarimachi"), fmt.Sprint("ticket day code v1 ", turn), 8)
	if err != nil {
		return DayCode{}, fmt.Errorf("derive day code: %w", err)
	}
	return DayCode{hide(fmt.Appendf(nil, "%0*d", dayCodeDigits, binary.BigEndian.Uint64(b)%1_000_000))}, nil
}

// ParseDayCode reads six digits, of half or full width and with spaces or dashes between them;
// false for anything else.
func ParseDayCode(typed string) (DayCode, bool) {
	if len(typed) > maxTyped {
		return DayCode{}, false
	}
	digits := make([]byte, 0, dayCodeDigits)
	for _, r := range typed {
		r = halfWidth(r)
		switch {
		case separates(r):
			continue
		case r < '0' || r > '9' || len(digits) == dayCodeDigits:
			return DayCode{}, false
		}
		digits = append(digits, byte(r))
	}
	if len(digits) < dayCodeDigits {
		return DayCode{}, false
	}
	return DayCode{hide(digits)}, true
}

// Reveal gives the digits, for the holder's eyes; "" for the zero DayCode.
func (c DayCode) Reveal() string { return string(c.bytes()) }

func (c DayCode) bytes() []byte {
	if c.digits == nil {
		return nil
	}
	return c.digits()
}

// String hides the digits.
func (DayCode) String() string { return dayCodePlaceholder }

// Format hides the digits from every fmt verb.
func (DayCode) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, dayCodePlaceholder) }

// LogValue hides the digits from slog.
func (DayCode) LogValue() slog.Value { return slog.StringValue(dayCodePlaceholder) }

// MarshalText hides the digits from encoders.
func (DayCode) MarshalText() ([]byte, error) { return []byte(dayCodePlaceholder), nil }

// DoorMAC is what is stored of a day link's token: 32 bytes.
func (k *Keys) DoorMAC(d Door) []byte { return k.MAC(PurposeDoor, d.token.bytes()) }

// DoorMACs are the MACs under which a day link may be stored, one a key, newest first.
func (k *Keys) DoorMACs(d Door) [][]byte { return k.MACs(PurposeDoor, d.token.bytes()) }

// DayCodeMACs are the MACs under which a day code may be stored, one a key, the one to store first.
func (k *Keys) DayCodeMACs(c DayCode) [][]byte { return k.MACs(PurposeDayCode, c.bytes()) }
