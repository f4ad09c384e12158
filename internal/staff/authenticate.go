package staff

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Authenticate recognises the member behind a token's text. Refusals: secret.ErrToken (no token at
// all), ErrTokenUnknown, ErrTokenExpired, ErrDisabled, organization.ErrClosed. What this process
// revokes is refused at once; what another revokes, after at most 5 s; an organization that was
// closed, after at most 10 s (the database refuses its writes at once).
func (s *Service) Authenticate(ctx context.Context, bearer string) (Session, error) {
	token, err := secret.ParseAPIToken(bearer)
	if err != nil {
		return Session{}, err
	}
	now := s.db.Clock().Now()
	macs := s.keys.TokenMACs(token)
	key := [32]byte(macs[0])
	if session, ok := s.known.get(key, now); ok {
		return session, nil
	}
	generation := s.known.generation()
	o, err := s.directory.BySlug(ctx, token.Slug())
	if fault.KindOf(err) == fault.KindNotFound {
		return Session{}, ErrTokenUnknown
	}
	if err != nil {
		return Session{}, fmt.Errorf("authenticate: %w", err)
	}
	var f foundToken
	err = s.db.ReadOrganization(ctx, o.ID, func(tx *postgres.Tx) (err error) {
		f, err = tokenByMAC(ctx, tx, macs)
		return err
	})
	switch {
	case err != nil:
		return Session{}, fmt.Errorf("authenticate: %w", err)
	case f.revoked:
		return Session{}, ErrTokenUnknown
	case !now.Before(f.expiresAt):
		return Session{}, ErrTokenExpired
	case o.Closed():
		return Session{}, organization.ErrClosed
	case f.member.Disabled:
		return Session{}, ErrDisabled
	}
	session := Session{Organization: o.Ref(), Member: f.member, TokenID: f.id}
	s.known.put(key, session, now, f.expiresAt, generation)
	return session, nil
}

type foundToken struct {
	id        uuid.UUID
	expiresAt time.Time
	revoked   bool
	member    Member
}

const (
	knownAge  = 5 * time.Second
	knownMost = 2048
)

// sessions remembers recognised tokens by MAC for a moment, so that a program's burst of calls
// reads the database once.
type sessions struct {
	mu      sync.Mutex
	byMAC   map[[32]byte]knownSession
	cleared uint64
}

type knownSession struct {
	session     Session
	from, until time.Time
}

func (c *sessions) get(key [32]byte, now time.Time) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.byMAC[key]
	if !ok || now.Before(k.from) || !now.Before(k.until) {
		return Session{}, false
	}
	return k.session, true
}

// generation is taken before the database is read; put drops what was read before a clear.
func (c *sessions) generation() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cleared
}

func (c *sessions) put(key [32]byte, session Session, now, expires time.Time, generation uint64) {
	until := now.Add(knownAge)
	if expires.Before(until) {
		until = expires
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cleared != generation {
		return
	}
	if c.byMAC == nil || len(c.byMAC) >= knownMost {
		c.byMAC = map[[32]byte]knownSession{}
	}
	c.byMAC[key] = knownSession{session: session, from: now, until: until}
}

// clear forgets everything; to be called after a committed revocation.
func (c *sessions) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cleared++
	c.byMAC = nil
}
