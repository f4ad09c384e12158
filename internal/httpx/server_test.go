package httpx_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func fetch(t *testing.T, target string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, string(b)
}

// A stop signal lets the request under way finish.
func TestStopIsGraceful(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	entered, release := make(chan struct{}), make(chan struct{})
	b.e.GET("/api/slow", func(c echo.Context) error {
		close(entered)
		<-release
		return c.String(http.StatusOK, "whole")
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	addr := make(chan net.Addr, 1)
	done := make(chan error, 1)
	go func() {
		done <- httpx.Server{Handler: b.e, Grace: time.Minute, Ready: func(a net.Addr) { addr <- a }}.Run(
			ctx,
			"127.0.0.1:0",
		)
	}()
	base := "http://" + (<-addr).String()
	type answer struct {
		status int
		text   string
	}
	got := make(chan answer, 1)
	go func() {
		s, text := fetch(t, base+"/api/slow")
		got <- answer{s, text}
	}()
	<-entered
	stop()
	close(release)
	if a := <-got; a.status != 200 || a.text != "whole" {
		t.Errorf("got %+v", a)
	}
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestStopCutsOffAfterTheGrace(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	entered := make(chan struct{})
	b.e.GET("/api/stuck", func(c echo.Context) error {
		close(entered)
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	addr := make(chan net.Addr, 1)
	done := make(chan error, 1)
	go func() {
		done <- httpx.Server{Handler: b.e, Grace: time.Millisecond, Ready: func(a net.Addr) { addr <- a }}.Run(
			ctx,
			"127.0.0.1:0",
		)
	}()
	target := "http://" + (<-addr).String() + "/api/stuck"
	go func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
		if err != nil {
			return
		}
		if res, err := http.DefaultTransport.RoundTrip(r.WithContext(context.WithoutCancel(ctx))); err == nil {
			res.Body.Close()
		}
	}()
	<-entered
	stop()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "stop http") {
		t.Errorf("Run = %v", err)
	}
}

func TestRunTellsAnAddressInUse(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := httpx.Run(
		t.Context(),
		setup(t, nil).e,
		l.Addr().String(),
	); err == nil ||
		!strings.Contains(err.Error(), "listen on") {
		t.Errorf("Run = %v", err)
	}
}

// net/http writes lines of its own, with the client's address.
func TestServerNoticesHideAddresses(t *testing.T) {
	t.Parallel()
	logs := &logBuffer{}
	logger := slog.New(slog.NewJSONHandler(logs, nil))
	ctx, stop := context.WithCancel(t.Context())
	addr := make(chan net.Addr, 1)
	done := make(chan error, 1)
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("outside the middleware") })
	go func() {
		done <- httpx.Server{Handler: h, Logger: logger, Ready: func(a net.Addr) { addr <- a }}.Run(ctx, "127.0.0.1:0")
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+(<-addr).String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(r); err == nil {
		res.Body.Close()
		t.Error("the panic was answered")
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if log := logs.String(); !strings.Contains(log, "panic serving") || strings.Contains(log, "127.0.0.1") {
		t.Errorf("log: %s", log)
	}
}

func TestMetricsByRoute(t *testing.T) {
	t.Parallel()
	m := httpx.NewMetrics()
	b := setup(t, func(o *httpx.Options) { o.Metrics = m })
	b.e.GET("/events/:id", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for range 3 {
		b.get("/events/canary")
	}
	b.get("/canary")
	r := httptest.NewRequest(http.MethodGet, "/events/1", http.NoBody)
	r.Method = "CANARY"
	b.do(r)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	text := w.Body.String()
	for _, want := range []string{
		`tonarimachi_http_requests_total{method="GET",route="/events/:id",status="2xx"} 3`,
		`tonarimachi_http_requests_total{method="OTHER",route="/events/:id",status="4xx"} 1`,
		`tonarimachi_http_request_duration_seconds_count{method="GET",route="/events/:id"} 3`,
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(strings.ToLower(text), "canary") {
		t.Errorf("a path or method is in the metrics:\n%s", text)
	}
}

func TestMetricsListener(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := httpx.NewMetrics().Run(t.Context(), l.Addr().String(), nil); err == nil {
		t.Error("an address in use is not told")
	}
}
