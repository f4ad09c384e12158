package ticket

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// maxDayCodeTurns is how often digits that another ticket of the date has are drawn anew; with a
// thousand tickets one turn in a thousand collides.
const maxDayCodeTurns = 20

// DayCode gives the six digits that the holder of a confirmed ticket shows at the door, from the
// day before on; no two tickets of a date share them. They are derived from the secret, so the same
// ones come each time; the first call stores their MAC, and a changed secret or a cancelled seat
// ends them. ErrUnknown, ErrNotConfirmed, ErrDayCodeEarly, ErrOver.
func (s *Service) DayCode(ctx context.Context, code secret.Ticket) (secret.DayCode, error) {
	if code.IsZero() {
		return secret.DayCode{}, fmt.Errorf("give day code: %w", ErrUnknown)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		digits, err := s.dayCode(ctx, code, mac)
		if err != nil {
			return secret.DayCode{}, fmt.Errorf("give day code: %w", err)
		}
		if digits.Reveal() != "" {
			return digits, nil
		}
	}
	return secret.DayCode{}, fmt.Errorf("give day code: %w", ErrUnknown)
}

// dayCode gives no code when no ticket has this MAC.
func (s *Service) dayCode(ctx context.Context, code secret.Ticket, mac []byte) (secret.DayCode, error) {
	for turn := 1; turn <= maxDayCodeTurns; turn++ {
		digits, err := code.DayCode(turn)
		if err != nil {
			return secret.DayCode{}, err
		}
		o, now, err := s.store.dayCode(ctx, mac, turn, s.keys.DayCodeMACs(digits))
		switch {
		case err != nil:
			return secret.DayCode{}, err
		case o == set:
			return code.DayCode(now)
		case o == unknown:
			return secret.DayCode{}, nil
		case o != taken:
			return secret.DayCode{}, o.refuse(0)
		}
	}
	return secret.DayCode{}, ErrTooBusy
}
