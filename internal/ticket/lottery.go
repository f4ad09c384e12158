package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// applyLimit is how long an application may take after its caller has left.
const applyLimit = 10 * time.Second

// apply enters r into the draw of its part; ownSecret says that nobody but the answer knows the secret.
func (s *Service) apply(ctx context.Context, r Request, id uuid.UUID, mac []byte, ownSecret bool) (secret.Ticket, Ticket, error) {
	number, err := r.Secret.DrawNumber()
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	// Goes on when the caller leaves, so that it is known what became of it: an application that nobody can take back could win a seat.
	going, stop := context.WithTimeout(context.WithoutCancel(ctx), applyLimit)
	defer stop()
	outcome, most, t, err := s.store.apply(going, r, id, mac, number)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	switch outcome {
	case "applied":
		if gone := ctx.Err(); gone != nil && ownSecret {
			_, _, err := s.store.cancel(going, mac)
			return secret.Ticket{}, Ticket{}, errors.Join(postgres.Unavailable(gone), err)
		}
		s.counted(r, t)
		return r.Secret, t, nil
	case "duplicate":
		return s.again(ctx, r, t)
	case "too_many":
		return secret.Ticket{}, Ticket{}, ErrTooManySeats.With("max", most).Field("seats", "too_large", "max", most)
	case "too_large":
		return secret.Ticket{}, Ticket{}, ErrTooLarge.With("max", most).Field("seats", "too_large", "max", most)
	}
	if refusal, ok := refusals[outcome]; ok {
		return secret.Ticket{}, Ticket{}, refusal
	}
	return secret.Ticket{}, Ticket{}, fmt.Errorf("understand outcome %q", outcome)
}

// DrawState is where the draw of a part stands.
type DrawState string

// The states of a draw. The list is fixed and the lots are drawn by the worker, within a minute or so of their moments.
const (
	DrawOpen    DrawState = "open"     // the seed is promised; applications come in from OpensAt to ClosesAt
	DrawClosing DrawState = "closing"  // past ClosesAt, the list is being fixed
	DrawClosed  DrawState = "closed"   // the list is fixed and its digest told
	DrawDone    DrawState = "drawn"    // the seed is told
	DrawNotHeld DrawState = "not_held" // cancelled before it came to a draw: none takes place
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
	State                         DrawState
	PutOff                        bool // the date was postponed: nothing happens until it has new times
	OpensAt                       *time.Time
	ClosesAt, DrawsAt             time.Time
	Commitment                    lottery.Digest
	// Once the list is fixed:
	FixedAt *time.Time
	Digest  *lottery.Digest
	Pools   []lottery.Pool
	List    string      // the text whose SHA-256 is Digest; "" once Erased
	Entries []DrawEntry // by number, and once drawn in the order in which they were; none once Erased
	Erased  bool        // the list went with the tickets
	// Once drawn:
	DrawnAt *time.Time
	Seed    string // hexadecimal digits
}

// DrawEntry is an application on the published list.
type DrawEntry struct {
	Number  string
	Seats   int
	QuotaID uuid.UUID
	Outcome Outcome
}

// Claim is the draw as one that can be checked by drawing again; false when it was not drawn yet or its list was erased.
func (d *Draw) Claim() (lottery.Claim, bool) {
	c := lottery.Claim{Draw: d.PartID.String(), Commitment: d.Commitment.String(), List: d.List, Seed: d.Seed}
	if d.State != DrawDone || d.Erased || d.Digest == nil {
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

// Draw gives what is published of the draw of a part of a listed event; ErrDrawUnknown when there is none. The list is public from the moment it is
// fixed until the tickets of its date are erased.
func (s *Service) Draw(ctx context.Context, eventID, partID uuid.UUID) (Draw, error) {
	d, err := s.store.draw(ctx, eventID, partID)
	if err != nil {
		return Draw{}, fmt.Errorf("show draw: %w", err)
	}
	return d, nil
}

// lots is a list that is about to be drawn, with the ticket of each number.
type lots struct {
	list      lottery.List
	seed      lottery.Seed
	digest    lottery.Digest
	withdrawn map[string]bool
	tickets   map[string]uuid.UUID
}

// settle draws and gives the tickets that won and those that did not, each in the order in which they were drawn.
func (l *lots) settle() (winners, others []uuid.UUID, err error) {
	if err := l.list.Check(); err != nil {
		return nil, nil, err
	}
	if l.list.Digest() != l.digest {
		return nil, nil, errors.New("the list is not the one whose digest was published")
	}
	winners, others = []uuid.UUID{}, []uuid.UUID{}
	for _, d := range lottery.Draw(l.list, l.seed, l.withdrawn) {
		switch {
		case d.Withdrawn:
		case d.Pool != "":
			winners = append(winners, l.tickets[d.Number])
		default:
			others = append(others, l.tickets[d.Number])
		}
	}
	return winners, others, nil
}

// TaskDrawLots is the worker's task that fixes lists and draws lots.
const TaskDrawLots = "draw_lots"

// DrawLots fixes the lists of draws whose applications have closed and draws those that are due; it says how many steps were done. Each step is a
// transaction of its own: it happens once, whoever else does the same at the moment, and an interrupted one has not happened. One that fails keeps
// none of the others from theirs. For the worker.
func DrawLots(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	failed := map[uuid.UUID]error{}
	for {
		steps, err := dueSteps(ctx, db)
		if err != nil {
			return total, fmt.Errorf("find draws: %w", err)
		}
		done := 0
		for _, step := range steps {
			if failed[step.part] != nil {
				continue
			}
			did, err := step.do(ctx, db)
			if err != nil {
				failed[step.part] = fmt.Errorf("draw lots of part %s: %w", step.part, err)
				continue
			}
			if did {
				done++
			}
		}
		if total += done; done == 0 {
			break
		}
	}
	var all []error
	for _, err := range failed {
		all = append(all, err)
	}
	return total, errors.Join(all...)
}
