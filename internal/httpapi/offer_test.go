package httpapi

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
)

func TestAnOfferOverTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := b.eventBody(12)
	body["organisers"] = list{}
	body["occurrences"].(list)[0].(obj)["parts"] = list{
		obj{"reservation": "seat", "waiting_list": true, "quotas": list{obj{"channel": "in_person", "capacity": 1}}},
	}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID
	holds := must[api.IssuedTicket](t, b, 201, req{operation: "takeSeat", path: at, body: obj{"quota_id": quota}})
	var waiting []string
	for range 2 {
		w := must[api.IssuedTicket](
			t,
			b,
			201,
			req{operation: "takeSeat", path: at, body: obj{"quota_id": quota, "accept_waitlist": true}},
		)
		for _, statement := range []string{
			`insert into contact_key (organization_id, event_id, occurrence_id, public_key)
				select organization_id, event_id, occurrence_id, convert_to(repeat('k', 1216), 'UTF8') from ticket
				  where id = $1 on conflict do nothing`,
			`insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed)
				select organization_id, event_id, id, occurrence_id, convert_to(repeat('s', 2160), 'UTF8') from ticket
				  where id = $1`,
		} {
			if _, err := b.Pool(t).Exec(t.Context(), statement, w.Ticket.ID); err != nil {
				t.Fatal(err)
			}
		}
		waiting = append(waiting, "Ticket "+w.Secret)
	}
	if r := b.do(t, req{operation: "confirmTicket", auth: waiting[0]}); r.StatusCode != 409 ||
		r.code != "nothing_to_confirm" {
		t.Errorf("yes before anything was offered: %d %s", r.StatusCode, r.code)
	}
	must[api.Ticket](t, b, 200, req{operation: "cancelTicket", auth: "Ticket " + holds.Secret})
	offered := must[api.Ticket](t, b, 200, req{operation: "getTicket", auth: waiting[0]})
	if offered.Status != "offered" || offered.OfferedUntil == nil ||
		!offered.OfferedUntil.Equal(b.clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v", offered)
	}
	b.clock.Advance(24 * time.Hour)
	for range 2 {
		if r := b.do(t, req{operation: "confirmTicket", auth: waiting[0]}); r.StatusCode != 409 ||
			r.code != "offer_lapsed" {
			t.Errorf("a late yes: %d %s", r.StatusCode, r.code)
		}
	}
	if next := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "confirmTicket", auth: waiting[1]},
	); next.Status != "confirmed" ||
		next.OfferedUntil != nil {
		t.Errorf("the next one: %+v", next)
	}
}
