package staff

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestSessionsForgetWhatWasReadBeforeAClear(t *testing.T) {
	t.Parallel()
	var c sessions
	now := time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC)
	key, session := [32]byte{1}, Session{TokenID: uuid.New()}
	before := c.generation()
	c.clear() // a revocation commits while the token is being looked up
	c.put(key, session, now, now.Add(time.Hour), before)
	if _, ok := c.get(key, now); ok {
		t.Error("a revoked token was remembered")
	}
	c.put(key, session, now, now.Add(time.Hour), c.generation())
	if got, ok := c.get(key, now); !ok || got.TokenID != session.TokenID {
		t.Error("nothing is remembered: the test looked at nothing")
	}
}

func TestSessionsEndAndAreBounded(t *testing.T) {
	t.Parallel()
	var c sessions
	now := time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC)
	c.put([32]byte{1}, Session{}, now, now.Add(time.Second), 0)
	c.put([32]byte{2}, Session{}, now, now.Add(time.Hour), 0)
	for _, tt := range []struct {
		key  byte
		at   time.Duration
		want bool
	}{{1, 0, true}, {1, time.Second, false}, {2, knownAge - 1, true}, {2, knownAge, false}, {2, -1, false},
		{3, 0, false}} {
		if _, ok := c.get([32]byte{tt.key}, now.Add(tt.at)); ok != tt.want {
			t.Errorf("token %d after %v: %v, want %v", tt.key, tt.at, ok, tt.want)
		}
	}
	for i := range 3 * knownMost {
		c.put([32]byte{byte(i), byte(i >> 8), 9}, Session{}, now, now.Add(time.Hour), 0)
		if len(c.byMAC) > knownMost {
			t.Fatalf("%d are remembered, want %d at most", len(c.byMAC), knownMost)
		}
	}
}
