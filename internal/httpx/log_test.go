package httpx_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

var netDeadlinePast = time.Unix(1, 0)

// Nothing about a person may reach the log, even when errors quote it.
func TestNothingAboutPersonsInTheLog(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	quote := func(c echo.Context) error {
		r := c.Request()
		return fmt.Errorf(
			"quote %q %s %s %s %s %v %s %s %s: %w",
			r.RequestURI,
			r.URL,
			c.Param("id"),
			c.QueryParam("q"),
			r.RemoteAddr,
			r.Header,
			r.Header.Get("Authorization"),
			r.UserAgent(),
			c.RealIP(),
			&net.OpError{
				Op:     "write",
				Net:    "tcp",
				Source: tcp("127.0.0.1:80"),
				Addr:   tcp("203.0.113.77:4711"),
				Err:    errors.New("reset by 203.0.113.77"),
			},
		)
	}
	b.e.POST("/api/fail/:id", quote)
	b.e.POST("/api/panic/:id", func(c echo.Context) error { panic(quote(c)) })
	b.e.POST("/api/fault/:id", func(c echo.Context) error { return fault.Unavailable("unavailable").Because(quote(c)) })
	b.e.POST("/api/refuse/:id", func(c echo.Context) error { return fault.NotFound("link_invalid").Because(quote(c)) })
	b.e.POST("/api/fine/:id", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for _, route := range []string{"fail", "panic", "fault", "refuse", "fine", "unknown"} {
		r := httptest.NewRequest(
			"POST",
			"/api/"+route+"/canary-path%20%E3%81%82?q=canary-query+%E6%96%99&canary-name=1",
			strings.NewReader(`{"a":"canary-body"}`),
		)
		r.RequestURI = r.URL.RequestURI()
		r.RemoteAddr = "203.0.113.77:4711"
		r.Header.Set("User-Agent", "canary-agent/1.0 (x)")
		r.Header.Set("Authorization", "Ticket canary-ticket")
		r.Header.Set("Cookie", "session=canary-cookie")
		r.Header.Set("X-Forwarded-For", "198.51.100.99")
		r.Header.Set("Referer", "https://canary-referer.example/")
		r.Header.Set("Accept-Language", "canary-language")
		r.Method = "POST"
		b.do(r)
		r.Method = "CANARY-METHOD"
		b.do(r)
	}
	log := b.logs.String()
	for _, leak := range []string{
		"canary", "CANARY", "203.0.113.77", "4711", "198.51.100.99", "session=", "料", "%E6%96%99", "あ",
		url.QueryEscape("料"), base64.StdEncoding.EncodeToString([]byte("canary-ticket")),
	} {
		if strings.Contains(log, leak) {
			t.Errorf("the log holds %q:\n%s", leak, log)
		}
	}
	if strings.Count(log, "request failed") != 3 || strings.Count(log, `"msg":"request"`) != 12 {
		t.Errorf("the test looked at too little:\n%s", log)
	}
}

func tcp(s string) net.Addr {
	a, err := net.ResolveTCPAddr("tcp", s)
	if err != nil {
		panic(err)
	}
	return a
}

func TestAccessLineHasTheRouteOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/events/:id", func(c echo.Context) error { return c.String(http.StatusOK, "12345") })
	b.e.GET("/feeds/all.ics", func(c echo.Context) error { return c.NoContent(http.StatusNotModified) })
	b.get("/events/42")
	b.get("/feeds/all.ics")
	lines := strings.Split(strings.TrimSpace(b.logs.String()), "\n")
	want := []map[string]any{
		{"level": "INFO", "msg": "request", "method": "GET", "route": "/events/:id", "status": 200.0, "bytes": 5.0},
		{"level": "DEBUG", "msg": "request", "method": "GET", "route": "/feeds/all.ics", "status": 304.0, "bytes": 0.0},
	}
	if len(lines) != len(want) {
		t.Fatalf("lines: %q", lines)
	}
	for i, line := range lines {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if _, ok := got["ms"].(float64); !ok {
			t.Errorf("no duration: %s", line)
		}
		delete(got, "ms")
		delete(got, "time")
		if fmt.Sprint(got) != fmt.Sprint(want[i]) {
			t.Errorf("got %v, want %v", got, want[i])
		}
	}
}
