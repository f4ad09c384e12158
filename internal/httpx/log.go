package httpx

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// record writes the access line and counts the request.
func (m *middleware) record(c echo.Context, took time.Duration) {
	r, w := c.Request(), c.Response()
	method, route, status := methodName(r.Method), routeName(c), w.Status
	lv := level(c, status)
	if status >= http.StatusInternalServerError {
		switch c.Get(endKey) {
		case endLeft:
			status, lv = statusLeft, slog.LevelDebug
		case endTold:
			lv = slog.LevelDebug
		}
	}
	if m.Metrics != nil {
		m.Metrics.observe(method, route, status, took)
	}
	ctx := r.Context()
	if m.Logger.Enabled(ctx, lv) {
		m.Logger.LogAttrs(ctx, lv, "request",
			slog.String("method", method), slog.String("route", route), slog.Int("status", status),
			slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", w.Size))
	}
}

// How a request ended, for its access line: its failure is in the log already, or nobody was there
// to hear of it.
const (
	endKey  = "httpx.end"
	endTold = "told"
	endLeft = "left"
	// statusLeft stands in logs and metrics for an answer that nobody waited for; it is sent to
	// nobody.
	statusLeft = 499
)

// clientLeft reports that a request failed because its client is gone, which makes everything fail
// that was done for it: no fault of ours. A panic is one even so.
func clientLeft(c echo.Context, err error) bool {
	_, panicked := err.(*panicError) //nolint:errorlint // only the guard makes it, unwrapped
	return !panicked && errors.Is(c.Request().Context().Err(), context.Canceled)
}

// logFailure writes the cause of a failure that is ours.
func (m *middleware) logFailure(c echo.Context, o outcome, err error) {
	attrs := []slog.Attr{
		slog.String(
			"method",
			methodName(c.Request().Method),
		),
		slog.String("route", routeName(c)),
		slog.Int("status", o.status),
		slog.String("code", o.code),
		slog.String("cause", scrub(c, causes(err))),
	}
	if p, ok := err.(*panicError); ok { //nolint:errorlint // only the guard makes it, unwrapped
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	m.Logger.LogAttrs(c.Request().Context(), slog.LevelError, "request failed", attrs...)
}

// causes writes the whole chain: a fault's own text names only its code.
func causes(err error) string {
	text := err.Error()
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return text
		}
		if err = u.Unwrap(); err == nil {
			return text
		}
		if t := err.Error(); !strings.Contains(text, t) {
			text += ": " + t
		}
	}
}

const (
	masked        = "[…]"
	shortestValue = 3 // masking shorter values would garble the text and hide nothing
)

// scrub masks in an error's text whatever came with the request's address and
// headers: drivers and parsers like to quote what they were given.
func scrub(c echo.Context, text string) string {
	r := c.Request()
	values := []string{r.RequestURI, r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.RemoteAddr, r.Host, c.RealIP()}
	values = append(values, c.ParamValues()...)
	for name, all := range r.Header {
		if name != "Accept" && name != "Content-Type" && name != "Content-Length" {
			values = append(values, all...)
		}
	}
	for _, v := range r.Header["Authorization"] {
		if _, credentials, ok := strings.Cut(v, " "); ok {
			values = append(values, credentials)
		}
	}
	for name, all := range r.URL.Query() {
		values = append(append(values, name), all...)
	}
	for _, part := range strings.Split(r.URL.Path, "/") {
		if _, isName := routeParts(c)[part]; !isName {
			values = append(values, part)
		}
	}
	for _, v := range slices.Clone(values) {
		if plain, err := url.PathUnescape(v); err == nil {
			values = append(values, plain)
		}
	}
	// Longest first, so that a part does not break up the whole it stands in.
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) >= shortestValue {
			text = strings.ReplaceAll(text, v, masked)
		}
	}
	return maskAddresses(text)
}

func routeParts(c echo.Context) map[string]struct{} {
	parts := map[string]struct{}{}
	for _, p := range strings.Split(c.Path(), "/") {
		parts[p] = struct{}{}
	}
	return parts
}

// maskAddresses masks network addresses, wherever they come from.
func maskAddresses(text string) string {
	words := strings.Fields(text)
	for _, w := range words {
		w = strings.Trim(w, "\"'`,;.()=<>")
		trimmed := strings.TrimSuffix(w, ":")
		if isAddress(w) || isAddress(trimmed) {
			text = strings.ReplaceAll(text, trimmed, masked)
			continue
		}
		// 192.0.2.1:5000->192.0.2.2:80, as package net writes a connection.
		for _, part := range strings.Split(trimmed, "->") {
			if part != trimmed && isAddress(part) {
				text = strings.ReplaceAll(text, part, masked)
			}
		}
	}
	return text
}

func isAddress(s string) bool {
	if _, err := netip.ParseAddrPort(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil && len(s) >= shortestValue
}

// serverLog takes what net/http and Echo write by themselves, which names clients.
type serverLog struct{ logger *slog.Logger }

func (s serverLog) Write(line []byte) (int, error) {
	s.logger.Warn("http server", "notice", maskAddresses(strings.TrimSpace(string(line))))
	return len(line), nil
}

func stdLogger(l *slog.Logger) *log.Logger { return log.New(serverLog{l}, "", 0) }
