package httpx_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func TestPanicBecomesAProblem(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/:secret", func(c echo.Context) error { panic([]string{"oops", c.Param("secret")}) })
	w := b.get("/api/canary-path")
	if p := problemIn(t, w); p.Code != "internal" || w.Code != 500 {
		t.Errorf("got %d %+v", w.Code, p)
	}
	if log := b.logs.String(); !strings.Contains(log, "oops") || !strings.Contains(log, "middleware_test.go") ||
		strings.Contains(log, "canary") {
		t.Errorf("log: %s", log)
	}
}

func TestPanicAfterTheAnswerBeganCutsIt(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/x", func(c echo.Context) error {
		_ = c.String(http.StatusOK, "half")
		panic("oops")
	})
	defer func() {
		if v := recover(); v != http.ErrAbortHandler { //nolint:errorlint // a panic value
			t.Errorf("recovered %v", v)
		}
		if !strings.Contains(b.logs.String(), "oops") {
			t.Error("the panic is not logged")
		}
	}()
	b.get("/api/x")
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpx.Options) { o.BodyLimit = 10 })
	b.e.POST("/api/x", readAll)
	for _, tt := range []struct {
		size    int
		chunked bool
		status  int
	}{
		{0, false, 200},
		{10, false, 200},
		{11, false, 413},
		{0, true, 200},
		{9, true, 200},
		{10, true, 200},
		{11, true, 413},
		{5000, true, 413},
	} {
		var body io.Reader = strings.NewReader(strings.Repeat("x", tt.size))
		r := httptest.NewRequest(http.MethodPost, "/api/x", body)
		if tt.chunked {
			r = httptest.NewRequest(http.MethodPost, "/api/x", io.MultiReader(body))
			if r.ContentLength != -1 {
				t.Fatal("not chunked")
			}
		}
		w := b.do(r)
		if w.Code != tt.status {
			t.Errorf("%+v: got %d", tt, w.Code)
		}
		if tt.status == 413 && (problemIn(t, w).Code != "body_too_large" || w.Header().Get("Connection") != "close") {
			t.Errorf("%+v: headers %v", tt, w.Header())
		}
	}
}

// Decoders and binders wrap the reader's error; the answer stays 413.
func TestBodyLimitSeenThroughWrapping(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpx.Options) { o.BodyLimit = 10 })
	b.e.POST("/api/bind", func(c echo.Context) error {
		var v map[string]any
		return c.Bind(&v)
	})
	r := httptest.NewRequest(
		http.MethodPost,
		"/api/bind",
		io.MultiReader(strings.NewReader(`{"a":"`+strings.Repeat("x", 100)+`"}`)),
	)
	r.Header.Set("Content-Type", "application/json")
	if w := b.do(r); w.Code != 413 {
		t.Errorf("got %d", w.Code)
	}
}

