package httpapi

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// Whoever watches the wire sees one size, wherever a ticket stands and whether there is one.
func TestTicketAnswersHaveOneSize(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := b.eventBody(20)
	delete(body, "organisers")
	part := body["occurrences"].(list)[0].(obj)["parts"].(list)[0].(obj)
	part["waiting_list"], part["quotas"] = true, list{obj{"channel": "in_person", "capacity": 1}}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.admin), body: body})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.admin), path: at})
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID
	one := func(what string, status int, q req) resp {
		t.Helper()
		r := b.do(t, q)
		if r.StatusCode != status || len(r.raw) != 1024 {
			t.Errorf("%s = %d, %d bytes: %s", what, r.StatusCode, len(r.raw), r.raw)
		}
		return r
	}
	take := func(what string, status int, wait bool) api.IssuedTicket {
		t.Helper()
		out := api.IssuedTicket{}
		r := one(
			what,
			status,
			req{
				operation: "takeSeat",
				path:      at,
				body:      obj{"quota_id": quota, "nickname": "はる", "accept_waitlist": wait},
			},
		)
		if r.StatusCode == http.StatusCreated {
			out = read[api.IssuedTicket](t, r)
		}
		return out
	}
	confirmed := take("confirmed", 201, false)
	waiting := take("waiting", 201, true)
	take("full", 409, false)
	one("unknown quota", 404, req{operation: "takeSeat", path: at, body: obj{"quota_id": uuid.NewString()}})
	held := func(secret string) string { return "Ticket " + secret }
	one("look at confirmed", 200, req{operation: "getTicket", auth: held(confirmed.Secret)})
	one("look at waiting", 200, req{operation: "getTicket", auth: held(waiting.Secret)})
	one("calendar", 200, req{operation: "startCalendar", auth: held(waiting.Secret)})
	one("cancel", 200, req{operation: "cancelTicket", auth: held(confirmed.Secret)})
	one("cancel again", 409, req{operation: "cancelTicket", auth: held(confirmed.Secret)})
	one("look at cancelled", 200, req{operation: "getTicket", auth: held(confirmed.Secret)})
	rotated := one("rotate", 200, req{operation: "rotateTicket", auth: held(waiting.Secret)})
	one("look at the old code", 404, req{operation: "getTicket", auth: held(waiting.Secret)})
	one("look at promoted", 200, req{operation: "getTicket", auth: held(read[api.IssuedTicket](t, rotated).Secret)})
	one("malformed", 401, req{operation: "getTicket", auth: "Ticket x"})
	one("none", 401, req{operation: "getTicket"})
}

func read[T any](t *testing.T, r resp) (out T) {
	t.Helper()
	if err := json.Unmarshal(r.raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
