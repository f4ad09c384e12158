package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// DefaultBodyLimit is the greatest request body in bytes of a route that no table names: 16 KiB,
// more than any form of a resident or of a door takes, so that a new route is small by itself.
const DefaultBodyLimit = 16 << 10

// Options configure the shared server.
type Options struct {
	// Messages has the texts of problems. Required.
	Messages *i18n.Bundle
	// Logger takes the access log and the causes of failures; slog.Default when nil.
	Logger *slog.Logger
	// Metrics counts requests; nil turns that off.
	Metrics *Metrics
	// ErrorPage renders a problem for people. Without it, or when it fails
	// before writing, the problem goes out as JSON.
	ErrorPage func(c echo.Context, status int, p Problem) error
	// TrustedProxies may tell the client's address in X-Forwarded-For; nobody else may.
	TrustedProxies []netip.Prefix
	// BodyLimit in bytes; DefaultBodyLimit when 0.
	BodyLimit int64
	// BodyLimits are those of single routes where they need more, by method and pattern: "POST
	// /api/v1/events".
	BodyLimits map[string]int64
	// Origin is the address that people use, https://host[:port]: pages of ours come from there,
	// even where a proxy asks us under another host. "" leaves the request's Host alone to tell.
	Origin string
	// HSTS tells browsers to come back by https only; for servers reached by https.
	HSTS bool
}

// New gives an Echo with everything that all handlers share. Add routes to it.
func New(o Options) *echo.Echo {
	if o.Messages == nil {
		panic("httpx: Options.Messages is required")
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.BodyLimit == 0 {
		o.BodyLimit = DefaultBodyLimit
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(serverLog{o.Logger})
	e.StdLogger = stdLogger(o.Logger)
	e.IPExtractor, e.SchemeExtractor = extractors(o.TrustedProxies)
	m := &middleware{Options: o, ownPages: ownPages(o.Origin), discards: make(chan struct{}, mostDiscards)}
	e.HTTPErrorHandler = m.handleError
	// One middleware, because Echo builds the chain anew for every request.
	e.Use(m.serve)
	return e
}

// middleware is what checks, headers, errors and logs of every route share.
type middleware struct {
	Options
	ownPages *http.CrossOriginProtection
	problems sync.Map // worded → []byte
	discards chan struct{}
}

// Routes is an Echo or one of its groups.
type Routes interface {
	Add(method, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route
}

// Route is one line of a route table: "/events/:id" and the like.
type Route struct{ Method, Path string }

// Table gives every route of a server, in no order.
func Table(e *echo.Echo) []Route {
	var all []Route
	for _, r := range e.Routes() {
		all = append(all, Route{r.Method, r.Path})
	}
	return all
}

// Get routes GET and HEAD, which Echo would refuse; the server drops HEAD's body.
func Get(r Routes, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	r.Add(http.MethodGet, path, h, m...)
	r.Add(http.MethodHead, path, h, m...)
}

// Server serves a handler until told to stop. The zero values of its fields are usable,
// Handler apart.
type Server struct {
	Handler http.Handler
	Logger  *slog.Logger
	// Grace is how long requests under way may take once stopped; 15 s when 0.
	Grace time.Duration
	// Ready is told the address once connections are taken.
	Ready func(net.Addr)
	// Context, when not nil, gives the context of a client's connection, from which its requests
	// get theirs, one after the other.
	Context func(context.Context) context.Context
}

// Run serves e on listen (host:port) until ctx ends, then lets requests under way
// finish. It returns nil after a clean stop.
func Run(ctx context.Context, e *echo.Echo, listen string) error {
	return Server{Handler: e}.Run(ctx, listen)
}

// Run listens on host:port and serves until ctx ends.
func (s Server) Run(ctx context.Context, listen string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", listen, err)
	}
	return s.Serve(ctx, l)
}

// Serve serves on l, which it closes, until ctx ends. Requests still unfinished
// when the grace is over are cut off, which is reported as an error.
func (s Server) Serve(ctx context.Context, l net.Listener) error {
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
	if s.Grace == 0 {
		s.Grace = 15 * time.Second
	}
	srv := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          stdLogger(s.Logger),
	}
	if s.Context != nil {
		srv.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return s.Context(ctx) }
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	if s.Ready != nil {
		s.Ready(l.Addr())
	}
	select {
	case err := <-done:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("stop http: %w", err), srv.Close())
	}
	return nil
}

// isData reports routes whose answers are never shown as documents: they need
// no rules for scripts and frames, and their errors are JSON.
func isData(path string) bool {
	return strings.HasPrefix(path, "/feeds/") || strings.HasPrefix(path, "/c/") || strings.HasPrefix(path, "/r/") ||
		strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/opendata/")
}
