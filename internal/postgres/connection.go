package postgres

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Whoever holds a connection and waits for a second one of the same pool can wait for ever: eight
// requests that did so on a pool of eight stopped every page. Two rules keep that from happening.
//
// Pools are taken in one order, staff before public and never twice: see rank. The guard in this
// file sees every connection that is asked for, in whatever way. It knows who holds one by the
// goroutine in tests, and by the context (see Watched) in production, where that costs nothing. In
// tests it refuses and the run fails; in production it logs each place once and lets the request go
// on.
//
// Every wait for a connection ends: see acquireWithin.

// acquireWithin is how long a connection is waited for. After that callers hear ErrUnavailable: a
// page that comes later than this is no longer waited for, and the queue of those who wait stays
// short.
var acquireWithin = map[Role]time.Duration{
	RolePublic:   2 * time.Second,
	RoleStaff:    5 * time.Second,
	RoleWorker:   10 * time.Second,
	RoleOperator: 10 * time.Second,
}

// rank is the order in which a request may take connections of several pools: only of a higher rank
// than those that it holds. Without one order two requests could wait for each other.
var rank = map[Role]int{RoleOperator: 1, RoleWorker: 1, RoleStaff: 2, RolePublic: 3}

// ErrSecondConnection is what tests hear instead of a connection that the guard refuses.
var ErrSecondConnection = errors.New(
	"a connection was asked for while one of the same pool, or of one later in their order, was held")

// Second is what the guard found: for which pool, and the line of the program that asked.
type Second struct {
	Held, Wanted Role
	Place        string
}

// strict is what tests hear of every second connection; nil in production.
var strict atomic.Pointer[func(Second)]

// Strict has the guard follow goroutines from now on, tell every second connection and refuse it
// with ErrSecondConnection. It is for tests and to be called before a DB is opened: following
// goroutines costs microseconds a connection.
func Strict(report func(Second)) { strict.Store(&report) }

type watchKey struct{}

// watch knows which pools' connections are held by what runs under one context.
type watch struct {
	mu   sync.Mutex
	held map[*tracer]int
}

// Watched gives a context that the guard can follow: of a request or a job, however it passes it
// on. It ends Several.
func Watched(ctx context.Context) context.Context {
	return context.WithValue(ctx, watchKey{}, &watch{})
}

// Several gives a context under which several connections of a pool may be held at once. It is for
// the few goroutines of a process that keep or prepare connections, not for those who serve.
func Several(ctx context.Context) context.Context {
	return context.WithValue(ctx, watchKey{}, (*watch)(nil))
}

// Unheld says whether a connection of the role may be waited for, as the guard would when it is
// asked for. Whoever is about to wait for another goroutine that takes one calls it first.
func (db *DB) Unheld(ctx context.Context, role Role) error {
	for _, p := range db.pools {
		if !p.tracer.admit(ctx, role) {
			return ErrSecondConnection
		}
		break // each knows the others
	}
	return nil
}

// tracer is told by its pool of every connection that is asked for, had and given back (pgxpool's
// AcquireTracer and ReleaseTracer).
type tracer struct {
	role   Role
	within time.Duration
	log    *slog.Logger
	second func(Second) bool
	peers  *[]*tracer // of all pools of the DB
	told   sync.Map   // places that were logged

	mu sync.Mutex
	by map[uint64][]*pgx.Conn // in tests: the connections that a goroutine holds
}

var (
	_ pgxpool.AcquireTracer = (*tracer)(nil)
	_ pgxpool.ReleaseTracer = (*tracer)(nil)
	_ pgx.QueryTracer       = (*tracer)(nil)
)

