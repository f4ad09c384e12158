package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"unicode"
)

// canonicalCode gives the characters of a code that people typed in any case, with spaces or dashes
// of any kind, in full-width characters, with O for 0 and I or L for 1. It is false for a character
// that stands in no code.
func canonicalCode(typed string) ([]byte, bool) {
	code := make([]byte, 0, codeChars)
	for _, r := range typed {
		r = halfWidth(r)
		switch {
		case separates(r):
			continue
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') || r == 'U' {
			return nil, false
		}
		code = append(code, byte(r))
	}
	return code, true
}

// halfWidth turns ０-９, Ａ-Ｚ, ａ-ｚ and －, as Japanese input methods give them, into ASCII.
func halfWidth(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - ('！' - '!')
	}
	return r
}

// separates reports spaces, hyphens and dashes, the long vowel mark ー that a
// Japanese keyboard gives for a dash, and the invisible marks of copied text.
func separates(r rune) bool {
	switch r {
	case '-', 'ー', 'ｰ', '−', '\u00ad', '\ufeff', '_':
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r >= '\u200b' && r <= '\u200f'
}

// Reveal gives the 26 canonical characters, "" for the zero Ticket. It is for the
// holder's eyes; keep it out of logs, addresses and tables.
func (t Ticket) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return crockford.EncodeToString(t.bits())
}

// Grouped gives the code as XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX, to be read by people.
func (t Ticket) Grouped() string {
	s := t.Reveal()
	if s == "" {
		return ""
	}
	return string(AppendGrouped(make([]byte, 0, codeChars+4), s))
}

// AppendGrouped appends a revealed code as Grouped writes it.
func AppendGrouped(b []byte, revealed string) []byte {
	for len(revealed) > 6 {
		b = append(append(b, revealed[:5]...), '-')
		revealed = revealed[5:]
	}
	return append(b, revealed...)
}

// IsZero reports whether t is no code.
func (t Ticket) IsZero() bool { return t.bits == nil }

// Equal compares two codes in constant time; no code equals nothing.
func (t Ticket) Equal(other Ticket) bool {
	return !t.IsZero() && !other.IsZero() && subtle.ConstantTimeCompare(t.bits(), other.bits()) == 1
}

// Calendar derives the token of the ticket's private calendar: another for each turn, and nothing
// that leads back to the code (HKDF-SHA256).
func (t Ticket) Calendar(turn int) (Calendar, error) {
	if t.IsZero() {
		return Calendar{}, ErrTicketEmpty
	}
	b, err := hkdf.Key(sha256.New, t.bits(), []byte("tonarimachi"), fmt.Sprint("ticket calendar v1 ", turn), codeBytes)
	if err != nil {
		return Calendar{}, fmt.Errorf("derive calendar token: %w", err)
	}
	return Calendar{Ticket{bits: hide(b)}}, nil
}

// DrawNumber derives the number under which the ticket takes part in a draw: 16 characters that are
// published, and that nothing leads back from (HKDF-SHA256). Whoever holds the code can find it on
// the list; nobody else can tell whose it is.
func (t Ticket) DrawNumber() (string, error) {
	if t.IsZero() {
		return "", ErrTicketEmpty
	}
	b, err := hkdf.Key(sha256.New, t.bits(), []byte("tonarimachi"), "ticket draw number v1", drawNumberBytes)
	if err != nil {
		return "", fmt.Errorf("derive draw number: %w", err)
	}
	return crockford.EncodeToString(b), nil
}

const drawNumberBytes = 10 // 80 bits: sixteen characters, none of them padding

// Calendar is the token in the address of one ticket's private calendar. It opens that calendar and
// nothing else, and hides itself as a Ticket does.
type Calendar struct{ token Ticket }

// ParseCalendar reads a token exactly as Reveal writes it; false for anything else.
func ParseCalendar(s string) (Calendar, bool) {
	t, err := ParseTicket(s)
	if err != nil || t.Reveal() != s {
		return Calendar{}, false
	}
	return Calendar{t}, true
}

// Reveal gives the 26 canonical characters, for the address alone.
func (c Calendar) Reveal() string { return c.token.Reveal() }

// String hides the token.
func (Calendar) String() string { return "[calendar token]" }

// Format hides the token from every fmt verb.
func (Calendar) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[calendar token]") }

// LogValue hides the token from slog.
func (Calendar) LogValue() slog.Value { return slog.StringValue("[calendar token]") }

// MarshalText hides the token from encoders.
func (Calendar) MarshalText() ([]byte, error) { return []byte("[calendar token]"), nil }

func (t Ticket) bytes() []byte {
	if t.IsZero() {
		return nil
	}
	return t.bits()
}

// String hides the code.
func (Ticket) String() string { return ticketPlaceholder }

// GoString hides the code.
func (Ticket) GoString() string { return ticketPlaceholder }

// Format hides the code from every fmt verb.
func (Ticket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ticketPlaceholder) }

// LogValue hides the code from slog.
func (Ticket) LogValue() slog.Value { return slog.StringValue(ticketPlaceholder) }

// MarshalText hides the code from encoders; answers to the holder use Reveal.
func (Ticket) MarshalText() ([]byte, error) { return []byte(ticketPlaceholder), nil }
