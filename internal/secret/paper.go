package secret

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// PurposePaper is for codes on paper.
const PurposePaper Purpose = "paper code mac v1"

// ErrPaper is a code that was not typed as it is printed; field paper_code.
var ErrPaper = fault.Invalid("paper_code_mistyped").Field("paper_code", "invalid")

const (
	paperPlaceholder = "[paper code]"
	paperChars       = 12 // 60 bits: short enough to type, too many to guess while a few thousand are out
	paperGroup       = 4
	crockfordChars   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Paper is a printed code that is good for one ticket (紙の番号). It hides itself as a Ticket does. The
// zero Paper is none.
type Paper struct{ code func() []byte }

// NewPaper draws a code from r, which must be cryptographically random.
func NewPaper(r io.Reader) (Paper, error) {
	code := make([]byte, paperChars)
	if _, err := io.ReadFull(r, code); err != nil {
		return Paper{}, fmt.Errorf("make paper code: %w", err)
	}
	if uniform(code) {
		return Paper{}, fmt.Errorf("make paper code: the source is broken")
	}
	for i, b := range code {
		code[i] = crockfordChars[b%32] // 256 is a multiple of 32
	}
	return Paper{hide(code)}, nil
}

// ParsePaper reads a code as people type it, as ParseTicket does. ErrPaper.
func ParsePaper(typed string) (Paper, error) {
	if len(typed) > maxTyped {
		return Paper{}, ErrPaper
	}
	code, ok := canonicalCode(typed)
	if !ok || len(code) != paperChars {
		return Paper{}, ErrPaper
	}
	return Paper{hide(code)}, nil
}

// Reveal gives the code as it is printed, XXXX-XXXX-XXXX; "" for the zero Paper.
func (p Paper) Reveal() string {
	if p.code == nil {
		return ""
	}
	c := string(p.code())
	return c[:paperGroup] + "-" + c[paperGroup:2*paperGroup] + "-" + c[2*paperGroup:]
}

func (p Paper) bytes() []byte {
	if p.code == nil {
		return nil
	}
	return p.code()
}

// String hides the code.
func (Paper) String() string { return paperPlaceholder }

// Format hides the code from every fmt verb.
func (Paper) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, paperPlaceholder) }

// LogValue hides the code from slog.
func (Paper) LogValue() slog.Value { return slog.StringValue(paperPlaceholder) }

// MarshalText hides the code from encoders.
func (Paper) MarshalText() ([]byte, error) { return []byte(paperPlaceholder), nil }

// PaperMAC is what is stored of a printed code: 32 bytes.
func (k *Keys) PaperMAC(p Paper) []byte { return k.MAC(PurposePaper, p.bytes()) }

// PaperMACs are the MACs under which a printed code may be stored, one a key, newest first.
func (k *Keys) PaperMACs(p Paper) [][]byte { return k.MACs(PurposePaper, p.bytes()) }
