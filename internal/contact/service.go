package contact

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Service keeps and forgets contacts for the holders of tickets. It can seal and never open. Safe
// for concurrent use.
type Service struct {
	db       *postgres.DB
	keys     *secret.Keys
	resolver Resolver
}

// NewService makes the service; keys are those of the participation codes.
func NewService(db *postgres.DB, keys *secret.Keys, resolver Resolver) *Service {
	return &Service{db: db, keys: keys, resolver: resolver}
}

// Ways says how holders of an event's tickets can be reached.
type Ways struct {
	Mail bool
	// PushKey is what a browser needs to subscribe (applicationServerKey, base64url); "" when
	// nothing here can push.
	PushKey string
	// Dates are those that have a key: for others nothing can be kept (yet).
	Dates map[uuid.UUID]bool
}

// For reports whether something can be kept for a date.
func (w Ways) For(date uuid.UUID) bool { return w.Dates[date] && (w.Mail || w.PushKey != "") }

// Ways gives the ways of an event; none for one that is not listed.
func (s *Service) Ways(ctx context.Context, event uuid.UUID) (Ways, error) {
	var w Ways
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		mail, push, err := readWays(ctx, tx)
		if err != nil {
			return err
		}
		w = Ways{Mail: mail, PushKey: base64.RawURLEncoding.EncodeToString(push)}
		w.Dates, err = readDates(ctx, tx, event)
		return err
	})
	if err != nil {
		return Ways{}, fmt.Errorf("read ways of contact: %w", err)
	}
	return w, nil
}

// Check refuses what could never be kept: ErrOneWay, and ErrEndpoint for a push endpoint that leads
// to no public address.
func (s *Service) Check(ctx context.Context, c Contact) error {
	if c.IsZero() {
		return ErrOneWay
	}
	if p, ok := c.Push(); ok && !reachable(ctx, s.resolver, p.Endpoint) {
		return ErrEndpoint.Field("contact.push", "push_invalid")
	}
	return nil
}

// Put keeps the contact for the ticket of a code, in place of an earlier one. It fails with what
// Check refuses, ticket.ErrUnknown, ErrOver, and ErrNotYet when the date has no key or nothing here
// can send.
func (s *Service) Put(ctx context.Context, code secret.Ticket, c Contact) error {
	if err := s.Check(ctx, c); err != nil {
		return err
	}
	if code.IsZero() {
		return ticket.ErrUnknown
	}
	for _, mac := range s.keys.TicketMACs(code) {
		outcome, err := s.put(ctx, mac, c)
		if err != nil {
			return fmt.Errorf("keep contact: %w", err)
		}
		switch outcome {
		case "kept":
			return nil
		case "over":
			return ErrOver
		case "no_key":
			return ErrNotYet
		}
	}
	return ticket.ErrUnknown
}

func (s *Service) put(ctx context.Context, mac []byte, c Contact) (outcome string, err error) {
	err = s.db.InTicket(ctx, mac, func(tx *postgres.Tx) error {
		mail, push, err := readWays(ctx, tx)
		if err != nil {
			return err
		}
		to, err := readAddressee(ctx, tx, mac)
		switch {
		case err != nil:
			return err
		case to.ticket == uuid.Nil:
			outcome = "unknown"
			return nil
		case !to.active:
			outcome = "over"
			return nil
		case to.public == nil, c.Mail() != "" && !mail, c.Mail() == "" && push == nil:
			outcome = "no_key"
			return nil
		}
		sealed, err := Seal(to.public, to.key, to.ticket, c)
		if err != nil {
			return err
		}
		outcome, err = putSealed(ctx, tx, mac, to.key, sealed)
		return err
	})
	return outcome, err
}

// Remove forgets the contact of the ticket of a code, and what was to be told; nothing to forget is
// no error. ticket.ErrUnknown.
func (s *Service) Remove(ctx context.Context, code secret.Ticket) error {
	if code.IsZero() {
		return ticket.ErrUnknown
	}
	for _, mac := range s.keys.TicketMACs(code) {
		var outcome string
		err := s.db.InTicket(ctx, mac, func(tx *postgres.Tx) (err error) {
			outcome, err = removeSealed(ctx, tx, mac)
			return err
		})
		if err != nil {
			return fmt.Errorf("forget contact: %w", err)
		}
		if outcome != "unknown" {
			return nil
		}
	}
	return ticket.ErrUnknown
}
