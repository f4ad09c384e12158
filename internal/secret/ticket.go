package secret

import (
	"fmt"
	"io"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What can be wrong with a typed participation code. All are fault.Invalid.
var (
	ErrTicketEmpty     = fault.Invalid("ticket_code_empty")
	ErrTicketLength    = fault.Invalid("ticket_code_length") // params: length, want
	ErrTicketCharacter = fault.Invalid("ticket_code_character")
	ErrTicketMistyped  = fault.Invalid("ticket_code_mistyped") // no code looks like this
)

const ticketPlaceholder = "[ticket secret]"

// maxTyped bounds what ParseTicket looks at; a code with generous spacing is far shorter.
const maxTyped = 400

// Ticket is the participation code (参加コード) that alone stands for a ticket: 128
// random bits. The zero Ticket is no code. It can't be compared with ==; use Equal.
type Ticket struct {
	// Behind a function, because fmt prints the unexported fields of an
	// enclosing struct without asking their methods, and follows pointers
	// when the verb does not fit: it would print the bits.
	bits func() []byte
}

// NewTicket draws a code from r, which must be cryptographically random.
func NewTicket(r io.Reader) (Ticket, error) {
	b, err := random(r)
	if err != nil {
		return Ticket{}, fmt.Errorf("make ticket secret: %w", err)
	}
	return Ticket{bits: hide(b)}, nil
}

// ParseTicket reads a code as people write it: in any case, with spaces or
// dashes of any kind, in full-width characters, with O for 0 and I or L for 1.
// Its errors are ErrTicketEmpty, ErrTicketLength, ErrTicketCharacter and
// ErrTicketMistyped; none holds what was typed.
func ParseTicket(typed string) (Ticket, error) {
	if len(typed) > maxTyped {
		return Ticket{}, ErrTicketLength.With("length", len(typed), "want", codeChars)
	}
	canonical, ok := canonicalCode(typed)
	if !ok {
		return Ticket{}, ErrTicketCharacter
	}
	switch len(canonical) {
	case codeChars:
	case 0:
		return Ticket{}, ErrTicketEmpty
	default:
		return Ticket{}, ErrTicketLength.With("length", len(canonical), "want", codeChars)
	}
	b, err := decode(string(canonical))
	if err != nil || uniform(b) {
		return Ticket{}, ErrTicketMistyped
	}
	return Ticket{bits: hide(b)}, nil
}
