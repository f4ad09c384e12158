package httpx_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/web"
)

func messages(t testing.TB) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// logBuffer is safe for the handlers of a real server.
type logBuffer struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	wrote chan struct{} // a line, for who waits for one
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type bundle struct {
	e    *echo.Echo
	logs *logBuffer
}

func setup(t testing.TB, change func(*httpx.Options)) bundle {
	t.Helper()
	logs := &logBuffer{wrote: make(chan struct{}, 1)}
	o := httpx.Options{
		Messages: messages(t),
		Logger:   slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	return bundle{e: httpx.New(o), logs: logs}
}

func (b bundle) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.e.ServeHTTP(w, r)
	return w
}

func (b bundle) get(target string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) httpx.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != httpx.ProblemType {
		t.Errorf("Content-Type = %q", got)
	}
	var p httpx.Problem
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("no problem: %v", err)
	}
	if p.Status != w.Code || p.Type != "/problems/"+p.Code || p.Title == "" || p.Detail == "" {
		t.Errorf("incomplete problem: %+v (HTTP %d)", p, w.Code)
	}
	return p
}

func readAll(c echo.Context) error {
	b, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, http.StatusText(len(b)))
}
