package app

import (
	"crypto/rand"
	"log/slog"
	"net"
	"sync/atomic"

	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// App is the services over one database, and what answers requests with them.
type App struct {
	Directory     *organization.Directory
	Organizations *organization.Service
	Staff         *staff.Service
	Events        *event.Service
	Search        *search.Service
	Tickets       *ticket.Service
	Door          *door.Service
	Contacts      *contact.Service
	Reports       *report.Service
	Admission     *admission.Service
	Paper         *paper.Service
	Venues        *venue.Service
	Board         *board.Service
	Bookings      *booking.Service
	Rounds        *round.Service

	cfg      config.Config
	log      *slog.Logger
	db       *postgres.DB
	answers  *report.Collector
	stopping atomic.Bool
	// onEventChange are called whenever an event changed, here or in another process.
	onEventChange []func()
}

// New makes the services; Close ends them. db needs the public and the staff role.
func New(cfg config.Config, log *slog.Logger, db *postgres.DB) *App {
	directory := organization.NewDirectory(db)
	a := &App{cfg: cfg, log: log, db: db, Directory: directory, answers: report.Collect(db, log)}
	a.Organizations = organization.NewService(db, directory)
	a.Staff = staff.NewService(db, directory, cfg.Keys, rand.Reader)
	a.Events = event.NewService(db, directory, a.eventChanged)
	a.Search = search.NewService(db, directory)
	a.Tickets = ticket.New(db, cfg.Keys, rand.Reader, log)
	a.Tickets.CountAnswers(a.answers)
	a.Door = door.NewService(db, cfg.Keys, rand.Reader)
	a.Contacts = contact.NewService(db, cfg.Keys, net.DefaultResolver)
	a.Reports = report.NewService(db, directory)
	a.Paper = paper.NewService(db, cfg.Keys, rand.Reader, a.Tickets)
	a.Admission = admission.New(admission.Options{
		DB: db, Keys: cfg.Keys, Random: rand.Reader, Tickets: a.Tickets, Exempt: cfg.Unguarded, Logger: log,
	})
	a.Venues = venue.NewService(db, directory)
	a.Board = board.NewService(db, directory, cfg.Keys, rand.Reader)
	a.Bookings = booking.NewService(db, directory, a.Board)
	a.Rounds = round.NewService(db, directory, a.Board, a.Bookings, rand.Reader)
	a.Venues.OnChange(a.Board.Forget)
	return a
}

// Close waits for what the services do behind answered requests.
func (a *App) Close() {
	a.Tickets.Close()
	a.answers.Close()
}

func (a *App) eventChanged() {
	for _, tell := range a.onEventChange {
		tell()
	}
}