func TestBrokenBody(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.POST("/api/x", readAll)
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{io.ErrUnexpectedEOF, 400, "body_interrupted"},
		{errors.New("canary 192.0.2.7:99"), 400, "body_interrupted"},
		{fmt.Errorf("read: %w", &net.OpError{Op: "read", Err: context.DeadlineExceeded}), 400, "body_interrupted"},
		{timeout(), 408, "request_timeout"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/x", io.MultiReader(strings.NewReader("abc"), failing{tt.err}))
		w := b.do(r)
		if p := problemIn(t, w); w.Code != tt.status || p.Code != tt.code {
			t.Errorf("%v: %d %s", tt.err, w.Code, p.Code)
		}
	}
	if strings.Contains(b.logs.String(), "canary") {
		t.Error("the client's fault is logged")
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// timeout is the error of a read past its deadline, as a connection gives it.
func timeout() error {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	_ = a.SetReadDeadline(netDeadlinePast)
	_, err := a.Read(make([]byte, 1))
	return err
}

func TestAddressesThatNoTextHolds(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	ok := func(c echo.Context) error { return c.String(http.StatusOK, c.Param("id")+c.QueryParam("q")) }
	b.e.GET("/api/events/:id", ok)
	b.e.GET("/api/search", ok)
	for _, tt := range []struct {
		target string
		status int
		code   string
	}{
		{"/api/events/%E6%96%99", 200, ""},
		{"/api/search?q=%E6%96%99%E7%90%86&a=b", 200, ""},
		{"/api/search?q=a+b", 200, ""},
		{"/api/events/%FF", 400, "invalid_utf8"},
		{"/api/events/a%00b", 400, "invalid_characters"},
		{"/api/search?q=%ff%fe", 400, "invalid_utf8"},
		{"/api/search?%C0%80=1", 400, "invalid_utf8"},
		{"/api/search?q=%00", 400, "invalid_characters"},
		{"/api/search?q=100%", 400, "invalid_utf8"},
		{"/api/search?q=%zz", 400, "invalid_utf8"},
		{"/api/search?q=%ED%A0%80", 400, "invalid_utf8"}, // half a surrogate pair
		{"/none/%ff", 400, "invalid_utf8"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept", "application/json")
		u, err := r.URL.Parse(tt.target)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		w := b.do(r)
		if w.Code != tt.status || tt.code != "" && problemIn(t, w).Code != tt.code {
			t.Errorf("%s: %d", tt.target, w.Code)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/api/search", http.NoBody)
	r.URL.RawQuery = "q=\xff\xfe" // raw bytes, as a socket can send them
	if w := b.do(r); w.Code != 400 {
		t.Errorf("raw bytes: %d", w.Code)
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpx.Options) { o.HSTS = true })
	ok := func(c echo.Context) error { return c.String(http.StatusOK, "ok") }
	b.e.GET("/", ok)
	b.e.GET("/feeds/x.ics", ok)
	b.e.GET("/embed", func(c echo.Context) error {
		httpx.AllowFraming(c, "https://town.example.jp")
		return ok(c)
	})
	b.e.GET("/t", func(c echo.Context) error {
		httpx.NoStore(c)
		return ok(c)
	})
	for _, target := range []string{"/", "/none", "/feeds/x.ics", "/embed"} {
		h := b.get(target).Header()
		if h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Strict-Transport-Security") == "" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", target, h)
		}
	}
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors "
	h := b.get("/").Header()
	if h.Get("Content-Security-Policy") != policy+"'none'" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" ||
		h.Get("Permissions-Policy") == "" {
		t.Errorf("document: %v", h)
	}
	if got := b.get("/embed").Header().Get("Content-Security-Policy"); got != policy+"https://town.example.jp" {
		t.Errorf("embed: %s", got)
	}
	// What one answer changes must not stay in the next.
	if got := b.get("/").Header().Get("Content-Security-Policy"); got != policy+"'none'" {
		t.Errorf("after embed: %s", got)
	}
	if got := b.get("/t").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("NoStore: %q", got)
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	ten := prefixes("10.0.0.0/8")
	for _, tt := range []struct {
		proxies      []netip.Prefix
		remote, xff  string
		proto        string
		want, scheme string
	}{
		{nil, "203.0.113.9:5000", "198.51.100.1", "https", "203.0.113.9", "http"},
		{nil, "127.0.0.1:5000", "198.51.100.1", "https", "127.0.0.1", "http"},
		{prefixes("10.0.0.0/8"), "10.1.2.3:5000", "198.51.100.1", "https", "198.51.100.1", "https"},
		{prefixes("10.0.0.0/8"), "10.1.2.3:5000", "6.6.6.6, 198.51.100.1, 10.9.9.9", "", "198.51.100.1", "http"},
		{prefixes("10.0.0.0/8"), "192.168.0.1:5000", "198.51.100.1", "https", "192.168.0.1", "http"},
		{prefixes("fd00::/8"), "[fd00::1]:5000", "2001:db8::1", "https", "2001:db8::1", "https"},
		{prefixes("10.1.2.3/8"), "10.7.7.7:5000", "198.51.100.1", "", "198.51.100.1", "http"},
		// [S14] Proxies write ports and brackets, and words for what they don't know.
		{ten, "10.1.2.3:5000", "198.51.100.1:40222", "", "198.51.100.1", "http"},
		{ten, "10.1.2.3:5000", "[2001:db8::1]:40222", "", "2001:db8::1", "http"},
		{ten, "10.1.2.3:5000", "[2001:db8::1]", "", "2001:db8::1", "http"},
		{ten, "10.1.2.3:5000", "2001:DB8:0::1", "", "2001:db8::1", "http"},
		{ten, "10.1.2.3:5000", "::ffff:198.51.100.1", "", "198.51.100.1", "http"},
		{ten, "10.1.2.3:5000", "[::ffff:198.51.100.1]:80", "", "198.51.100.1", "http"},
		{ten, "10.1.2.3:5000", "fe80::1%eth0", "", "fe80::1", "http"},
		{ten, "10.1.2.3:5000", " \t198.51.100.1:1 , 10.9.9.9:80 ", "", "198.51.100.1", "http"},
		{ten, "10.1.2.3:5000", "198.51.100.1, , 10.9.9.9,", "", "198.51.100.1", "http"},
		{ten, "[::ffff:10.1.2.3]:5000", "198.51.100.1", "", "198.51.100.1", "http"},
		{ten, "10.1.2.3:5000", "10.8.8.8:1, 10.9.9.9:2", "", "10.8.8.8", "http"},
		// A proxy that does not say for whom it asks stands for its clients; what is left of that
		// is anybody's word.
		{ten, "10.1.2.3:5000", "", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", ", ,", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "unknown", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, unknown", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, _hidden, 10.9.9.9", "", "10.9.9.9", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, 198.51.100.1:99999", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, 2001:db8::1]:5", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, [2001:db8::1", "", "10.1.2.3", "http"},
		{ten, "10.1.2.3:5000", "6.6.6.6, :80", "", "10.1.2.3", "http"},
		// Whoever is no proxy says nothing, with or without a port.
		{ten, "203.0.113.9:5000", "198.51.100.1:1", "https", "203.0.113.9", "http"},
	} {
		b := setup(t, func(o *httpx.Options) { o.TrustedProxies = tt.proxies })
		b.e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, c.RealIP()+" "+c.Scheme()) })
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = tt.remote
		r.Header.Set("X-Forwarded-For", tt.xff)
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		r.Header.Set("X-Real-IP", "6.6.6.6")
		if got := b.do(r).Body.String(); got != tt.want+" "+tt.scheme {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

func prefixes(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }

func TestGetAnswersHead(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	httpx.Get(b.e.Group("/feeds"), "/x.ics", func(c echo.Context) error { return c.String(http.StatusOK, "body") })
	srv := httptest.NewServer(b.e)
	defer srv.Close()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/feeds/x.ics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(bufio.NewReader(res.Body))
		res.Body.Close()
		if err != nil || res.StatusCode != 200 || (string(text) == "body") != (method == http.MethodGet) {
			t.Errorf("%s: %d %q %v", method, res.StatusCode, text, err)
		}
	}
}

