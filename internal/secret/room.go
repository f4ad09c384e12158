package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// PurposeRoom is for the free/busy calendars of rooms.
const PurposeRoom Purpose = "room calendar mac v1"

const roomPlaceholder = "[room calendar token]"

// RoomCalendar is the token of a room's free/busy calendar; it hides itself as a Ticket does. The
// zero RoomCalendar is none.
type RoomCalendar struct{ token Ticket }

// NewRoomCalendar draws a token from r, which must be cryptographically random.
func NewRoomCalendar(r io.Reader) (RoomCalendar, error) {
	t, err := NewTicket(r)
	if err != nil {
		return RoomCalendar{}, fmt.Errorf("make room calendar token: %w", err)
	}
	return RoomCalendar{t}, nil
}

// ParseRoomCalendar reads a token exactly as Reveal writes it; false for anything else.
func ParseRoomCalendar(s string) (RoomCalendar, bool) {
	t, err := ParseTicket(s)
	if err != nil || t.Reveal() != s {
		return RoomCalendar{}, false
	}
	return RoomCalendar{t}, true
}

// Reveal gives the 26 canonical characters, for the address alone.
func (c RoomCalendar) Reveal() string { return c.token.Reveal() }

// String hides the token.
func (RoomCalendar) String() string { return roomPlaceholder }

// Format hides the token from every fmt verb.
func (RoomCalendar) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, roomPlaceholder) }

// LogValue hides the token from slog.
func (RoomCalendar) LogValue() slog.Value { return slog.StringValue(roomPlaceholder) }

// MarshalText hides the token from encoders.
func (RoomCalendar) MarshalText() ([]byte, error) { return []byte(roomPlaceholder), nil }

// RoomCalendarMAC is what is stored of a room calendar's token: 32 bytes.
func (k *Keys) RoomCalendarMAC(c RoomCalendar) []byte { return k.MAC(PurposeRoom, c.token.bytes()) }

// RoomCalendarMACs are the MACs under which a room calendar may be stored, one a key, newest first.
func (k *Keys) RoomCalendarMACs(c RoomCalendar) [][]byte { return k.MACs(PurposeRoom, c.token.bytes()) }
