package feed

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Events gives what a feed shows; search.Service does.
type Events interface {
	Select(ctx context.Context, s search.Selector) (search.Selection, error)
}

// Tickets gives what a private calendar shows; ticket.Service does.
type Tickets interface {
	Follow(ctx context.Context, token secret.Calendar) (ticket.Followed, error)
}

// Options are what the feeds are made of.
type Options struct {
	Events  Events
	Tickets Tickets         // for the private calendars of tickets
	Rooms   Rooms           // for the free/busy calendars of rooms
	Words   *i18n.Localizer // the language of the feeds: Japanese
	BaseURL string          // without a slash at its end
	Clock   clock.Clock
	Logger  *slog.Logger
}

// recheckAfter is how long a cached document is served without asking the database anew when no
// change was announced; maxDocuments bounds how many are cached.
const (
	recheckAfter = time.Minute
	maxDocuments = 2000
)

// Feeds with filters are kept within so many bytes, and so many are built at once: whoever asks
// chooses the filters.
const (
	narrowedMemory = 32 << 20
	narrowedBuilds = 2
)

// midnightGrace is how long after midnight a Last-Modified is left out that would only say that the
// day has changed: the clocks of several servers may differ by that much.
const midnightGrace = 2 * time.Minute

// Feeds keeps the documents. Safe for concurrent use.
type Feeds struct {
	Options
	builder    *ical.Builder
	narrow     *ical.Builder // of feeds with filters
	neutral    *ical.Builder // of private calendars, apart from what others share
	generation atomic.Uint64
	documents  sync.Map // path → *document
	count      atomic.Int64
	narrowed   *documentCache // of feeds with filters
	turns      chan struct{}  // to build one of them
	shortcuts  atomic.Uint64
	builds     builds
	outage     outage
}

type document struct {
	*ical.Document
	changed      time.Time // Last-Modified; zero when none can be told
	lastModified string    // the same as a header, else empty
	generation   uint64
	readAt       time.Time // when the database was asked for it
	until        time.Time
}

// New makes the feeds. Call Changed whenever an event changed.
func New(o Options) *Feeds {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Feeds{
		Options: o, builder: ical.NewBuilder(0), narrow: ical.NewBuilder(16 << 20), neutral: ical.NewBuilder(1 << 20),
		narrowed: newDocumentCache(narrowedMemory), turns: make(chan struct{}, narrowedBuilds),
	}
}

// Changed makes every kept document be looked at again before it is served. One whose content is
// the same keeps its tag.
func (f *Feeds) Changed() { f.generation.Add(1) }

// fresh says whether a kept document may be served as it is.
func (f *Feeds) fresh(d *document) bool {
	return d.generation == f.generation.Load() && f.Clock.Now().Before(d.until)
}

func (f *Feeds) build(ctx context.Context, path string, s search.Selector, generation uint64) (*document, error) {
	ctx, cancel := context.WithTimeout(ctx, buildPatience)
	defer cancel()
	builder := f.builder
	if s.Only != (search.FeedFilter{}) {
		select {
		case f.turns <- struct{}{}:
			defer func() { <-f.turns }()
		case <-ctx.Done():
			return nil, fmt.Errorf("wait to build feed: %w", ctx.Err())
		}
		builder = f.narrow
	}
	now := f.Clock.Now()
	selection, err := f.Events.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	built, err := builder.Build(f.calendar(s, selection), f.entries(selection.Events))
	if err != nil {
		return nil, fmt.Errorf("build feed: %w", err)
	}
	d := &document{
		Document:   built,
		generation: generation,
		readAt:     now,
		until:      earlier(now.Add(recheckAfter), selection.Until),
	}
	changed, settles := lastModified(selection)
	if selection.At.Before(settles) {
		d.until = earlier(d.until, settles)
	} else {
		d.changed, d.lastModified = changed, changed.UTC().Format(httpTime)
	}
	f.keep(path, d)
	return d, nil
}

// lastModified gives the Last-Modified of a feed and from when on it may be told (ADR 0029): it is
// the feed's stamp or, as entries leave the window at midnight, the beginning of the day. What
// changes before it is told may bear the same one.
func lastModified(s search.Selection) (changed, settles time.Time) {
	if midnight := clock.StartOfDay(s.At); !s.ChangedAt.After(midnight) {
		return midnight, midnight.Add(midnightGrace)
	}
	return s.ChangedAt, s.ChangedAt
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// httpTime is IMF-fixdate (RFC 9110 section 5.6.7).
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

// load gives what is kept of a path, nil for nothing.
func (f *Feeds) load(path string) *document {
	if strings.Contains(path, "?") {
		return f.narrowed.get(path)
	}
	if v, ok := f.documents.Load(path); ok {
		return v.(*document)
	}
	return nil
}

func (f *Feeds) keep(path string, d *document) {
	if strings.Contains(path, "?") {
		f.narrowed.put(path, d)
		return
	}
	if _, known := f.documents.Swap(path, d); known || f.count.Add(1) <= maxDocuments {
		return
	}
	// Over the limit: let go of any other, there is no order worth its cost.
	f.documents.Range(func(other, _ any) bool {
		if other != path {
			f.forget(other.(string))
			return false
		}
		return true
	})
}

func (f *Feeds) forget(path string) {
	if strings.Contains(path, "?") {
		f.narrowed.forget(path)
		return
	}
	if _, there := f.documents.LoadAndDelete(path); there {
		f.count.Add(-1)
	}
}
