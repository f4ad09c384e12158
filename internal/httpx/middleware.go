package httpx

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Refusals of the shared server.
var (
	ErrInvalidUTF8  = fault.Malformed("invalid_utf8")
	ErrInvalidChars = fault.Malformed("invalid_characters")
	ErrElsewhere    = fault.Forbidden("form_from_elsewhere")
	errAddress      = fault.Malformed("malformed_request")
)

// mostParameters bounds the query of an address: no page and no operation has nearly as many.
const mostParameters = 256

// serve is the one middleware of every route: it checks, runs the handler, and records the outcome.
func (m *middleware) serve(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := clock.Start()
		m.setHeaders(c)
		b := m.bound(c)
		if err := m.attempt(c, b, next); err != nil {
			m.handleError(err, c)
		}
		m.record(c, start.Elapsed())
		m.discardRest(c, b)
		return nil
	}
}

// attempt checks the request and runs its handler; a panic becomes an error.
func (m *middleware) attempt(c echo.Context, b *body, next echo.HandlerFunc) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			err = &panicError{value: v, stack: debug.Stack()}
			if c.Response().Committed {
				m.logFailure(c, internal, err)
				// Cut the connection: half an answer must not look whole.
				panic(http.ErrAbortHandler)
			}
		}
	}()
	if err := checkAddress(c.Request().URL); err != nil {
		return err
	}
	// What is data takes JSON or credentials in a header, which no form of another site can send.
	if r := c.Request(); !isData(r.URL.Path) {
		if err := m.ownPages.Check(r); err != nil {
			return ErrElsewhere.Because(err)
		}
	}
	if b != nil && c.Request().ContentLength > b.left {
		return ErrBodyTooLarge
	}
	return next(c)
}

// ownPages tells forms of our own pages from those of other sites, by Sec-Fetch-Site and else by
// Origin. An Origin "null" without the former may come from anywhere and is refused, so that pages
// with forms need AllowForms. An origin that is none stops the start.
func ownPages(origin string) *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	if origin == "" {
		return p
	}
	u, err := url.Parse(origin)
	if err != nil {
		panic(fmt.Sprintf("httpx: Options.Origin: %v", err))
	}
	host := strings.ToLower(u.Host)
	if usual := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; usual != "" {
		host = strings.TrimSuffix(host, usual) // browsers leave it out (RFC 6454 section 6.2)
	}
	if err := p.AddTrustedOrigin(u.Scheme + "://" + host); err != nil {
		panic(fmt.Sprintf("httpx: Options.Origin: %v", err))
	}
	return p
}

type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// checkAddress refuses what no text column can hold, before any handler sees it.
func checkAddress(u *url.URL) error {
	if err := checkText(u.Path); err != nil {
		return err
	}
	if strings.Count(u.RawQuery, "&") >= mostParameters {
		return errAddress
	}
	if plainQuery(u.RawQuery) {
		return nil
	}
	q, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		return ErrInvalidUTF8
	}
	return checkText(q)
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return ErrInvalidUTF8
	}
	if strings.IndexByte(s, 0) >= 0 {
		return ErrInvalidChars
	}
	return nil
}

// plainQuery spares the usual query a decoding.
func plainQuery(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == '%' || c >= utf8.RuneSelf || c == 0 {
			return false
		}
	}
	return true
}

const (
	policyDocument = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';" +
		" connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors "
	headerPolicy = "Content-Security-Policy"
)

// Shared by all responses; Header.Set replaces such a slice, it never writes into one.
var (
	valueDocument    = []string{policyDocument + "'none'"}
	valueData        = []string{"default-src 'none'; frame-ancestors 'none'"}
	valueNoReferrer  = []string{"no-referrer"}
	valueNoSniff     = []string{"nosniff"}
	valueSameOrigin  = []string{"same-origin"}
	valuePermissions = []string{
		"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
	}
	valueCamera  = []string{strings.Replace(valuePermissions[0], "camera=()", "camera=(self)", 1)}
	valueHSTS    = []string{"max-age=31536000"}
	valueNoStore = []string{"no-store"}
)

func (m *middleware) setHeaders(c echo.Context) {
	h := c.Response().Header()
	h["X-Content-Type-Options"] = valueNoSniff
	h["Referrer-Policy"] = valueNoReferrer
	if m.HSTS {
		h["Strict-Transport-Security"] = valueHSTS
	}
	if isData(c.Request().URL.Path) {
		h[headerPolicy] = valueData
		return
	}
	h[headerPolicy] = valueDocument
	h["Permissions-Policy"] = valuePermissions
	h["Cross-Origin-Opener-Policy"] = valueSameOrigin
}

// AllowFraming lets the given sources ("*", or origins) show this page in a frame.
func AllowFraming(c echo.Context, sources ...string) {
	c.Response().Header().Set(headerPolicy, policyDocument+strings.Join(sources, " "))
}

// AllowCamera lets this page ask for the camera.
func AllowCamera(c echo.Context) {
	c.Response().Header()["Permissions-Policy"] = valueCamera
}

// AllowForms lets the forms of this page tell us that they are ours: under no-referrer, browsers
// write "Origin: null" on them. Other sites learn as little as before.
func AllowForms(c echo.Context) {
	c.Response().Header()["Referrer-Policy"] = valueSameOrigin
}

// NoStore keeps the response out of every cache: for what concerns one person.
func NoStore(c echo.Context) { c.Response().Header()["Cache-Control"] = valueNoStore }

// methodName bounds what a client can put into logs and metrics.
func methodName(m string) string {
	switch m {
	case http.MethodGet,
		http.MethodHead,
		http.MethodPost,
		http.MethodPut,
		http.MethodPatch,
		http.MethodDelete,
		http.MethodOptions:
		return m
	}
	return "OTHER"
}

// routeName is the pattern, never the path.
func routeName(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "(none)"
}

// level keeps the busy, uninteresting lines out of the usual log: feeds that were served.
func level(c echo.Context, status int) slog.Level {
	if status < http.StatusBadRequest && strings.HasPrefix(c.Request().URL.Path, "/feeds/") {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
