//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// Options say where and how a private server runs.
type Options struct {
	// Dir is the data folder; it is created. One program at a time can have it.
	Dir string
	// Logger hears of starts and stops; nil is silence. The server's own words go to
	// DIR/postgres.log.
	Logger *slog.Logger
	// Settings are extra server settings by their postgresql.conf names, such as fsync=off in
	// tests. Without them the server is durable. Where it listens cannot be changed.
	Settings map[string]string
	// Fresh throws away the cluster and passwords of earlier runs.
	Fresh bool
}

// Server is a running private PostgreSQL server. Its methods are safe for concurrent use.
type Server struct {
	dir, data string
	bin       installation
	acct      account
	secrets   credentials
	settings  map[string]string
	log       *slog.Logger
	lock      *os.File
	port      int
	proc      *process
	follows   string // how a standby reaches its primary

	stopping sync.Mutex
	stopped  bool
}

// Start takes the data folder, ends a server that a killed predecessor left in it, makes the
// cluster if there is none and starts the server; it returns when the server answers. ctx bounds
// the start only: end the server with Stop.
//
// It fails with *NotFoundError when PostgreSQL is not installed, with *RunningError when a living
// program has the folder, with *VersionError when the cluster needs another major version than
// those installed.
func Start(ctx context.Context, o Options) (*Server, error) {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return start(ctx, o, systemFinder(log), log)
}

func start(ctx context.Context, o Options, find finder, log *slog.Logger) (_ *Server, err error) {
	dir, err := makeFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir, lockPatience)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
		}
	}()
	s := &Server{dir: dir, settings: o.Settings, log: log, lock: lock}
	bases := clusterBases(dir)
	for _, base := range bases {
		if err := endOrphan(ctx, filepath.Join(base, "data"), log); err != nil {
			return nil, err
		}
	}
	if o.Fresh {
		if err := forget(dir, bases); err != nil {
			return nil, err
		}
	}
	s.acct = chooseAccount(bases)
	installed, err := find.find(ctx, s.acct)
	if err != nil {
		return nil, err
	}
	if err := s.makeCluster(ctx, bases, installed); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, err
	}
	log.Info(
		"private database server started",
		"version",
		s.bin.major,
		"pid",
		s.PID(),
		"addr",
		s.Addr(),
		"folder",
		s.data,
		"account",
		s.acct.name,
	)
	return s, nil
}

// makeFolder gives dir's real path, the same however it was written: the server is recognised by
// it.
func makeFolder(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("make data folder: no path given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711 // the server's account passes through; what is secret has modes of its own
	}
	if err := os.MkdirAll(abs, mode); err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	resolved, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	return resolved, nil
}

// forget removes what earlier runs left: clusters, passwords, the link.
func forget(dir string, bases []string) error {
	for _, path := range append(slices.Clone(bases), credentialsPath(dir), filepath.Join(dir, "cluster")) {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove old cluster: %w", err)
		}
	}
	return nil
}

func (s *Server) makeCluster(ctx context.Context, bases []string, installed []installation) error {
	secrets, err := loadCredentials(s.dir)
	known := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !known {
		// A folder that was deleted and made again may have left its cluster outside: nobody has
		// its passwords.
		for _, outside := range bases[1:] {
			if err := os.RemoveAll(outside); err != nil {
				return fmt.Errorf("remove old cluster: %w", err)
			}
		}
	}
	base, err := settle(ctx, bases, s.acct, installed[0])
	if err != nil {
		return err
	}
	s.data = filepath.Join(base, "data")
	major, err := clusterMajor(s.data)
	if err != nil {
		return err
	}
	if s.bin, err = choose(installed, major, s.dir); err != nil {
		return err
	}
	switch {
	case !known && major != 0:
		return fmt.Errorf(
			"open data folder %s: its passwords (%s) are gone; start afresh",
			s.dir,
			credentialsPath(s.dir),
		)
	case !known:
		secrets = newCredentials()
		if err := secrets.save(s.dir); err != nil {
			return err
		}
	}
	s.secrets = secrets
	if major == 0 {
		if err := initialize(
			ctx,
			base,
			s.acct,
			s.bin,
			secrets.Superuser,
			s.settings["fsync"] != "off",
			s.log,
		); err != nil {
			return err
		}
	}
	return linkCluster(s.dir, base)
}

// choose takes the preferred installation, or for an existing cluster the first of its major
// version.
func choose(installed []installation, major int, dir string) (installation, error) {
	if major == 0 {
		return installed[0], nil
	}
	wrong := &VersionError{Dir: dir, Cluster: major}
	for _, candidate := range installed {
		if candidate.major == major {
			return candidate, nil
		}
		wrong.Installed = append(wrong.Installed, candidate.major)
	}
	return installation{}, wrong
}

// AdminURL connects as superuser; without a name to the database "postgres".
func (s *Server) AdminURL(database string) string {
	if database == "" {
		database = "postgres"
	}
	return s.URL(Superuser, database)
}

// URL connects as user, with the password if it is one of the roles that this package made.
func (s *Server) URL(user, database string) string {
	u := url.URL{Scheme: "postgres", Host: s.Addr(), Path: "/" + database, RawQuery: "sslmode=disable"}
	switch user {
	case Superuser:
		u.User = url.UserPassword(user, s.secrets.Superuser)
	case OwnerRole:
		u.User = url.UserPassword(user, s.secrets.Owner)
	case LoginRole:
		u.User = url.UserPassword(user, s.secrets.Login)
	default:
		u.User = url.User(user)
	}
	return u.String()
}

// Addr is the server's host:port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// PID is the server's process number.
func (s *Server) PID() int { return s.proc.pid() }

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.proc.done }

// Discard ends a server that a killed program left in dir, and removes the folder with all that
// belongs to it. It fails with *RunningError when a living program has the folder.
func Discard(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	dir, err := makeFolder(dir)
	if err != nil {
		return err
	}
	lock, err := lockFolder(ctx, dir, 0)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	bases := clusterBases(dir)
	for _, base := range bases {
		if err := endOrphan(ctx, filepath.Join(base, "data"), slog.New(slog.DiscardHandler)); err != nil {
			return err
		}
	}
	for _, path := range append(bases, dir) {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove data folder: %w", err)
		}
	}
	return nil
}
