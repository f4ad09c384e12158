package draw

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

// ErrUnknown refuses to show a draw: the part is not drawn by lot, or not listed.
var ErrUnknown = fault.NotFound("draw_unknown")

// State is where the draw of a part stands.
type State string

// The states of a draw. The list is fixed and the lots are drawn by the worker, within a minute or
// so of their moments.
const (
	Open    State = "open"     // the seed is promised; applications come in from OpensAt to ClosesAt
	Closing State = "closing"  // past ClosesAt, the list is being fixed
	Closed  State = "closed"   // the list is fixed and its digest told
	Done    State = "drawn"    // the seed is told
	NotHeld State = "not_held" // cancelled before it came to a draw: none takes place
)

// Outcome is what the draw gave an entry.
type Outcome string

// The outcomes; "" before the draw. A seat given back later is still one that was drawn.
const (
	OutcomeConfirmed Outcome = "confirmed"
	OutcomeWaiting   Outcome = "waiting"
	OutcomeNotDrawn  Outcome = "not_drawn"
	OutcomeWithdrawn Outcome = "withdrawn" // left after the list was fixed
)

// Draw is all that is published of the draw of a part.
type Draw struct {
	EventID, OccurrenceID, PartID uuid.UUID
	State                         State
	PutOff                        bool // the date was postponed: nothing happens until it has new times
	OpensAt                       *time.Time
	ClosesAt, DrawsAt             time.Time
	Commitment                    lottery.Digest
	// Once the list is fixed:
	FixedAt *time.Time
	Digest  *lottery.Digest
	Pools   []lottery.Pool
	List    string  // the text whose SHA-256 is Digest; "" once Erased
	Entries []Entry // by number, and once drawn in the order in which they were; none once Erased
	Erased  bool    // the list went with the tickets
	// Once drawn:
	DrawnAt *time.Time
	Seed    string // hexadecimal digits
}

// Entry is an application on the published list.
type Entry struct {
	Number  string
	Seats   int
	QuotaID uuid.UUID
	Outcome Outcome
}

// Claim is the draw as one that can be checked by drawing again; false when it was not drawn yet or
// its list was erased.
func (d *Draw) Claim() (lottery.Claim, bool) {
	c := lottery.Claim{Draw: d.PartID.String(), Commitment: d.Commitment.String(), List: d.List, Seed: d.Seed}
	if d.State != Done || d.Erased || d.Digest == nil {
		return c, false
	}
	c.Digest = d.Digest.String()
	for _, e := range d.Entries {
		o := lottery.Outcome{Number: e.Number, Withdrawn: e.Outcome == OutcomeWithdrawn}
		if e.Outcome == OutcomeConfirmed {
			o.Pool = e.QuotaID.String()
		}
		c.Outcomes = append(c.Outcomes, o)
	}
	return c, true
}