// TraceQueryStart and TraceQueryEnd are what pgx wants of every tracer; statements are not looked
// at.
func (t *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd does nothing.
func (t *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

type acquiringKey struct{}

// TraceAcquireStart has the wait end in time, and refuses it at once in tests that hold a
// connection.
func (t *tracer) TraceAcquireStart(
	ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData,
) context.Context {
	if !t.admit(ctx, t.role) {
		return refused{ctx}
	}
	bounded, cancel := context.WithTimeout(ctx, t.within)
	return context.WithValue(bounded, acquiringKey{}, cancel)
}

// holding is kept with a connection while somebody has it.
type holding struct {
	watch     *watch
	goroutine uint64 // 0 in production
}

const holdingKey = "tonarimachi.holding"

// TraceAcquireEnd notes who holds the connection.
func (t *tracer) TraceAcquireEnd(ctx context.Context, _ *pgxpool.Pool, data pgxpool.TraceAcquireEndData) {
	if cancel, ok := ctx.Value(acquiringKey{}).(context.CancelFunc); ok {
		cancel()
	}
	if data.Err != nil || data.Conn == nil {
		return
	}
	var h holding
	var known bool
	if h.watch, known = ctx.Value(watchKey{}).(*watch); h.watch != nil {
		h.watch.add(t, 1)
	}
	if strict.Load() != nil && (h.watch != nil || !known) { // not for Several
		h.goroutine = goroutine()
		t.mu.Lock()
		if t.by == nil {
			t.by = map[uint64][]*pgx.Conn{}
		}
		t.by[h.goroutine] = append(t.by[h.goroutine], data.Conn)
		t.mu.Unlock()
	}
	if h != (holding{}) {
		data.Conn.PgConn().CustomData()[holdingKey] = h
	}
}

// TraceRelease notes that nobody holds it any more.
func (t *tracer) TraceRelease(_ *pgxpool.Pool, data pgxpool.TraceReleaseData) {
	custom := data.Conn.PgConn().CustomData()
	h, ok := custom[holdingKey].(holding)
	if !ok {
		return
	}
	delete(custom, holdingKey)
	if h.watch != nil {
		h.watch.add(t, -1)
	}
	if h.goroutine != 0 {
		t.mu.Lock()
		t.forget(h.goroutine, func(c *pgx.Conn) bool { return c == data.Conn })
		t.mu.Unlock()
	}
}

// forget is to be called with the lock.
func (t *tracer) forget(goroutine uint64, gone func(*pgx.Conn) bool) {
	var left []*pgx.Conn
	for _, c := range t.by[goroutine] {
		if !gone(c) {
			left = append(left, c)
		}
	}
	if t.by[goroutine] = left; len(left) == 0 {
		delete(t.by, goroutine)
	}
}

func (w *watch) add(t *tracer, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == nil {
		w.held = map[*tracer]int{}
	}
	w.held[t] += n
}

func (w *watch) holds(t *tracer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held[t] > 0
}

// holds tells whether the goroutine holds a connection. One that was taken out of the pool for good
// (Hijack) and closed since is held by nobody.
func (t *tracer) holds(goroutine uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.by[goroutine]) == 0 {
		return false
	}
	t.forget(goroutine, (*pgx.Conn).IsClosed)
	return len(t.by[goroutine]) > 0
}

// admit tells whether a connection may be waited for, and tells of it when that is against the
// rules.
func (t *tracer) admit(ctx context.Context, wanted Role) bool {
	watched, known := ctx.Value(watchKey{}).(*watch)
	report := strict.Load()
	if watched == nil && (report == nil || known) { // known and nil is Several
		return true
	}
	var self uint64
	if report != nil {
		self = goroutine()
	}
	for _, peer := range *t.peers {
		if rank[peer.role] < rank[wanted] {
			continue
		}
		if watched != nil && watched.holds(peer) || self != 0 && peer.holds(self) {
			return t.found(ctx, Second{Held: peer.role, Wanted: wanted, Place: place()}, report)
		}
	}
	return true
}

// found tells whether to go on all the same.
func (t *tracer) found(ctx context.Context, s Second, report *func(Second)) bool {
	if t.second != nil {
		return t.second(s)
	}
	if report != nil {
		(*report)(s)
		return false
	}
	if _, known := t.told.LoadOrStore(s.Place, true); !known {
		const words = "a connection was asked for while another was held: under load such requests wait for each " +
			"other; " +
			"please report the place"
		t.log.LogAttrs(ctx, slog.LevelError, words,
			slog.String("held", string(s.Held)), slog.String("wanted", string(s.Wanted)), slog.String("place", s.Place))
	}
	return true
}

// place is the lines of the program that asked, the innermost first, outside of this package and of
// libraries.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var lines []string
	for more := true; more && len(lines) < placeLines; {
		var f runtime.Frame
		f, more = frames.Next()
		_, rest, ours := strings.Cut(f.Function, "github.com/tonarimachi/tonarimachi/")
		if ours && !strings.HasPrefix(rest, "internal/postgres.") {
			lines = append(lines, rest+":"+strconv.Itoa(f.Line))
		}
	}
	return strings.Join(lines, " < ")
}

const placeLines = 4

// goroutine gives the number that the runtime prints in its traces. Go has no other way to tell
// goroutines apart, and none at all that would be cheap enough for production.
func goroutine() uint64 {
	var buf [64]byte
	text := strings.TrimPrefix(string(buf[:runtime.Stack(buf[:], false)]), "goroutine ")
	number, _, _ := strings.Cut(text, " ")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		panic("postgres: the runtime's traces have another form")
	}
	return n
}

var ended = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// refused is a context under which nothing can be acquired.
type refused struct{ context.Context } //nolint:containedctx // it is a context

// Done is closed.
func (refused) Done() <-chan struct{} { return ended }

// Err says why.
func (refused) Err() error { return ErrSecondConnection }
