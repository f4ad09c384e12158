// Package config reads the settings of the program, the only place that looks
// at the environment. All faults are told at once, each with the variable's
// name, what it wants and an example; values are never repeated, because some are secret.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Prefix begins the name of every setting.
const Prefix = "TONARIMACHI_"

// Config is the settings. What a fault tells of each stands in help.go.
type Config struct {
	// DatabaseURL is the login that holds the three program roles, never the owner.
	DatabaseURL Hidden `env:"DATABASE_URL"`
	// OwnerDatabaseURL owns the schema; only migrate and the operator's commands use it.
	OwnerDatabaseURL Hidden `env:"OWNER_DATABASE_URL"`
	// SecretKey is the text Keys are derived from.
	SecretKey Hidden `env:"SECRET_KEY"`
	// Keys are derived from SecretKey; nil when it was neither given nor needed.
	Keys *secret.Keys `env:"-"`

	// ContactKey is the text ContactKeys are derived from; for processes that run the worker's
	// jobs, and for no other.
	ContactKey Hidden `env:"CONTACT_KEY"`
	// ContactKeys are derived from ContactKey; nil when it was neither given nor needed.
	ContactKeys *secret.Keys `env:"-"`
	// ContactDir is the worker's key store, outside of every backup; all workers share it.
	ContactDir Folder `env:"CONTACT_DIR"`
	// SMTPURL is where the worker sends mail; empty sends none.
	SMTPURL Hidden `env:"SMTP_URL"`
	// Mail is read from SMTPURL.
	Mail MailServer `env:"-"`
	// MailFrom is the sender of that mail.
	MailFrom MailAddress `env:"MAIL_FROM"`

	// Listen is host:port of the public server.
	Listen Address `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	// MetricsListen is host:port of the metrics; empty turns them off.
	MetricsListen Address `env:"METRICS_LISTEN"`
	// BaseURL is how the world reaches the program, without a slash at the end.
	BaseURL BaseURL `env:"BASE_URL"`
	// TrustedProxies may tell the client's address in X-Forwarded-For.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// Unguarded are networks whose requests for seats are never asked for work or patience; by
	// default the machine itself, which is what everybody looks like behind a proxy that
	// TrustedProxies does not name.
	Unguarded []netip.Prefix `env:"UNGUARDED" envDefault:"127.0.0.0/8,::1/128"`

	LogLevel  slog.Level `env:"LOG_LEVEL"  envDefault:"info"`
	LogFormat LogFormat  `env:"LOG_FORMAT" envDefault:"text"`

	// The greatest number of connections each pool opens.
	PoolPublic PoolSize `env:"DB_POOL_PUBLIC" envDefault:"8"`
	PoolStaff  PoolSize `env:"DB_POOL_STAFF"  envDefault:"16"`
	PoolWorker PoolSize `env:"DB_POOL_WORKER" envDefault:"4"`

	// ShutdownGrace is how long requests under way may take after a stop signal.
	ShutdownGrace Grace `env:"SHUTDOWN_GRACE" envDefault:"15s"`

	// Unknown lists the names with our prefix that mean nothing to this version: worth a warning.
	Unknown []string `env:"-"`
}

// Use says what the settings are for: what must be given depends on it.
type Use int

// The uses.
const (
	Serve   Use = iota // serve and worker: DATABASE_URL, BASE_URL and SECRET_KEY
	Migrate            // OWNER_DATABASE_URL
	Tool               // commands on the data: DATABASE_URL and SECRET_KEY
	Operate            // the operator's commands: OWNER_DATABASE_URL and SECRET_KEY
	Work               // worker, and serve that runs its jobs too: as Serve, and CONTACT_KEY and CONTACT_DIR
)

var needs = map[Use][]string{
	Serve:   {"DatabaseURL", "BaseURL", "SecretKey"},
	Migrate: {"OwnerDatabaseURL"},
	Tool:    {"DatabaseURL", "SecretKey"},
	Operate: {"OwnerDatabaseURL", "SecretKey"},
	Work:    {"DatabaseURL", "BaseURL", "SecretKey", "ContactKey", "ContactDir"},
}

// Fault is one wrong setting.
type Fault struct {
	Variable string // with prefix
	Problem  string // "is missing", "can't be read"; never the value
	Want     string
	Example  string
}

// Error is one line for the operator.
func (f Fault) Error() string {
	return fmt.Sprintf("%s %s: want %s; for example %s", f.Variable, f.Problem, f.Want, f.Example)
}

// Faults is every wrong setting, in the order of Config.
type Faults []Fault

// Error is one line a fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return "settings:\n  " + strings.Join(lines, "\n  ")
}

// FromEnvironment loads the process's own settings.
func FromEnvironment(use Use) (Config, error) { return LoadFor(use, os.Environ()) }

// Load reads the settings for serve from "NAME=value" lines. The error is Faults.
func Load(environ []string) (Config, error) { return LoadFor(Serve, environ) }

// LoadFor reads the settings for a use. The error is Faults.
func LoadFor(use Use, environ []string) (Config, error) {
	var c Config
	given := env.ToMap(environ)
	for name, value := range given {
		given[name] = strings.TrimSpace(value)
	}
	problems := map[string]string{} // by field
	if err := env.ParseWithOptions(&c, env.Options{Environment: given, Prefix: Prefix}); err != nil {
		var all env.AggregateError
		if !errors.As(err, &all) {
			return Config{}, fmt.Errorf("read settings: %w", err)
		}
		for _, e := range all.Errors {
			var parse env.ParseError
			if !errors.As(e, &parse) {
				return Config{}, fmt.Errorf("read settings: %w", e)
			}
			problems[parse.Name] = "can't be read"
		}
	}
	if text := c.SecretKey.Reveal(); text != "" {
		var err error
		if c.Keys, err = secret.ParseKeys(text); err != nil {
			problems["SecretKey"] = "can't be used (" + err.Error() + ")"
		}
	}
	if text := c.ContactKey.Reveal(); text != "" {
		var err error
		if c.ContactKeys, err = secret.ParseKeys(text); err != nil {
			problems["ContactKey"] = "can't be used (" + err.Error() + ")"
		} else if text == c.SecretKey.Reveal() {
			problems["ContactKey"] = "is the same as " + variable("SecretKey")
		}
	}
	if text := c.SMTPURL.Reveal(); text != "" {
		var err error
		if c.Mail, err = ParseMailServer(text); err != nil {
			problems["SMTPURL"] = "can't be read"
		}
		if given[variable("MailFrom")] == "" {
			problems["MailFrom"] = "is missing"
		}
	}
	for _, field := range needs[use] {
		if problems[field] == "" && given[variable(field)] == "" {
			problems[field] = "is missing"
		}
	}
	if faults := tell(problems); len(faults) > 0 {
		return Config{}, faults
	}
	c.Unknown = unknown(given)
	return c, nil
}

func tell(problems map[string]string) Faults {
	var faults Faults
	for f := range settings() {
		if p, ok := problems[f.Name]; ok {
			h := help[f.Tag.Get("env")]
			faults = append(faults, Fault{Variable: variable(f.Name), Problem: p, Want: h.want, Example: h.example})
		}
	}
	return faults
}

func unknown(given map[string]string) []string {
	known := map[string]bool{}
	for f := range settings() {
		known[variable(f.Name)] = true
	}
	var names []string
	for name := range given {
		if strings.HasPrefix(name, Prefix) && !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// settings yields the fields that are read from the environment.
func settings() func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		t := reflect.TypeFor[Config]()
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("env") != "-" && !yield(f) {
				return
			}
		}
	}
}

func variable(field string) string {
	f, _ := reflect.TypeFor[Config]().FieldByName(field)
	return Prefix + f.Tag.Get("env")
}

// Environ writes the settings for another process, secrets and all: Load reads
// the same Config from it. A second process on the same machine needs LISTEN and
// METRICS_LISTEN of its own.
func (c Config) Environ() map[string]string {
	out := map[string]string{}
	set := func(field, value string) {
		if value != "" {
			out[variable(field)] = value
		}
	}
	set("DatabaseURL", c.DatabaseURL.Reveal())
	set("OwnerDatabaseURL", c.OwnerDatabaseURL.Reveal())
	set("SecretKey", c.SecretKey.Reveal())
	set("ContactKey", c.ContactKey.Reveal())
	set("ContactDir", string(c.ContactDir))
	set("SMTPURL", c.SMTPURL.Reveal())
	set("MailFrom", string(c.MailFrom))
	set("Listen", string(c.Listen))
	set("MetricsListen", string(c.MetricsListen))
	set("BaseURL", string(c.BaseURL))
	set("TrustedProxies", networks(c.TrustedProxies))
	set("Unguarded", networks(c.Unguarded))
	set("LogLevel", strings.ToLower(c.LogLevel.String()))
	set("LogFormat", string(c.LogFormat))
	set("PoolPublic", fmt.Sprint(int(c.PoolPublic)))
	set("PoolStaff", fmt.Sprint(int(c.PoolStaff)))
	set("PoolWorker", fmt.Sprint(int(c.PoolWorker)))
	set("ShutdownGrace", time.Duration(c.ShutdownGrace).String())
	return out
}

func networks(prefixes []netip.Prefix) string {
	all := make([]string, len(prefixes))
	for i, p := range prefixes {
		all[i] = p.String()
	}
	return strings.Join(all, ",")
}
