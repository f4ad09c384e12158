package app

import (
	"crypto/rand"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/feed"
	"github.com/tonarimachi/tonarimachi/internal/httpapi"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/web"
)

// Handler answers pages, feeds and the API.
func (a *App) Handler(metrics *httpx.Metrics) (http.Handler, error) {
	handler, _, err := a.Routes(metrics)
	return handler, err
}

// Routes gives the handler with its route table.
func (a *App) Routes(metrics *httpx.Metrics) (http.Handler, []httpx.Route, error) {
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		return nil, nil, err
	}
	pages, err := site.New(site.Options{
		Events:    a.Events,
		Search:    a.Search,
		Tickets:   a.Tickets,
		Contacts:  a.Contacts,
		Guard:     a.Admission,
		Door:      a.Door,
		Paper:     a.Paper,
		Venues:    a.Venues,
		Board:     a.Board,
		Rounds:    a.Rounds,
		Directory: a.Directory,
		Keys:      a.cfg.Keys,
		Random:    rand.Reader,
		Clock:     a.db.Clock(),
		Messages:  messages,
		Templates: web.Templates,
		Static:    web.Static,
		BaseURL:   a.cfg.BaseURL,
	})
	if err != nil {
		return nil, nil, err
	}
	feeds := feed.New(feed.Options{
		Events:  a.Search,
		Tickets: a.Tickets,
		Rooms:   a.Board,
		Words:   messages.Localizer(i18n.Japanese),
		BaseURL: string(a.cfg.BaseURL),
		Clock:   a.db.Clock(),
		Logger:  a.log,
	})
	a.onEventChange = append(a.onEventChange, feeds.Changed)
	metrics.Registerer().MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "tonarimachi_feed_shortcuts_total",
		Help: "Requests for feeds that had not changed, answered before routing and not among the requests by route.",
	}, func() float64 { return float64(feeds.Shortcuts()) }))
	limits, err := httpapi.BodyLimits()
	if err != nil {
		return nil, nil, err
	}
	e := httpx.New(httpx.Options{
		Messages:       messages,
		Logger:         a.log,
		Metrics:        metrics,
		ErrorPage:      pages.ErrorPage,
		TrustedProxies: a.cfg.TrustedProxies,
		HSTS:           a.cfg.BaseURL.Secure(),
		Origin:         string(a.cfg.BaseURL),
		BodyLimits:     limits,
	})
	httpx.Health(e, a.log, httpx.Readiness{Database: a.db.Ready, Kept: feeds.Kept, Stopping: a.stopping.Load})
	pages.Routes(e)
	feeds.Routes(e)
	err = httpapi.Register(e, httpapi.Options{
		Events:        a.Events,
		Search:        a.Search,
		Tickets:       a.Tickets,
		Contacts:      a.Contacts,
		Admission:     a.Admission,
		Door:          a.Door,
		Paper:         a.Paper,
		Reports:       a.Reports,
		Venues:        a.Venues,
		FacilityLists: facilitylist.New(a.Venues, messages.Localizer(i18n.Japanese), string(a.cfg.BaseURL)),
		Bookings:      a.Bookings,
		Board:         a.Board,
		Rounds:        a.Rounds,
		Organizations: a.Organizations,
		Staff:         a.Staff,
		Ledger:        audit.NewLedger(a.db, a.cfg.Keys),
		Idempotency:   idempotency.NewLedger(a.db),
		Keys:          a.cfg.Keys,
		Words:         messages.Localizer(i18n.Japanese),
		Messages:      messages,
		Clock:         a.db.Clock(),
		BaseURL:       string(a.cfg.BaseURL),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("add API: %w", err)
	}
	return feeds.Shortcut(e), httpx.Table(e), nil
}
