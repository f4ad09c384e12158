package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const seatsToFightFor = 20

var listening = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// fight lets many callers of two server processes take and give back the last seats of one event,
// and tells what went wrong.
func fight(t *testing.T, oversell bool) []string {
	t.Helper()
	db := testkit.Database(t)
	pool := db.Pool(t)
	if oversell {
		testkit.Oversell(t, pool)
	}
	e := testkit.NewEvent(
		t,
		pool,
		testkit.NewOrganization(t, pool, "kita"),
		testkit.EventOptions{
			Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: seatsToFightFor, MaxSeats: 3}}}},
		},
	)
	var addresses []string
	for range 2 {
		p := start(t, serveSettings(db.LoginURL), "serve")
		addresses = append(addresses, "http://"+listening.FindString(p.await("serving")))
		defer p.interrupt()
	}
	var (
		mu       sync.Mutex
		held     = map[string]bool{} // secrets of tickets that were granted and not given back
		problems []string
		group    sync.WaitGroup
	)
	report := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, fmt.Sprintf(format, args...))
	}
	for i := range 40 {
		at := func(n int) string { return addresses[(i+n)%len(addresses)] + "/api/v1" }
		group.Go(func() {
			for n := range 5 {
				status, secret, err := send(t, http.MethodPost, at(n)+"/events/"+e.ID.String()+"/tickets", "",
					fmt.Sprintf(`{"quota_id": %q, "seats": %d}`, e.Quota(), 1+(i+n)%3))
				switch {
				case status == http.StatusConflict:
					continue
				case err != nil || status != http.StatusCreated:
					report("taking seats: %d %v", status, err)
					continue
				}
				if n%2 == 0 { // give it back, through the other process
					if status, _, err := send(
						t,
						http.MethodDelete,
						at(n+1)+"/ticket",
						"Ticket "+secret,
						"",
					); err != nil ||
						status != http.StatusOK {
						report("giving a seat back: %d %v", status, err)
					}
					continue
				}
				mu.Lock()
				held[secret] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	number := func(query string) (n int) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), query, e.Quota()).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stored := number("select coalesce(sum(seats), 0) from ticket where quota_id = $1 and status = 'confirmed'")
	if stored > seatsToFightFor {
		report("%d seats stored, %d there", stored, seatsToFightFor)
	}
	if taken := number("select taken from quota_counter where quota_id = $1"); taken != stored {
		report("the counter says %d, the tickets %d", taken, stored)
	}
	for secret := range held {
		if status, body := call(
			t,
			http.MethodGet,
			addresses[0]+"/api/v1/ticket",
			"Ticket "+secret,
			nil,
		); status != http.StatusOK ||
			!strings.Contains(body, `"confirmed"`) {
			report("an acknowledged ticket is not there: %d", status)
		}
	}
	if rows := number("select count(*) from ticket where quota_id = $1 and status = 'confirmed'"); rows != len(held) {
		report("%d tickets acknowledged, %d stored", len(held), rows)
	}
	return problems
}

// send is call for many at once: it gives back what went wrong, and the secret if the answer has
// one.
func send(t *testing.T, method, address, authorization, body string) (status int, secret string, err error) {
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = w.Body.Close() }()
	var answer struct{ Secret string }
	err = json.NewDecoder(w.Body).Decode(&answer)
	return w.StatusCode, answer.Secret, err
}

func TestTwoServersNeverSellASeatTwice(t *testing.T) {
	t.Parallel()
	for _, violation := range fight(t, false) {
		t.Error(violation)
	}
}

// Without lock, constraint and trigger the same fight must find what it is there to find.
func TestTheFightFindsOverselling(t *testing.T) {
	t.Parallel()
	for range 5 { // the crowd of a busy machine may come one by one, and then nothing can go wrong
		if violations := fight(t, true); len(violations) > 0 {
			t.Log(violations)
			return
		}
	}
	t.Error("two servers on a database that oversells pass the fight, time and again")
}
