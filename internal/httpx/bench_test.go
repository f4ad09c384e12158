package httpx_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// discard is a response writer that keeps nothing, so that the benchmark sees
// the chain and not the recorder.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func hello(c echo.Context) error { return c.String(http.StatusOK, "Hello, World!") }

func notModified(c echo.Context) error {
	if httpx.NotModified(c.Request(), `"abcdef"`, time.Time{}) {
		h := c.Response().Header()
		h["Etag"] = tag
		return c.NoContent(http.StatusNotModified)
	}
	return hello(c)
}

var tag = []string{`"abcdef"`}

func chain(tb testing.TB) *echo.Echo {
	tb.Helper()
	return httpx.New(httpx.Options{
		Messages: messages(tb), Metrics: httpx.NewMetrics(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

func feedRequest() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/feeds/all.ics", http.NoBody)
	r.Header.Set("If-None-Match", `"abcdef"`)
	return r
}

func serve(e *echo.Echo, r *http.Request, h http.Header) {
	clear(h)
	e.ServeHTTP(discard{h}, r)
}

func BenchmarkChain(b *testing.B) {
	bare := echo.New()
	bare.GET("/feeds/all.ics", hello)
	whole := chain(b)
	whole.GET("/feeds/all.ics", notModified)
	page := chain(b)
	page.GET("/feeds/all.ics", hello)
	for _, bb := range []struct {
		name string
		e    *echo.Echo
	}{{"bare hello", bare}, {"304", whole}, {"hello", page}} {
		b.Run(bb.name, func(b *testing.B) {
			r, h := feedRequest(), http.Header{}
			b.ReportAllocs()
			for b.Loop() {
				serve(bb.e, r, h)
			}
		})
	}
}

// The chain must not make a 304 dearer than a bare hello-world.
func TestChainAllocatesLittle(t *testing.T) {
	bare := echo.New()
	bare.GET("/feeds/all.ics", hello)
	whole := chain(t)
	whole.GET("/feeds/all.ics", notModified)
	r, h := feedRequest(), http.Header{}
	allocs := func(e *echo.Echo) float64 { return testing.AllocsPerRun(200, func() { serve(e, r, h) }) }
	if base, got := allocs(bare), allocs(whole); got > base+1 {
		t.Errorf("a 304 through the chain allocates %v times, a bare hello-world %v", got, base)
	}
}
