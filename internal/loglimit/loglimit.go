// Package loglimit keeps one cause from filling the log: in an outage every request fails for the
// same reason, and thousands of lines a second say no more than ten.
package loglimit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Most is how many lines of one cause are written in one second of the clock, the one included that
// counts what was left out.
const Most = 10

// mostCauses bounds what is kept; causes beyond them share one count.
const mostCauses = 1000

// New limits what goes to next at the levels of warnings and errors. Lines have the same cause when
// their "code", or else the code or SQLSTATE of their "cause", is the same; a line without either
// is of one cause with those of the same message and route.
func New(next slog.Handler) slog.Handler {
	return handler{Handler: next, counts: &counts{causes: map[string]*cause{}}}
}

type handler struct {
	slog.Handler
	counts *counts
}

// Handle passes a line on, or counts it as left out.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.Handler.Handle(ctx, r)
	}
	name, of := causeOf(r)
	if h.counts.admits(name, r.Time, func(n int) { h.tell(of, n) }) {
		return h.Handler.Handle(ctx, r)
	}
	return nil
}

// WithAttrs shares the counts.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs), h.counts}
}

// WithGroup shares the counts.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.counts}
}

// tell writes how many lines were left out.
func (h handler) tell(of slog.Attr, n int) {
	ctx := context.Background()
	if !h.Enabled(ctx, slog.LevelWarn) {
		return
	}
	slog.New(h.Handler).LogAttrs(ctx, slog.LevelWarn, "left out lines of the same cause", of, slog.Int("count", n))
}

// causeOf names the cause of a line: by constants of the program alone, never by values.
func causeOf(r slog.Record) (name string, of slog.Attr) {
	var code, route string
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "code":
			code = a.Value.String()
		case "route":
			route = a.Value.String()
		case "cause":
			if err, ok := a.Value.Any().(error); ok && code == "" {
				code = codeOf(err)
			}
		}
		return true
	})
	if code == "" || code == fault.CodeInternal {
		return r.Message + "\n" + route, slog.String("of", r.Message)
	}
	return code, slog.String("code", code)
}

func codeOf(err error) string {
	if code := fault.CodeOf(err); code != fault.CodeInternal {
		return code
	}
	var database interface{ SQLState() string }
	if errors.As(err, &database) {
		return "SQLSTATE " + database.SQLState()
	}
	return ""
}

type counts struct {
	mu     sync.Mutex
	causes map[string]*cause
}

// cause counts the lines of two seconds, because lines written at the same time come in any order.
type cause struct {
	second      int64 // Unix time
	now, before int
	leftOut     int
}

// admits counts a line and reports whether it may be written. A second after the first line that
// may not, tell hears how many there were.
func (c *counts) admits(name string, at time.Time, tell func(n int)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	of, ok := c.causes[name]
	if !ok {
		if len(c.causes) >= mostCauses {
			name = ""
			of = c.causes[name]
		}
		if of == nil {
			of = &cause{}
			c.causes[name] = of
		}
	}
	second := at.Unix()
	if second > of.second {
		of.before = 0
		if second == of.second+1 {
			of.before = of.now
		}
		of.second, of.now = second, 0
	}
	count := &of.now
	if second < of.second {
		count = &of.before
	}
	if *count < Most-1 { // one is for what was left out
		*count++
		return true
	}
	if of.leftOut++; of.leftOut == 1 {
		time.AfterFunc(time.Second, func() {
			c.mu.Lock()
			n := of.leftOut
			of.leftOut = 0
			c.mu.Unlock()
			tell(n)
		})
	}
	return false
}
