package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/feed"
	"github.com/tonarimachi/tonarimachi/internal/guard"
	"github.com/tonarimachi/tonarimachi/internal/httpapi"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
	"github.com/tonarimachi/tonarimachi/web"
)

// random is where secrets come from.
var random = rand.Reader

// openDatabase connects as the program and refuses an account that could step around row-level security, and a schema that is too old.
func openDatabase(ctx context.Context, cfg config.Config, log *slog.Logger, faces, jobs bool) (*postgres.DB, error) {
	o := postgres.Options{URL: cfg.DatabaseURL.Reveal(), Clock: clock.System(), Logger: log}
	if faces {
		o.Public, o.Staff = int32(cfg.PoolPublic), int32(cfg.PoolStaff)
	}
	if jobs {
		o.Worker = int32(cfg.PoolWorker)
	}
	db, err := postgres.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.RefusePrivileged(ctx); err != nil {
		db.Close()
		return nil, err
	}
	if err := db.RequireSchema(ctx); err != nil {
		db.Close()
		return nil, err
	}
	talk, err := db.Talk(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	if len(talk) > 0 {
		log.LogAttrs(ctx, slog.LevelWarn, "PostgreSQL's own log would hold what people send; the README says which settings keep it out", slog.Any("settings", talk))
	}
	return db, nil
}

// house is the services and the faces over one database.
type house struct {
	cfg           config.Config
	log           *slog.Logger
	db            *postgres.DB
	directory     *organization.Directory
	organizations *organization.Service
	staff         *staff.Service
	events        *event.Service
	tickets       *ticket.Service
	door          *door.Service
	contacts      *contact.Service
	answers       *report.Collector
	reports       *report.Service
	guard         *guard.Guard
	paper         *paper.Service
	venues        *venue.Service
	bookings      *booking.Service
	stopping      atomic.Bool
	changed       []func() // told whenever an event changed, here or in another process
}

// build makes the services; close ends them. db needs the public and the staff role.
func build(cfg config.Config, log *slog.Logger, db *postgres.DB) *house {
	h := &house{cfg: cfg, log: log, db: db, directory: organization.NewDirectory(db)}
	h.organizations = organization.NewService(db, h.directory)
	h.staff = staff.NewService(db, h.directory, cfg.Keys, random)
	h.events = event.NewService(db, h.directory, h.heard)
	h.tickets = ticket.New(db, cfg.Keys, random, log)
	h.door = door.NewService(db, cfg.Keys, random)
	h.contacts = contact.NewService(db, cfg.Keys, net.DefaultResolver)
	h.answers = report.Collect(db, log)
	h.tickets.CountAnswers(h.answers)
	h.reports = report.NewService(db, h.directory)
	h.paper = paper.NewService(db, cfg.Keys, random, h.tickets)
	h.guard = guard.New(guard.Options{DB: db, Keys: cfg.Keys, Random: random, Tickets: h.tickets, Exempt: cfg.Unguarded, Logger: log})
	h.venues = venue.NewService(db, h.directory)
	h.bookings = booking.NewService(db, h.directory, cfg.Keys, random)
	h.venues.OnChange(h.bookings.Forget)
	return h
}

func (h *house) close() {
	h.tickets.Close()
	h.answers.Close()
}

func (h *house) heard() {
	for _, tell := range h.changed {
		tell()
	}
}

// handler puts the faces on one server.
func (h *house) handler(metrics *httpx.Metrics) (http.Handler, error) {
	handler, _, err := h.faces(metrics)
	return handler, err
}

// faces gives the server with its route table; another face is one line.
func (h *house) faces(metrics *httpx.Metrics) (http.Handler, []httpx.Route, error) {
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		return nil, nil, err
	}
	pages, err := site.New(site.Options{
		Events: h.events, Tickets: h.tickets, Contacts: h.contacts, Guard: h.guard, Door: h.door, Paper: h.paper, Venues: h.venues, Bookings: h.bookings, Directory: h.directory, Keys: h.cfg.Keys, Random: random, Clock: h.db.Clock(), Messages: messages,
		Templates: web.Templates, Static: web.Static, BaseURL: h.cfg.BaseURL,
	})
	if err != nil {
		return nil, nil, err
	}
	feeds := feed.New(feed.Options{
		Events: h.events, Tickets: h.tickets, Rooms: h.bookings, Words: messages.Localizer(i18n.Japanese), BaseURL: string(h.cfg.BaseURL), Clock: h.db.Clock(), Logger: h.log,
	})
	h.changed = append(h.changed, feeds.Changed)
	metrics.Registerer().MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "tonarimachi_feed_shortcuts_total", Help: "Requests for feeds that had not changed, answered before routing and not among the requests by route.",
	}, func() float64 { return float64(feeds.Shortcuts()) }))
	limits, err := httpapi.BodyLimits()
	if err != nil {
		return nil, nil, err
	}
	e := httpx.New(httpx.Options{
		Messages: messages, Logger: h.log, Metrics: metrics, ErrorPage: pages.ErrorPage, TrustedProxies: h.cfg.TrustedProxies, HSTS: h.cfg.BaseURL.Secure(),
		Origin:     string(h.cfg.BaseURL),
		BodyLimits: limits,
	})
	httpx.Health(e, h.log, httpx.Readiness{Database: h.db.Ready, Kept: feeds.Kept, Stopping: h.stopping.Load})
	pages.Routes(e)
	feeds.Routes(e)
	err = httpapi.Register(e, httpapi.Options{
		Events: h.events, Tickets: h.tickets, Contacts: h.contacts, Guard: h.guard, Door: h.door, Paper: h.paper, Reports: h.reports, Venues: h.venues, Bookings: h.bookings, Organizations: h.organizations, Staff: h.staff, Ledger: audit.NewLedger(h.db, h.cfg.Keys),
		Once: idempotency.NewLedger(h.db), Keys: h.cfg.Keys, Words: messages.Localizer(i18n.Japanese), Messages: messages, Clock: h.db.Clock(), BaseURL: string(h.cfg.BaseURL),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("add API: %w", err)
	}
	return feeds.Shortcut(e), httpx.Table(e), nil
}

