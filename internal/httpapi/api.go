package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Base is where the API lives.
const Base = contract.Base

// Options are the services the API speaks for. All are required, Admission apart.
type Options struct {
	Events   Events
	Search   Search
	Tickets  Tickets
	Contacts Contacts
	// Admission asks for work when many want the same seats; nil asks nobody.
	Admission     Admission
	Door          Entrance
	Paper         Paper
	Reports       Reports
	Venues        Venues
	FacilityLists FacilityLists
	Bookings      Bookings
	Board         Board
	Rounds        Rounds
	Organizations Organizations
	Staff         Staff
	Ledger        Ledger
	// Idempotency keeps the answers of staff POSTs that carry an Idempotency-Key.
	Idempotency Idempotency
	Keys        *secret.Keys
	// Words are for tables that are read by people.
	Words *i18n.Localizer
	// Messages has the words for the rules of rooms.
	Messages *i18n.Bundle
	// Clock tells whether a seat can be taken now, for display.
	Clock clock.Clock
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
}

// server is the handlers behind what every request passes.
type server struct {
	handlers
	staff       Staff
	idempotency Idempotency
}

// Register adds every route of the contract, /openapi.yaml and /docs to e, which httpx.New made. It
// fails when routes and contract differ.
func Register(e *echo.Echo, o Options) error {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	spec, err := contract.ReadSpec()
	if err != nil {
		return fmt.Errorf("read contract: %w", err)
	}
	r, err := newRegistrar(e, spec)
	if err != nil {
		return err
	}
	const take = contract.Base + "/events/:event_id/tickets"
	s := &server{handlers: newHandlers(o, r.checks[post+" "+take].Body), staff: o.Staff, idempotency: o.Idempotency}
	r.server = s
	api.RegisterHandlersWithBaseURL(r, api.NewStrictHandler(s, nil), contract.Base)
	r.POST(take, s.TakeSeat)
	if err := r.finish(); err != nil {
		return err
	}
	s.openData(e)
	return registerDocs(e)
}

// registrar puts each generated handler behind the rule of its route and the checks of its
// operation.
type registrar struct {
	// EchoRouter is nil: what the contract never uses must not be routed past the rules.
	api.EchoRouter
	echo   *echo.Echo
	server *server
	routes map[string]route // by method and path as echo writes them
	checks map[string]*contract.Operation
	failed error
}

func newRegistrar(e *echo.Echo, spec *contract.Spec) (*registrar, error) {
	checks, err := contract.OperationsOf(spec)
	if err != nil {
		return nil, err
	}
	r := &registrar{echo: e, routes: map[string]route{}, checks: checks}
	for _, line := range table {
		key := line.method + " " + contract.EchoPath(line.path)
		checks, ok := r.checks[key]
		if !ok || checks.ID != line.operation {
			return nil, fmt.Errorf("add routes: %s is not %s in the contract", line.operation, key)
		}
		r.routes[key] = line
	}
	for key, checks := range r.checks {
		if _, ok := r.routes[key]; !ok {
			return nil, fmt.Errorf("add routes: %s of the contract has no rule", checks.ID)
		}
	}
	return r, nil
}

func (r *registrar) add(method, path string, h echo.HandlerFunc) *echo.Route {
	key := method + " " + path
	line, ok := r.routes[key]
	if !ok {
		r.failed = errors.Join(r.failed, fmt.Errorf("add routes: %s has no rule", key))
		return nil
	}
	delete(r.routes, key)
	h = r.server.authorize(line, r.checks[key], h)
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

// openData adds the files that towns link to from their own sites. They stand outside the contract:
// their form is the digital agency's.
func (s *server) openData(e *echo.Echo) {
	httpx.Get(e, "/opendata/:file", cached(s.FacilityFile))
}
