package ticket

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
	"github.com/tonarimachi/tonarimachi/internal/ticket/grant"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// Service takes, shows, cancels and rotates tickets. Safe for concurrent use.
type Service struct {
	store   store
	keys    *secret.Keys
	random  io.Reader
	tally   Tally // nil: answers are dropped
	ways    *wayCache
	granter *grant.Granter
	// confirm waits for the standbys; it comes before anybody hears of what an earlier transaction
	// did.
	confirm func(ctx context.Context) error
}

// New starts the service; Close ends it. random must be cryptographically random and safe for
// concurrent use, as crypto/rand's Reader is; a nil log is silence.
func New(db *postgres.DB, keys *secret.Keys, random io.Reader, log *slog.Logger) *Service {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	runner := query.NewRunner(db)
	rows := store{runner}
	return &Service{
		store:   rows,
		keys:    keys,
		random:  random,
		ways:    newWayCache(rows.readWay, rows.Timeout(wayReadLimit)),
		granter: grant.New(runner, log, rows.giveBack),
		confirm: db.Confirm,
	}
}

// CountAnswers says where answers go; without it they are dropped. Call it before the first Take.
func (s *Service) CountAnswers(t Tally) { s.tally = t }

// Close answers what waits and stops; call it after the callers have been stopped and before the
// database is closed. Take fails from then on.
func (s *Service) Close() { s.granter.Close() }

// KeepReady keeps connections prepared for a rush until ctx ends.
func (s *Service) KeepReady(ctx context.Context) { s.granter.KeepReady(ctx) }

// Look gives the ticket of a secret, with the joining link when it is open; ErrUnknown when there
// is none.
func (s *Service) Look(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("look at ticket: %w", ErrUnknown)
	}
	t, err := s.store.read(ctx, s.keys.TicketMACs(code))
	if err != nil {
		return Ticket{}, fmt.Errorf("look at ticket: %w", err)
	}
	return t.opened(code), nil
}

// Draw gives what is published of the draw of a part of a listed event; draw.ErrUnknown when there
// is none.
func (s *Service) Draw(ctx context.Context, eventID, partID uuid.UUID) (draw.Draw, error) {
	return draw.Find(ctx, s.store.Runner, eventID, partID)
}
