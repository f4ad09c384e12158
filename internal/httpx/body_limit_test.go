package httpx_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// A route that no table names takes little [S1]; a larger limit is for one method of a route.
func TestBodyLimitsByRoute(t *testing.T) {
	t.Parallel()
	const more = 40 << 10
	b := setup(t, func(o *httpx.Options) { o.BodyLimits = map[string]int64{"POST /api/x/:id": more} })
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		b.e.Add(method, "/api/x/:id", readAll)
		b.e.Add(method, "/y", readAll)
	}
	if httpx.DefaultBodyLimit != 16<<10 {
		t.Errorf("the usual limit is %d bytes", httpx.DefaultBodyLimit)
	}
	for _, tt := range []struct {
		method, path string
		size, status int
	}{
		{"POST", "/api/x/1", more, 200},
		{"POST", "/api/x/1", more + 1, 413},
		{"PUT", "/api/x/1", httpx.DefaultBodyLimit, 200},
		{"PUT", "/api/x/1", httpx.DefaultBodyLimit + 1, 413},
		{"POST", "/y", httpx.DefaultBodyLimit, 200},
		{"POST", "/y", httpx.DefaultBodyLimit + 1, 413},
	} {
		for _, chunked := range []bool{false, true} {
			var content io.Reader = strings.NewReader(strings.Repeat("x", tt.size))
			if chunked {
				content = io.MultiReader(content)
			}
			if w := b.do(httptest.NewRequest(tt.method, tt.path, content)); w.Code != tt.status {
				t.Errorf("%+v, chunked %t: %d", tt, chunked, w.Code)
			}
		}
	}
}

func TestAddressesWithManyParameters(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/x", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for n, status := range map[int]int{1: 204, 256: 204, 257: 400, 8000: 400} {
		if w := b.get("/api/x?" + strings.Repeat("a&", n-1) + "a"); w.Code != status {
			t.Errorf("%d parameters: %d", n, w.Code)
		}
	}
}

// serveOn runs a real server and gives its address.
func serveOn(t *testing.T, h http.Handler) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		done <- httpx.Server{Handler: h, Grace: time.Millisecond, Ready: func(a net.Addr) { addr <- a }}.Run(
			ctx,
			"127.0.0.1:0",
		)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Logf("cut off at its end: %v", err) // clients that still send
		}
	})
	return (<-addr).String()
}

// sendFirst sends all of a request before it reads a word, as Python's http.client and some proxies
// do. sent is how much went out.
func sendFirst(
	t *testing.T,
	addr, head string,
	size int,
	chunked bool,
) (sent int, status int, words string, err error) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(netDeadlineFar()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, head); err != nil {
		return 0, 0, "", err
	}
	piece := []byte(strings.Repeat("x", 32<<10))
	for sent < size {
		part := piece[:min(len(piece), size-sent)]
		if chunked {
			part = fmt.Appendf(nil, "%x\r\n%s\r\n", len(part), part)
		}
		if _, err := c.Write(part); err != nil {
			return sent, 0, "", err
		}
		sent += min(len(piece), size-sent)
	}
	if chunked {
		if _, err := io.WriteString(c, "0\r\n\r\n"); err != nil {
			return sent, 0, "", err
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return sent, 0, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return sent, res.StatusCode, string(raw), err
}

func netDeadlineFar() time.Time { return time.Now().Add(time.Minute) }

// [O14] Whoever sends a body that is too large, or to a route that does not want it, reads the
// answer; only what is sent without end is cut off.
func TestTheAnswerToALargeBodyIsRead(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.POST("/api/x", readAll)
	b.e.POST("/api/refused", func(echo.Context) error { return httpx.ErrElsewhere }) // reads nothing
	addr := serveOn(t, b.e)
	for _, tt := range []struct {
		path    string
		size    int
		chunked bool
		status  int
	}{
		{"/api/x", 17 << 10, false, 413},
		{"/api/x", 2 << 20, false, 413},
		{"/api/x", 8 << 20, false, 413},
		{"/api/x", 8 << 20, true, 413},
		{"/api/refused", 8 << 20, false, 413},
		{"/api/refused", 8 << 20, true, 403},
		{"/api/nowhere", 8 << 20, false, 413},
	} {
		head := "POST " + tt.path + " HTTP/1.1\r\nHost: localhost\r\n"
		if tt.chunked {
			head += "Transfer-Encoding: chunked\r\n\r\n"
		} else {
			head += fmt.Sprintf("Content-Length: %d\r\n\r\n", tt.size)
		}
		for range 3 { // a reset is a race
			sent, status, words, err := sendFirst(t, addr, head, tt.size, tt.chunked)
			if err != nil || status != tt.status || !strings.Contains(words, `"code"`) {
				t.Errorf("%+v: %d of %d bytes sent, %d %q %v", tt, sent, tt.size, status, words, err)
			}
		}
	}
	// What has no end is not read to it.
	const endless = 64 << 20
	sent, _, _, err := sendFirst(
		t,
		addr,
		fmt.Sprintf("POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", endless),
		endless,
		false,
	)
	if err == nil || sent >= endless {
		t.Errorf("%d bytes were read", sent)
	}
}

// A client that asks first is told no before it sends anything.
func TestALargeBodyIsNotAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.POST("/api/x", readAll)
	addr := serveOn(t, b.e)
	_, status, _, err := sendFirst(
		t,
		addr,
		"POST /api/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 8388608\r\n\r\n",
		0,
		false,
	)
	if err != nil || status != 413 {
		t.Errorf("%d %v", status, err)
	}
}
