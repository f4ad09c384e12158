package postgres

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// In production a place is logged once, and the request goes on.
func TestSecondConnectionsAreLoggedOncePerPlace(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	guard := &tracer{role: RolePublic, log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, place := range []string{"internal/x.A:1", "internal/x.A:1", "internal/x.B:2", "internal/x.A:1"} {
		if !guard.found(t.Context(), Second{Held: RolePublic, Wanted: RolePublic, Place: place}, nil) {
			t.Error("refused")
		}
	}
	for place, want := range map[string]int{"place=internal/x.A:1": 1, "place=internal/x.B:2": 1, "level=ERROR": 2} {
		if n := strings.Count(log.String(), place); n != want {
			t.Errorf("%s is logged %d times, want %d:\n%s", place, n, want, log.String())
		}
	}
}

// What residents ask for has to be answered or refused within two seconds.
func TestConnectionsOfThePublicAreWaitedForBriefly(t *testing.T) {
	t.Parallel()
	for role, most := range map[Role]time.Duration{
		RolePublic:   2 * time.Second,
		RoleStaff:    5 * time.Second,
		RoleWorker:   10 * time.Second,
		RoleOperator: 10 * time.Second,
	} {
		if within := acquireWithin[role]; within <= 0 || within > most {
			t.Errorf("connections of %s are waited for %v", role, within)
		}
		if rank[role] == 0 {
			t.Errorf("%s has no place in the order", role)
		}
	}
}
