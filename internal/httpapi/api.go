package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Base is where the API lives.
const Base = "/api/v1"

// Options are the services the face speaks for. All are required, Guard apart.
type Options struct {
	Events   Events
	Tickets  Tickets
	Contacts Contacts
	// Guard asks for work when many want the same seats; nil asks nobody.
	Guard         Guard
	Door          Entrance
	Paper         Paper
	Reports       Reports
	Venues        Venues
	Bookings      Bookings
	Organizations Organizations
	Staff         Staff
	Ledger        Ledger
	// Once keeps the answers of staff POSTs that carry an Idempotency-Key.
	Once Once
	Keys *secret.Keys
	// Words are for tables that are read by people.
	Words *i18n.Localizer
	// Messages has the words for the rules of rooms.
	Messages *i18n.Bundle
	// Clock tells whether a seat can be taken now, for display.
	Clock clock.Clock
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
}

// face implements the operations.
type face struct {
	Options
	take   takeDecoder
	issuer *issuer
}

var _ api.StrictServerInterface = (*face)(nil)

// readSpec reads the contract once; nothing changes it.
var readSpec = sync.OnceValues(api.GetSpec)

// Register adds every route of the contract, /openapi.yaml and /docs to e, which httpx.New made. It fails when routes and contract differ.
func Register(e *echo.Echo, o Options) error {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	f := &face{Options: o, issuer: newIssuer(o.BaseURL)}
	spec, err := readSpec()
	if err != nil {
		return fmt.Errorf("read contract: %w", err)
	}
	r, err := newRegistrar(e, f, spec)
	if err != nil {
		return err
	}
	api.RegisterHandlersWithBaseURL(r, api.NewStrictHandler(f, nil), Base)
	const tickets = Base + "/events/:event_id/tickets"
	f.take = takeDecoder{schema: r.checks[post+" "+tickets].body}
	r.POST(tickets, f.takeSeat)
	if err := r.finish(); err != nil {
		return err
	}
	f.openData(e)
	return registerDocs(e)
}

// registrar puts each generated handler behind the rule of its route and the checks of its operation.
type registrar struct {
	// EchoRouter is nil: what the contract never uses must not be routed past the rules.
	api.EchoRouter
	echo   *echo.Echo
	face   *face
	routes map[string]route // by method and path as echo writes them
	checks map[string]*operation
	failed error
}

func newRegistrar(e *echo.Echo, f *face, spec *spec) (*registrar, error) {
	r := &registrar{echo: e, face: f, routes: map[string]route{}, checks: map[string]*operation{}}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			checks, err := newOperation(spec, path, method, item, op)
			if err != nil {
				return nil, err
			}
			r.checks[method+" "+echoPath(path)] = checks
		}
	}
	for _, line := range table {
		key := line.method + " " + echoPath(line.path)
		checks, ok := r.checks[key]
		if !ok || checks.id != line.operation {
			return nil, fmt.Errorf("add routes: %s is not %s in the contract", line.operation, key)
		}
		r.routes[key] = line
	}
	for key, checks := range r.checks {
		if _, ok := r.routes[key]; !ok {
			return nil, fmt.Errorf("add routes: %s of the contract has no rule", checks.id)
		}
	}
	return r, nil
}

// echoPath turns /events/{event_id} into /events/:event_id, below Base.
func echoPath(path string) string {
	return Base + strings.NewReplacer("{", ":", "}", "").Replace(path)
}

func (r *registrar) add(method, path string, h echo.HandlerFunc) *echo.Route {
	key := method + " " + path
	line, ok := r.routes[key]
	if !ok {
		r.failed = errors.Join(r.failed, fmt.Errorf("add routes: %s has no rule", key))
		return nil
	}
	delete(r.routes, key)
	h = r.face.guard(line, r.checks[key], h)
	if method == http.MethodGet {
		httpx.Get(r.echo, path, h)
		return nil
	}
	return r.echo.Add(method, path, h)
}

// finish fails when a route of the table got no handler.
func (r *registrar) finish() error {
	for key := range r.routes {
		r.failed = errors.Join(r.failed, fmt.Errorf("add routes: %s has no handler", key))
	}
	return r.failed
}

// GET and the others are called by the generated code.
func (r *registrar) GET(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodGet, path, h)
}

// POST adds a route.
func (r *registrar) POST(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPost, path, h)
}

// PUT adds a route.
func (r *registrar) PUT(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPut, path, h)
}

// PATCH adds a route.
func (r *registrar) PATCH(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPatch, path, h)
}

// DELETE adds a route.
func (r *registrar) DELETE(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodDelete, path, h)
}
