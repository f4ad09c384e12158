package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/web"
)

// behind puts the API behind admission; the other tests take seats by the dozen from one address.
func (b *bundle) behind(t *testing.T, g Admission) {
	t.Helper()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	b.echo = httpx.New(
		httpx.Options{
			Messages: messages,
			Logger:   slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		},
	)
	o := b.options
	o.Admission = g
	if err := Register(b.echo, o); err != nil {
		t.Fatal(err)
	}
}

// A network that has had its share is given a challenge, in the problem and in every language; the
// answer to it comes back in the body.
func TestTakingBehindAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.behind(
		t,
		admission.New(
			admission.Options{
				DB:      b.db,
				Keys:    b.options.Keys,
				Random:  rand.Reader,
				Tickets: b.options.Tickets.(*ticket.Service),
			},
		),
	)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID
	q := req{operation: "takeSeat", path: at, body: obj{"quota_id": quota}}
	for range 2 { // httptest's requests come from 192.0.2.1
		must[api.IssuedTicket](t, b, 201, q)
	}
	code := "7BEBM6F474KRN78C7XN5T5G7MC"
	r := b.do(t, req{operation: "takeSeat", path: at, body: obj{"quota_id": quota, "secret": code}})
	if r.StatusCode != http.StatusForbidden || r.code != "proof_needed" || len(r.raw)%1024 != 0 {
		t.Fatalf("the third: %d %s", r.StatusCode, r.raw)
	}
	var p api.Problem
	if err := json.Unmarshal(r.raw, &p); err != nil || p.Challenge == nil || p.Challenge.Puzzles != admission.Puzzles {
		t.Fatalf("challenge %+v, %v", p.Challenge, err)
	}
	if r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", r.Header.Get("Cache-Control"))
	}
	again := req{
		operation: "takeSeat",
		path:      at,
		body:      obj{"quota_id": quota, "secret": code, "proof": p.Challenge.Token},
	}
	if r := b.do(t, again); r.StatusCode != http.StatusConflict || r.code != "challenge_early" {
		t.Errorf("too soon: %d %s", r.StatusCode, r.raw)
	}
	for proof, want := range map[string]string{
		"x":                      "challenge_invalid",
		p.Challenge.Token + "~1": "challenge_unsolved",
		"\u0000":                 "challenge_invalid",
	} {
		r := b.do(t, req{operation: "takeSeat", path: at, body: obj{"quota_id": quota, "proof": proof}})
		if r.StatusCode != http.StatusUnprocessableEntity || r.code != want {
			t.Errorf("proof %q: %d %s", proof, r.StatusCode, r.raw)
		}
	}
	b.clock.Set(p.Challenge.WaitUntil)
	must[api.IssuedTicket](t, b, 201, again)
	must[api.IssuedTicket](t, b, 201, again) // the same request, the same ticket
	other := req{operation: "takeSeat", path: at, body: obj{"quota_id": quota, "proof": p.Challenge.Token}}
	if r := b.do(t, other); r.StatusCode != http.StatusConflict || r.code != "challenge_spent" ||
		!strings.Contains(string(r.raw), `"challenge"`) {
		t.Errorf("spent twice: %d %s", r.StatusCode, r.raw)
	}
	if strings.Contains(b.log.String(), "192.0.2.1") || strings.Contains(b.log.String(), p.Challenge.Token) {
		t.Error("the log knows who asked")
	}
}

// peerRecorder is an admission that notes where requests come from.
type peerRecorder struct{ from []netip.Addr }

func (p *peerRecorder) Take(
	_ context.Context,
	from netip.Addr,
	_ ticket.Request,
	_ string,
) (secret.Ticket, ticket.Ticket, error) {
	p.from = append(p.from, from)
	return secret.Ticket{}, ticket.Ticket{}, ticket.ErrFull
}

func (p *peerRecorder) ChangeSlots(
	_ context.Context,
	from netip.Addr,
	_ secret.Ticket,
	_, _ []uuid.UUID,
	_ string,
) (ticket.Ticket, error) {
	p.from = append(p.from, from)
	return ticket.Ticket{}, ticket.ErrSlotFull
}

