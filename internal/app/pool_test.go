package app

import (
	"errors"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// [O1] No public page hangs, however many ask for it after a quiet time and however few connections
// there are. The routes are those of the program's own tables.
func TestProofNoReadHangs(t *testing.T) {
	t.Parallel()
	g := prepareGround(t)
	clients := testkit.Size(8, 64)

	t.Run("public", func(t *testing.T) {
		r := g.rush(t, 2, postgres.Options{})
		var y tally
		routes := r.routes(ofPublic)
		for _, a := range routes {
			r.storm(&y, a, clients)
		}
		for _, wrong := range y.wrong {
			t.Error(wrong)
		}
		if len(routes) < 70 {
			t.Errorf("%d routes: the tables are not what was looked at", len(routes))
		}
		testkit.Figure(
			t,
			"%d clients on each of %d public addresses after 7 s of quiet, 2 connections: %d answers within %v, %d × "+
				"503, /readyz within %v",
			clients,
			len(routes),
			y.answers-y.unavailable,
			y.longest.Round(time.Millisecond),
			y.unavailable,
			y.ready.Round(time.Millisecond),
		)
	})

	// With one connection of each role a read that took a second would never end.
	t.Run("one connection", func(t *testing.T) {
		r := g.rush(t, 1, postgres.Options{})
		var y tally
		routes := r.routes(func(asked) bool { return true })
		staff := 0
		for _, a := range routes {
			r.storm(&y, a, 2)
			if ofStaff(a) {
				staff++
			}
		}
		for _, wrong := range y.wrong {
			t.Error(wrong)
		}
		if y.unavailable > 0 || staff < 25 {
			t.Errorf("%d × 503; %d routes of staff", y.unavailable, staff)
		}
		testkit.Figure(
			t,
			"each of %d addresses, %d of them of staff, with one connection a role: answers within %v",
			len(routes),
			staff,
			y.longest.Round(time.Millisecond),
		)
	})

	// While others hold every connection for long, nobody waits for one in vain for more than a
	// moment.
	t.Run("every connection taken", func(t *testing.T) {
		r := g.rush(
			t,
			2,
			postgres.Options{AcquireWithin: time.Duration(testkit.Size(int(time.Second/2), 0))},
		) // in full as it is
		routes := r.routes(func(asked) bool { return true })
		free := r.takeAll()
		var y tally
		var group sync.WaitGroup
		for some := range slices.Chunk(routes, 24) {
			r.clock.Advance(quiet)
			for _, a := range some {
				group.Go(func() {
					answer, took, err := r.get(a)
					if y.note(
						a,
						answer.status,
						took,
						err,
					); took > longest[answer.status == http.StatusServiceUnavailable] {
						t.Errorf("%s: %d after %v", a.path, answer.status, took)
					}
				})
			}
			r.readyIn(&y)
			group.Wait()
		}
		free()
		for _, wrong := range y.wrong {
			t.Error(wrong)
		}
		if y.unavailable < len(routes)/2 {
			t.Errorf("%d × 503 of %d: the connections were not taken", y.unavailable, len(routes))
		}
		testkit.Figure(
			t,
			"no connection to be had: %d of %d addresses answer 503, the others within %v, /readyz within %v",
			y.unavailable,
			len(routes),
			y.longest.Round(time.Millisecond),
			y.ready.Round(time.Millisecond),
		)
	})

	// What these tests are there to find, they find.
	t.Run("negative control", func(t *testing.T) {
		const address = "/control"
		var second atomic.Int32
		r := g.rush(
			t,
			2,
			postgres.Options{
				AcquireWithin: time.Second,
				OnSecond:      func(postgres.Second) bool { second.Add(1); return true },
			},
			func(r *rushed, next http.Handler) http.Handler {
				nothing := func(*postgres.Tx) error { return nil }
				inside := make(chan struct{}, 2) // both connections are held before either asks for another
				return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
					if q.URL.Path != address {
						next.ServeHTTP(w, q)
						return
					}
					err := r.db.InPublic(q.Context(), func(*postgres.Tx) error {
						inside <- struct{}{}
						for len(inside) < cap(inside) {
							runtime.Gosched()
						}
						return r.db.InPublic(q.Context(), nothing)
					})
					if errors.Is(err, postgres.ErrUnavailable) {
						w.Header().Set("Retry-After", "3")
						w.WriteHeader(http.StatusServiceUnavailable)
					}
				})
			},
		)
		var y tally
		r.storm(&y, asked{path: address, status: http.StatusOK}, 2)
		if second.Load() == 0 {
			t.Error("the guard found nothing")
		}
		if y.unavailable == 0 { // the other may then go on
			t.Errorf("two requests that wait for each other: %d answers, no 503, %v", y.answers, y.wrong)
		}
		if _, err := r.path("/api/v1/new/:new_id"); !errors.Is(err, errRoute) {
			t.Errorf("a route with an unknown parameter is tried: %v", err)
		}
	})
}

// longest is how long an answer may take while no connection can be had, by whether it is a 503: a
// moment for the directory and the wait for one connection.
var longest = map[bool]time.Duration{false: answerWithin, true: 5*time.Second + 2*time.Second}

// takeAll holds every connection until free is called.
func (r *rushed) takeAll() (free func()) {
	done := make(chan struct{})
	var held, ended sync.WaitGroup
	for range 2 {
		for _, hold := range []func(fn func(tx *postgres.Tx) error) error{
			func(fn func(tx *postgres.Tx) error) error { return r.db.InPublic(r.T.Context(), fn) },
			func(fn func(tx *postgres.Tx) error) error {
				return r.db.ReadOrganization(r.T.Context(), uuid.New(), fn)
			},
		} {
			held.Add(1)
			ended.Go(func() {
				err := hold(func(*postgres.Tx) error {
					held.Done()
					<-done
					return nil
				})
				// A read that lasts longer than reads may is told so at its end; it holds its
				// connection all the same.
				if err != nil && !errors.Is(err, postgres.ErrUnavailable) {
					r.T.Error(err)
				}
			})
		}
	}
	held.Wait()
	return func() { close(done); ended.Wait() }
}
