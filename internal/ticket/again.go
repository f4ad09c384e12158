package ticket

import (
	"context"
	"fmt"
)

// Again gives the ticket that r's secret has already, as Take would give it, and takes nothing: ErrUnknown when it has none, ErrPayloadDiffers when its ticket is for
// something else, ErrNickname.
func (s *Service) Again(ctx context.Context, r Request) (Ticket, error) {
	nickname, err := CleanNickname(r.Nickname)
	if err != nil {
		return Ticket{}, fmt.Errorf("take ticket again: %w", err)
	}
	r.Nickname = nickname
	t, err := s.Look(ctx, r.Secret)
	if err != nil {
		return Ticket{}, err
	}
	if _, t, err = s.again(ctx, r, t); err != nil {
		return Ticket{}, fmt.Errorf("take ticket again: %w", err)
	}
	return t, nil
}
