package loglimit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/loglimit"
)

// [O11] One cause writes ten lines a second at most, whatever says it; others are not touched,
// nothing is left out in silence.
func TestOneCauseWritesTenLinesASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(loglimit.New(slog.NewJSONHandler(&out, nil)))
		away := fault.Unavailable("database_unavailable").Because(errors.New("connect to 192.0.2.1"))
		for range 3 * 100 { // three seconds
			log.Error("request failed", "route", "/events", "code", "database_unavailable", "cause", "connect")
			log.Warn("lost the change channel", "cause", fmt.Errorf("listen: %w", away))
			log.With("a", 1).WithGroup("g").Warn("also", "cause", away)
			log.Info("request", "status", 200)
			time.Sleep(10 * time.Millisecond)
		}
		log.Error("request failed", "route", "/a", "code", "internal", "cause", "boom") // another cause
		time.Sleep(2 * time.Second)
		synctest.Wait()
		perSecond, leftOut, passed, info, other := map[string]int{}, 0, 0, 0, 0
		for line := range strings.Lines(out.String()) {
			var l struct {
				Time, Level, Msg, Code string
				Count                  int
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			switch {
			case l.Level == "INFO":
				info++
			case l.Code == "internal":
				other++
			default:
				perSecond[l.Time[:len("2006-01-02T15:04:05")]]++
				if leftOut += l.Count; l.Count == 0 {
					passed++
				}
			}
		}
		for second, n := range perSecond {
			if n > loglimit.Most {
				t.Errorf("%s: %d lines", second, n)
			}
		}
		if info != 300 || other != 1 || passed+leftOut != 900 || passed != 3*(loglimit.Most-1) {
			t.Errorf(
				"%d lines of information, %d of another cause, %d written and %d left out",
				info,
				other,
				passed,
				leftOut,
			)
		}
	})
}

// Lines without a code have the cause of their message and route, or of their SQLSTATE; a flood of
// one leaves the others alone.
func TestCausesWithoutCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out lines
		log := slog.New(loglimit.New(slog.NewTextHandler(&out, nil)))
		for range 50 {
			log.Error("request failed", "route", "/a", "code", "internal")
		}
		for _, alone := range []func(){
			func() { log.Error("request failed", "route", "/b", "code", "internal") },
			func() { log.Error("job failed") },
			func() { log.Error("query", "cause", state("23505")) },
			func() { log.Error("query", "cause", state("23503")) },
		} {
			before := out.count()
			if alone(); out.count() != before+1 {
				t.Error("a line of another cause was left out")
			}
		}
		for range 5000 { // no more causes are kept than there is room for
			log.Error(time.Now().String())
			time.Sleep(time.Microsecond)
		}
		if n := out.count(); n > 1100 {
			t.Errorf("%d lines", n)
		}
		time.Sleep(2 * time.Second)
	})
}

// lines counts what is written by whomever, the timer of what was left out included.
type lines struct {
	mu sync.Mutex
	n  int
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

func (l *lines) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

type state string

func (s state) Error() string    { return "database" }
func (s state) SQLState() string { return string(s) }