// [S8] Forms from elsewhere do nothing on pages; what is data needs no such rule. BASE_URL is ours
// whatever Host a proxy asks us under.
func TestFormsFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ours, host, path, origin, site string
		status                         int
	}{
		{"", "a.example", "/t", "", "", 200},
		{"", "a.example", "/t", "https://a.example", "", 200},
		{"", "a.example", "/t", "https://b.example", "", 403},
		{"", "a.example", "/none", "https://b.example", "", 403},
		{"", "a.example:8080", "/t", "http://a.example:8080", "", 200},
		{"", "a.example:8080", "/t", "http://a.example", "", 403},
		{"", "a.example", "/t", "null", "", 403},
		{"", "a.example", "/t", "null", "same-origin", 200},
		{"", "a.example", "/t", "https://a.example", "cross-site", 403},
		{"", "a.example", "/t", "https://a.example", "none", 200},
		{"https://a.example", "10.0.0.7:8080", "/t", "https://a.example", "", 200},
		{"https://A.example:443", "10.0.0.7:8080", "/t", "https://a.example", "", 200},
		{"http://a.example:80", "10.0.0.7:8080", "/t", "http://a.example", "", 200},
		{"https://a.example:8443", "10.0.0.7:8080", "/t", "https://a.example:8443", "", 200},
		{"https://a.example", "10.0.0.7:8080", "/t", "http://a.example", "", 403},
		{"https://a.example", "10.0.0.7:8080", "/t", "https://a.example.b.example", "", 403},
		{"https://a.example", "10.0.0.7:8080", "/t", "null", "", 403},
		{"https://a.example", "10.0.0.7:8080", "/api/v1/x", "https://b.example", "cross-site", 200},
	} {
		b := setup(t, func(o *httpx.Options) { o.Origin = tt.ours })
		ok := func(c echo.Context) error { return c.String(http.StatusOK, "ok") }
		b.e.POST("/t", ok)
		b.e.POST("/api/v1/x", ok)
		r := httptest.NewRequest(http.MethodPost, tt.path, http.NoBody)
		r.Host = tt.host
		for name, value := range map[string]string{
			"Origin":         tt.origin,
			"Sec-Fetch-Site": tt.site,
			"Accept":         "application/json",
		} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := b.do(r)
		if w.Code != tt.status || w.Code == 403 && problemIn(t, w).Code != "form_from_elsewhere" {
			t.Errorf("%+v: %d %s", tt, w.Code, w.Body)
		}
		if tt.origin != "" {
			r := httptest.NewRequest(http.MethodGet, "/none", http.NoBody)
			r.Header.Set("Origin", tt.origin)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			if w := b.do(r); w.Code != 404 { // links from everywhere lead here
				t.Errorf("GET: %d", w.Code)
			}
		}
	}
	for _, bad := range []string{"a.example", "https://", "%"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q starts", bad)
				}
			}()
			setup(t, func(o *httpx.Options) { o.Origin = bad })
		}()
	}
}
