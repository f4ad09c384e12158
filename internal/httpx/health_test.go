package httpx_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// [O9] A replica that serves kept calendars while the database is away is not one for a balancer to
// drop.
func TestHealth(t *testing.T) {
	t.Parallel()
	var failure error
	kept, stopping := false, false
	e := httpx.New(httpx.Options{Messages: messages(t), Logger: slog.New(slog.DiscardHandler)})
	httpx.Health(e, slog.New(slog.DiscardHandler), httpx.Readiness{
		Database: func(context.Context) error { return failure },
		Kept:     func(time.Duration) bool { return kept },
		Stopping: func() bool { return stopping },
	})
	check := func(ready int, body httpx.Ready) {
		t.Helper()
		for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": ready} {
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d, Cache-Control %q", path, w.Code, w.Header().Get("Cache-Control"))
			}
			if path == "/healthz" {
				continue
			}
			var got httpx.Ready
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got != body {
				t.Errorf("%+v %v, want %+v", got, err, body)
			}
		}
	}
	check(http.StatusOK, httpx.Ready{Status: "ready", Database: "up", Feeds: "fresh"})
	failure = errors.New("no database")
	check(http.StatusServiceUnavailable, httpx.Ready{Status: "unready", Database: "away", Feeds: "none"})
	kept = true
	check(http.StatusOK, httpx.Ready{Status: "degraded", Database: "away", Feeds: "kept"})
	stopping = true
	check(http.StatusServiceUnavailable, httpx.Ready{Status: "stopping", Database: "unknown", Feeds: "none"})
	failure, stopping = nil, false
	check(http.StatusOK, httpx.Ready{Status: "ready", Database: "up", Feeds: "fresh"})
}
