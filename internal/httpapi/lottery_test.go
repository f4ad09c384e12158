package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// lotteryBody is an event whose three seats are drawn by lot two days before.
func (b *bundle) lotteryBody(part obj) obj {
	starts := b.clock.Now().AddDate(0, 0, 9)
	whole := obj{
		"reservation": "lottery",
		"closes_at":   starts.AddDate(0, 0, -3).Format(time.RFC3339),
		"draws_at":    starts.AddDate(0, 0, -2).Format(time.RFC3339),
		"quotas":      list{obj{"channel": "in_person", "capacity": 3, "max_seats": 4}},
	}
	for name, value := range part {
		if whole[name] = value; value == nil {
			delete(whole, name)
		}
	}
	return obj{
		"kind": "salon", "title": "パンを焼く会",
		"occurrences": list{obj{
			"starts_at": starts.Format(time.RFC3339), "ends_at": starts.Add(3 * time.Hour).Format(time.RFC3339),
			"place": obj{"kind": "in_person", "name": "調理室", "area_code": "131164"}, "parts": list{whole},
		}},
	}
}

func (b *bundle) publishLottery(t *testing.T) (e api.StaffEvent, event, draw map[string]string) {
	t.Helper()
	e = must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.lotteryBody(nil)})
	event = map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: event})
	return e, event, map[string]string{"event_id": e.ID.String(), "part_id": e.Occurrences[0].Parts[0].ID.String()}
}

// tourDraw goes through what a lottery adds to the operations.
func (b *bundle) tourDraw(t *testing.T) {
	t.Helper()
	_, _, draw := b.publishLottery(t)
	if d := must[api.Draw](
		t,
		b,
		200,
		req{operation: "getDraw", path: draw},
	); d.State != "open" || len(d.Commitment) != 64 || d.List != nil ||
		d.Seed != nil {
		t.Errorf("an open draw: %+v", d)
	}
}

func TestALotteryOverTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, event, path := b.publishLottery(t)
	part := e.Occurrences[0].Parts[0]
	if part.DrawsAt == nil || part.Registration != "open" || part.ClosesAt == nil {
		t.Fatalf("part %+v", part)
	}
	worker := testkit.Open(t, postgres.Options{URL: b.LoginURL, Worker: 1, Clock: b.clock})
	var secrets []string
	numbers := map[string]string{}
	for range 5 {
		got := must[api.IssuedTicket](
			t,
			b,
			201,
			req{operation: "takeSeat", path: event, body: obj{"quota_id": part.Quotas[0].ID, "nickname": "すみれ"}},
		)
		if got.Ticket.Status != "applied" || got.Ticket.DrawNumber == nil {
			t.Fatalf("applied: %+v", got.Ticket)
		}
		secrets = append(secrets, got.Secret)
		numbers[got.Secret] = *got.Ticket.DrawNumber
	}
	for name, c := range map[string]struct {
		body   obj
		status int
		code   string
	}{
		"more than will be": {obj{"quota_id": part.Quotas[0].ID, "seats": 4}, 422, "group_larger_than_quota"},
		"more than a group": {obj{"quota_id": part.Quotas[0].ID, "seats": 5}, 422, "too_many_seats"},
	} {
		if r := b.do(t, req{operation: "takeSeat", path: event, body: c.body}); r.StatusCode != c.status ||
			r.code != c.code {
			t.Errorf("%s: %d %s, want %d %s", name, r.StatusCode, r.code, c.status, c.code)
		}
	}
	// Withdrawn before the closing, it never was.
	must[api.Ticket](t, b, 200, req{operation: "cancelTicket", auth: "Ticket " + secrets[4]})

	b.clock.Set(*part.ClosesAt)
	if d := must[api.Draw](t, b, 200, req{operation: "getDraw", path: path}); d.State != "closing" {
		t.Errorf("at the closing it is %s", d.State)
	}
	if r := b.do(
		t,
		req{operation: "takeSeat", path: event, body: obj{"quota_id": part.Quotas[0].ID}},
	); r.StatusCode != 409 ||
		r.code != "registration_closed" {
		t.Errorf("too late: %d %s", r.StatusCode, r.code)
	}
	round := func() {
		t.Helper()
		if _, err := draw.Lots(t.Context(), worker); err != nil {
			t.Fatal(err)
		}
	}
	round()
	fixed := must[api.Draw](t, b, 200, req{operation: "getDraw", path: path})
	if fixed.State != "closed" || len(fixed.Entries) != 4 || fixed.Seed != nil || fixed.ListDigest == nil ||
		fixed.Entries[0].Outcome != nil {
		t.Errorf("fixed: %+v", fixed)
	}
	b.clock.Set(*part.DrawsAt)
	round()
	raw := b.do(t, req{operation: "getDraw", path: path})
	d := must[api.Draw](t, b, 200, req{operation: "getDraw", path: path})
	if d.State != "drawn" || d.Commitment != fixed.Commitment || *d.List != *fixed.List || d.DrawnAt == nil {
		t.Fatalf("drawn: %+v", d)
	}
	claim := lottery.Claim{
		Draw:       d.PartID.String(),
		Commitment: d.Commitment,
		List:       *d.List,
		Digest:     *d.ListDigest,
		Seed:       *d.Seed,
	}
	for _, entry := range d.Entries {
		o := lottery.Outcome{Number: entry.Number}
		if *entry.Outcome == "confirmed" {
			o.Pool = entry.QuotaID.String()
		}
		claim.Outcomes = append(claim.Outcomes, o)
	}
	if faults := claim.Faults(); faults != nil {
		t.Errorf("%v", faults)
	}
	confirmed := 0
	for _, secret := range secrets[:4] {
		got := must[api.Ticket](t, b, 200, req{operation: "getTicket", auth: "Ticket " + secret})
		if *got.DrawNumber != numbers[secret] || got.Status != "confirmed" && got.Status != "not_drawn" {
			t.Errorf("after the draw: %+v", got)
		}
		if got.Status == "confirmed" {
			confirmed++
		}
		// Nobody learns a ticket from the list.
		if strings.Contains(string(raw.raw), got.ID.String()) || strings.Contains(string(raw.raw), secret) ||
			strings.Contains(string(raw.raw), "すみれ") {
			t.Error("the published draw leads to a ticket")
		}
	}
	if confirmed != 3 {
		t.Errorf("%d were given seats, want 3", confirmed)
	}
	if r := b.do(
		t,
		req{operation: "getDraw", path: map[string]string{"event_id": e.ID.String(), "part_id": e.ID.String()}},
	); r.StatusCode != 404 ||
		r.code != "draw_unknown" {
		t.Errorf("no such part: %d %s", r.StatusCode, r.code)
	}
}

func TestImpossibleLotteriesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := func(days int) string { return b.clock.Now().AddDate(0, 0, days).Format(time.RFC3339) }
	for name, c := range map[string]struct {
		part  obj
		field string
	}{
		"no closing": {obj{"closes_at": nil, "draws_at": nil}, "closes_at"},
		"closing after start": {
			obj{"closes_at": b.clock.Now().AddDate(0, 0, 9).Add(time.Hour).Format(time.RFC3339), "draws_at": nil},
			"closes_at",
		},
		"draw before closing":  {obj{"draws_at": in(4)}, "draws_at"},
		"draw after the start": {obj{"draws_at": in(10)}, "draws_at"},
		"no quota":             {obj{"quotas": list{}}, "quotas"},
		"draw of no lottery":   {obj{"reservation": "seat"}, "draws_at"},
	} {
		r := b.do(t, req{operation: "createEvent", auth: bearer(b.editor), body: b.lotteryBody(c.part)})
		if r.StatusCode != 422 || r.code != "event_invalid" ||
			!strings.Contains(string(r.raw), "/occurrences/0/parts/0/"+c.field) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.raw)
		}
	}
}

func TestStaffMayNotChangeWhatWasPublishedOfADraw(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, event, _ := b.publishLottery(t)
	part := e.Occurrences[0].Parts[0]
	must[api.IssuedTicket](t, b, 201, req{operation: "takeSeat", path: event, body: obj{"quota_id": part.Quotas[0].ID}})
	at := map[string]string{"event_id": e.ID.String(), "occurrence_id": e.Occurrences[0].ID.String()}
	change := func(what obj) resp {
		t.Helper()
		next := b.lotteryBody(what)["occurrences"].(list)[0].(obj)["parts"].(list)[0].(obj)
		next["id"] = part.ID
		next["closes_at"], next["draws_at"] = part.ClosesAt.Format(time.RFC3339), part.DrawsAt.Format(time.RFC3339)
		if what["reservation"] != nil {
			delete(next, "draws_at")
		}
		for _, q := range next["quotas"].(list) {
			q.(obj)["id"] = part.Quotas[0].ID
		}
		return b.do(
			t,
			req{operation: "changeOccurrence", auth: bearer(b.publisher), path: at, body: obj{"parts": list{next}}},
		)
	}
	larger := obj{"quotas": list{obj{"channel": "in_person", "capacity": 6, "max_seats": 4}}}
	if r := change(obj{"reservation": "seat"}); r.StatusCode != 409 || r.code != "lottery_has_applications" {
		t.Errorf("no lottery any more: %d %s", r.StatusCode, r.raw)
	}
	if r := change(larger); r.StatusCode != 200 {
		t.Errorf("more seats while applications are open: %d %s", r.StatusCode, r.raw)
	}
	b.clock.Set(*part.ClosesAt)
	if _, err := draw.Lots(
		t.Context(),
		testkit.Open(t, postgres.Options{URL: b.LoginURL, Worker: 1, Clock: b.clock}),
	); err != nil {
		t.Fatal(err)
	}
	b.publisher, _ = b.member(t, b.toshima, "later@toshima.example.jp", staff.Publisher)
	larger["quotas"].(list)[0].(obj)["capacity"] = 7
	if r := change(larger); r.StatusCode != 409 || r.code != "lottery_list_fixed" {
		t.Errorf("more seats after the list was published: %d %s", r.StatusCode, r.raw)
	}
}
