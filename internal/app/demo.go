package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// DemoContactKeys is the folder of the contact keys, inside the demo's.
const DemoContactKeys = "contact-keys"

// DemoConfig is the settings of the demo; those of the environment are for real installations.
func DemoConfig(ownerURL, loginURL, dir string, book *demo.Book, at net.Addr) (config.Config, error) {
	var environ []string
	for name, value := range map[string]string{
		"DATABASE_URL":       loginURL,
		"OWNER_DATABASE_URL": ownerURL,
		"SECRET_KEY":         book.SecretKey,
		"LISTEN":             at.String(),
		"BASE_URL":           baseURL(at),
		"SHUTDOWN_GRACE":     "5s",
		"CONTACT_KEY":        book.ContactKey, "CONTACT_DIR": filepath.Join(dir, DemoContactKeys),
		// Who sends X-Forwarded-For plays somebody from elsewhere, whom admission may ask for work.
		"TRUSTED_PROXIES": "127.0.0.0/8,::1/128",
		// Nothing is sent from a demo: mails are written down.
		"SMTP_URL":  (&url.URL{Scheme: "file", Path: filepath.Join(dir, "mail")}).String(),
		"MAIL_FROM": "oshirase@demo.example",
	} {
		environ = append(environ, config.Prefix+name+"="+value)
	}
	cfg, err := config.LoadFor(config.Work, environ)
	if err != nil {
		return cfg, fmt.Errorf("set the demo up: %w", err)
	}
	return cfg, nil
}

// baseURL is where this machine reaches what listens at an address.
func baseURL(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return "http://" + at.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// LoadDemo fills the database with the demo's programmes, as cfg's operator and through the
// services.
func (a *App) LoadDemo(ctx context.Context, cfg config.Config, book *demo.Book) error {
	o, err := OpenOperator(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.DB.Close()
	err = demo.Load(ctx, demo.Services{
		OrganizationOperator: o.Organizations,
		StaffOperator:        o.Staff,
		Staff:                a.Staff,
		Events:               a.Events,
		Search:               a.Search,
		Tickets:              a.Tickets,
		Door:                 a.Door,
		Paper:                a.Paper,
		Venues:               a.Venues,
		Bookings:             a.Bookings,
		Rounds:               a.Rounds,
		Contacts:             a.Contacts,
		Clock:                a.db.Clock(),
		ContactKeys:          func(ctx context.Context) error { return makeContactKeys(ctx, cfg, a.db) },
		Past: func(ctx context.Context, at time.Time) (*demo.Past, error) {
			c := clock.NewFake(at)
			db, err := postgres.Open(
				ctx,
				postgres.Options{
					URL:    cfg.DatabaseURL.Reveal(),
					Public: 4,
					Staff:  2,
					Worker: 1,
					Clock:  c,
					Logger: a.log,
				},
			)
			if err != nil {
				return nil, err
			}
			return demo.OpenPast(db, c, cfg.Keys, rand.Reader), nil
		},
	}, book)
	a.Directory.Forget()
	return err
}