// bookedSlot is an event with two times at a table, of which a ticket has the first.
func (b *bundle) bookedSlot(t *testing.T) (slots []uuid.UUID, code string) {
	t.Helper()
	body := b.eventBody(10)
	starts := b.clock.Now().Add(72 * time.Hour)
	hour := func(h int) string { return starts.Add(time.Duration(h) * time.Hour).Format(time.RFC3339) }
	body["occurrences"] = list{
		obj{
			"starts_at": hour(0),
			"ends_at":   hour(6),
			"place":     obj{"kind": "in_person", "name": "公民館"},
			"parts":     list{obj{"reservation": "slot", "booths": list{obj{"name": "弁護士"}}}},
		},
	}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	part := e.Occurrences[0].Parts[0]
	at := map[string]string{
		"event_id":      e.ID.String(),
		"occurrence_id": e.Occurrences[0].ID.String(),
		"part_id":       part.ID.String(),
	}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	plan := obj{"booth_ids": list{part.Booths[0].ID}, "from": hour(1), "to": hour(2), "minutes": 30}
	for _, s := range must[api.StaffSlotList](
		t,
		b,
		201,
		req{operation: "layOutSlots", auth: bearer(b.publisher), path: at, body: plan},
	).Items {
		slots = append(slots, s.ID)
	}
	return slots, must[api.IssuedTicket](
		t,
		b,
		201,
		req{operation: "takeSeat", path: at, body: obj{"quota_id": slots[0]}},
	).Secret
}

// makeBusy lets a network take twenty seats of events that do not matter.
func makeBusy(t *testing.T, g *admission.Service, from string) {
	t.Helper()
	for range 10 {
		if _, err := g.Admit(
			t.Context(),
			netip.MustParseAddr(from),
			admission.Request{Event: uuid.New(), Quota: uuid.New(), Seats: 2},
			"",
		); err != nil {
			t.Fatal(err)
		}
	}
}

// Changing slots from a busy network brings what taking them would.
func TestChangingSlotsBehindAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slots, code := b.bookedSlot(t)
	g := admission.New(
		admission.Options{
			DB:      b.db,
			Keys:    b.options.Keys,
			Random:  rand.Reader,
			Tickets: b.options.Tickets.(*ticket.Service),
		},
	)
	b.behind(t, g)
	makeBusy(t, g, "192.0.2.1")
	q := req{
		operation: "changeTicketSlots",
		auth:      "Ticket " + code,
		body:      obj{"take": list{slots[1]}, "give_back": list{slots[0]}},
	}
	r := b.do(t, q)
	if r.StatusCode != http.StatusForbidden || r.code != "proof_needed" || len(r.raw)%1024 != 0 {
		t.Fatalf("from a busy network: %d %s", r.StatusCode, r.raw)
	}
	var p api.Problem
	if err := json.Unmarshal(r.raw, &p); err != nil || p.Challenge == nil {
		t.Fatalf("challenge %+v, %v", p.Challenge, err)
	}
	proof, _ := admission.Solve(p.Challenge.Token, p.Challenge.Bits)
	q.body = obj{"take": list{slots[1]}, "give_back": list{slots[0]}, "proof": proof}
	for range 2 { // the same request, the same ticket
		if got := must[api.Ticket](t, b, 200, q); len(got.Slots) != 1 || got.Slots[0].ID != slots[1] {
			t.Errorf("changed: %+v", got.Slots)
		}
	}
}

func TestAdmissionLearnsTheAddressOfThePeer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	recorder := &peerRecorder{}
	b.behind(t, recorder)
	q := req{
		operation: "takeSeat",
		path:      map[string]string{"event_id": uuid.NewString()},
		body:      obj{"quota_id": uuid.NewString()},
		header:    map[string]string{"X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1"},
	}
	b.do(t, q)
	q = req{
		operation: "changeTicketSlots",
		auth:      "Ticket 7BEBM6F474KRN78C7XN5T5G7MC",
		body:      obj{"take": list{uuid.NewString()}},
		header:    q.header,
	}
	b.do(t, q)
	if len(recorder.from) != 2 || recorder.from[0].String() != "192.0.2.1" || recorder.from[1] != recorder.from[0] {
		t.Errorf("admission learned %v: no proxy is trusted here", recorder.from)
	}
}
