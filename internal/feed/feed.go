package feed

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Events gives what a feed shows; event.Service does.
type Events interface {
	Select(ctx context.Context, s event.Selector) (event.Selection, error)
}

// Directory names organizations and partnerships; organization.Directory does.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Tickets gives what a private calendar shows; ticket.Service does.
type Tickets interface {
	Follow(ctx context.Context, token secret.Calendar) (ticket.Followed, error)
}

// Options are what the feeds are made of.
type Options struct {
	Events    Events
	Directory Directory
	Tickets   Tickets         // for the private calendars of tickets
	Rooms     Rooms           // for the free/busy calendars of rooms
	Words     *i18n.Localizer // the language of the feeds: Japanese
	BaseURL   string          // without a slash at its end
	Clock     clock.Clock
	Logger    *slog.Logger
}

// How long a kept document is believed without having heard of a change, and how many are kept at most.
const (
	believed = time.Minute
	kept     = 2000
)

// Feeds keeps the documents. Safe for concurrent use.
type Feeds struct {
	Options
	builder    *ical.Builder
	quiet      *ical.Builder // of private calendars, apart from what others share
	generation atomic.Uint64
	documents  sync.Map // path → *document
	count      atomic.Int64
	shortcuts  atomic.Uint64
	building   singleflight.Group
}

type document struct {
	*ical.Document
	lastModified string
	generation   uint64
	until        time.Time
}

// New makes the feeds. Call Changed whenever an event changed.
func New(o Options) *Feeds {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Feeds{Options: o, builder: ical.NewBuilder(0), quiet: ical.NewBuilder(1 << 20)}
}

// Changed makes every kept document be looked at again before it is served. One whose content is the same keeps its tag.
func (f *Feeds) Changed() { f.generation.Add(1) }

// get gives the document at a path, built now if what is kept may be out of date.
func (f *Feeds) get(ctx context.Context, path string, selector func() (event.Selector, error)) (*document, error) {
	var old *document
	if v, ok := f.documents.Load(path); ok {
		old = v.(*document)
		if f.fresh(old) {
			return old, nil
		}
	}
	s, err := selector()
	if err != nil {
		return nil, err
	}
	// The generation is part of the key: who asks after a change does not join a build that began before it.
	generation := f.generation.Load()
	built, err, _ := f.building.Do(fmt.Sprint(generation, " ", path), func() (any, error) {
		return f.build(context.WithoutCancel(ctx), path, s, generation)
	})
	switch {
	case err == nil:
		return built.(*document), nil
	case old != nil && fault.KindOf(err) != fault.KindNotFound:
		// A calendar is better served with what stood a moment ago than with nothing.
		f.Logger.LogAttrs(ctx, slog.LevelWarn, "serve a feed as it was", slog.Any("cause", err))
		return old, nil
	}
	if old != nil {
		f.forget(path)
	}
	return nil, err
}

// fresh says whether a kept document may be served as it is.
func (f *Feeds) fresh(d *document) bool {
	return d.generation == f.generation.Load() && f.Clock.Now().Before(d.until)
}

func (f *Feeds) build(ctx context.Context, path string, s event.Selector, generation uint64) (*document, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := f.Clock.Now()
	selection, err := f.Events.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	calendar, err := f.calendar(ctx, s, selection)
	if err != nil {
		return nil, err
	}
	if midnight := clock.StartOfDay(now); midnight.After(calendar.Modified) {
		calendar.Modified = midnight // entries leave the window at midnight, which no stamp tells
	}
	built, err := f.builder.Build(calendar, f.entries(selection.Events))
	if err != nil {
		return nil, fmt.Errorf("build feed: %w", err)
	}
	until := now.Add(believed)
	if selection.Until.Before(until) {
		until = selection.Until
	}
	d := &document{Document: built, lastModified: built.LastModified.UTC().Format(httpTime), generation: generation, until: until}
	f.keep(path, d)
	return d, nil
}

// httpTime is IMF-fixdate (RFC 9110 section 5.6.7).
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

func (f *Feeds) keep(path string, d *document) {
	if _, known := f.documents.Swap(path, d); known || f.count.Add(1) <= kept {
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
	if _, there := f.documents.LoadAndDelete(path); there {
		f.count.Add(-1)
	}
}
