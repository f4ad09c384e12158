package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// [S24] A client that leaves makes its request fail in many ways. None of them is an error of ours:
// neither in the log nor in the metrics. A panic stays one.
func TestWhoLeftIsNoError(t *testing.T) {
	t.Parallel()
	metrics := httpx.NewMetrics()
	b := setup(t, func(o *httpx.Options) { o.Metrics = metrics })
	begun := make(chan struct{})
	for path, fails := range map[string]func(ctx context.Context) error{
		"cancelled": context.Cause,
		"unavailable": func(ctx context.Context) error {
			return fault.Unavailable(
				"database_unavailable",
			).Because(ctx.Err())
		},
		"connection": func(context.Context) error { return errors.New("conn closed") },
		"panic":      func(context.Context) error { panic("boom") },
	} {
		b.e.GET("/"+path, func(c echo.Context) error {
			begun <- struct{}{}
			<-c.Request().Context().Done()
			return fails(c.Request().Context())
		})
	}
	b.e.GET("/half", func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		begun <- struct{}{}
		<-c.Request().Context().Done()
		return errors.New("write: broken pipe")
	})
	server := httptest.NewServer(b.e)
	defer server.Close()
	for n, path := range []string{"cancelled", "unavailable", "connection", "half", "panic"} {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if answer, err := http.DefaultClient.Do(r); err == nil {
				_ = answer.Body.Close()
			}
		}()
		<-begun
		leave()
		<-done
		for strings.Count(b.logs.String(), `"msg":"request"`) <= n {
			<-b.logs.wrote
		}
	}
	log := b.logs.String()
	if strings.Count(log, `"level":"ERROR"`) != 1 || !strings.Contains(log, "panic: boom") {
		t.Errorf("errors:\n%s", log)
	}
	if n := strings.Count(log, `"status":499`); n != 3 {
		t.Errorf("%d lines of clients who left:\n%s", n, log)
	}
	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for path, want := range map[string]string{
		"cancelled":   "4xx",
		"unavailable": "4xx",
		"connection":  "4xx",
		"half":        "2xx",
		"panic":       "5xx",
	} {
		if line := fmt.Sprintf(
			`{method="GET",route="/%s",status="%s"} 1`,
			path,
			want,
		); !strings.Contains(
			w.Body.String(),
			line,
		) {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

// [O11] A failed request writes one line, which names its code; its access line is for those who
// debug.
func TestFailuresWriteOneLine(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/away", func(echo.Context) error { return fault.Unavailable("database_unavailable") })
	b.e.GET("/api/boom", func(echo.Context) error { return errors.New("boom") })
	for path, code := range map[string]string{"/api/away": "database_unavailable", "/api/boom": "internal"} {
		before := len(b.logs.String())
		b.get(path)
		log := b.logs.String()[before:]
		if strings.Count(log, "\n") != 2 || !strings.Contains(log, `"level":"DEBUG","msg":"request"`) ||
			!strings.Contains(log, `"code":"`+code+`"`) {
			t.Errorf("%s: %s", path, log)
		}
	}
}
