package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const seatsToFightFor = 20

// fight lets many callers of two server processes take and give back the last seats of one event, and tells what went wrong.
func fight(t *testing.T, oversell bool) []string {
	t.Helper()
	db := testkit.Database(t)
	pool := db.Pool(t)
	if oversell {
		testkit.Oversell(t, pool)
	}
	e := testkit.NewEvent(t, pool, testkit.NewOrganization(t, pool, "kita"),
		testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: seatsToFightFor, MaxSeats: 3}}}}})
	var addresses []string
	for range 2 {
		p := start(t, serveSettings(db.LoginURL), "serve")
		line := p.await("serving")
		addresses = append(addresses, "http://127.0.0.1:"+line[strings.LastIndex(line, ":")+1:])
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
	for i := range 60 {
		at := func(n int) string { return addresses[(i+n)%len(addresses)] + "/api/v1" }
		group.Go(func() {
			for n := range 5 {
				status, secret := takeSeats(t, at(n), e, 1+(i+n)%3)
				switch {
				case status == http.StatusConflict:
					continue
				case status != http.StatusCreated:
					report("taking seats: %d", status)
					continue
				}
				if n%2 == 0 { // give it back, through the other process
					if status, body := call(t, http.MethodDelete, at(n+1)+"/ticket", "Ticket "+secret, nil); status != http.StatusOK {
						report("giving a seat back: %d %s", status, body)
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
		if status, body := call(t, http.MethodGet, addresses[0]+"/api/v1/ticket", "Ticket "+secret, nil); status != http.StatusOK || !strings.Contains(body, `"confirmed"`) {
			report("an acknowledged ticket is not there: %d", status)
		}
	}
	if rows := number("select count(*) from ticket where quota_id = $1 and status = 'confirmed'"); rows != len(held) {
		report("%d tickets acknowledged, %d stored", len(held), rows)
	}
	return problems
}

func takeSeats(t *testing.T, api string, e testkit.Event, seats int) (status int, secret string) {
	t.Helper()
	status, body := call(t, http.MethodPost, api+"/events/"+e.ID.String()+"/tickets", "", map[string]any{"quota_id": e.Quota(), "seats": seats})
	var issued struct{ Secret string }
	if status == http.StatusCreated {
		if err := json.NewDecoder(bytes.NewBufferString(body)).Decode(&issued); err != nil {
			t.Errorf("read ticket: %v", err)
		}
	}
	return status, issued.Secret
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
	violations := fight(t, true)
	if len(violations) == 0 {
		t.Error("two servers on a database that oversells pass the fight")
	}
	t.Log(violations)
}
