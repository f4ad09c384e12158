package httpx_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	var failure error
	e := httpx.New(httpx.Options{Messages: messages(t), Logger: slog.New(slog.DiscardHandler)})
	httpx.Health(e, slog.New(slog.DiscardHandler), func(context.Context) error { return failure })
	status := func(path string) int {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		return w.Code
	}
	if a, b := status("/healthz"), status("/readyz"); a != http.StatusOK || b != http.StatusOK {
		t.Errorf("got %d and %d", a, b)
	}
	failure = errors.New("no database")
	if a, b := status("/healthz"), status("/readyz"); a != http.StatusOK || b != http.StatusServiceUnavailable {
		t.Errorf("got %d and %d", a, b)
	}
}