// tasks is the housekeeping; db needs the worker's role.
func tasks(db *postgres.DB) []job.Task {
	return []job.Task{
		{Name: retention.EraseTickets, Every: time.Hour, Do: ticket.NewEraser(db).EraseEnded},
		{Name: retention.LapseWaitingTickets, Every: 5 * time.Minute, Do: func(ctx context.Context) (int, error) { return ticket.LapseWaiting(ctx, db) }},
		{Name: ticket.TaskDrawLots, Every: time.Minute, Do: func(ctx context.Context) (int, error) { return ticket.DrawLots(ctx, db) }},
		{Name: booking.LapseTask, Every: time.Minute, Do: func(ctx context.Context) (int, error) { return booking.Lapse(ctx, db) }},
		{Name: event.LapseQuestionsTask, Every: 5 * time.Minute, Do: func(ctx context.Context) (int, error) { return event.LapseQuestions(ctx, db) }},
		{Name: booking.RoundTask, Every: time.Minute, Do: func(ctx context.Context) (int, error) { return booking.RunRounds(ctx, db) }},
		{Name: retention.ForgetDoorTaps, Every: time.Hour, Do: func(ctx context.Context) (int, error) { return door.ForgetTaps(ctx, db) }},
		{Name: "ask_still_coming", Every: 10 * time.Minute, Do: func(ctx context.Context) (int, error) { return ticket.AskStillComing(ctx, db) }},
		{Name: "freeze_figures", Every: 10 * time.Minute, Do: func(ctx context.Context) (int, error) { return report.Freeze(ctx, db) }},
		{Name: retention.ReturnPaperSeats, Every: time.Minute, Do: func(ctx context.Context) (int, error) { return paper.Return(ctx, db) }},
		{Name: retention.ForgetShares, Every: 5 * time.Minute, Do: func(ctx context.Context) (int, error) { return guard.Forget(ctx, db) }},
		{Name: venue.TaskFillHolidays, Every: 24 * time.Hour, Do: func(ctx context.Context) (int, error) { return venue.FillHolidays(ctx, db) }},
		{Name: retention.ForgetIdempotencyKeys, Every: time.Hour, Do: idempotency.NewLedger(db).Forget},
	}
}
