package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// today is a published gathering that began an hour ago: one part with seats, one without
// reservation.
func (b *bundle) today(t *testing.T) (api.StaffEvent, map[string]string) {
	t.Helper()
	starts := b.clock.Now().Add(-time.Hour)
	body := b.eventBody(10)
	body["organisers"] = list{}
	body["occurrences"] = list{
		obj{
			"starts_at": starts.Format(time.RFC3339),
			"ends_at":   starts.Add(3 * time.Hour).Format(time.RFC3339),
			"place":     obj{"kind": "in_person", "name": "公民館"},
			"parts": list{
				obj{
					"reservation": "seat",
					"closes_at":   starts.Add(2 * time.Hour).Format(time.RFC3339),
					"quotas":      list{obj{"channel": "in_person", "capacity": 5, "max_seats": 3}},
				},
				obj{"reservation": "none"},
			},
		},
	}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	at := map[string]string{
		"event_id":      e.ID.String(),
		"occurrence_id": e.Occurrences[0].ID.String(),
		"part_id":       e.Occurrences[0].Parts[1].ID.String(),
	}
	return must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at}), at
}

func (b *bundle) tourDoor(t *testing.T) {
	t.Helper()
	e, at := b.today(t)
	taken := must[api.IssuedTicket](
		t,
		b,
		201,
		req{operation: "takeSeat", path: at, body: obj{"quota_id": e.Occurrences[0].Parts[0].Quotas[0].ID, "seats": 2}},
	)
	digits := must[api.DayCode](t, b, 200, req{operation: "giveDayCode", auth: "Ticket " + taken.Secret})
	issued := must[api.IssuedDoorLink](t, b, 201, req{operation: "createDoorLink", auth: bearer(b.editor), path: at})
	auth := "Door " + issued.Token
	if issued.URL != "https://tonarimachi.example.jp/door#"+issued.Token || !strings.HasPrefix(issued.QrSvg, "<svg ") ||
		strings.Contains(issued.QrSvg, issued.Token) {
		t.Errorf("the link is %q, drawn %.40q", issued.URL, issued.QrSvg)
	}

	if c := must[api.DoorCount](
		t,
		b,
		200,
		req{operation: "setDoorCapacity", auth: bearer(b.editor), path: at, body: obj{"capacity": 3}},
	); c.Count != 0 || *c.Capacity != 3 ||
		*c.Band != "available" {
		t.Errorf("an empty room: %+v", c)
	}
	tap := obj{"taps": list{obj{"id": uuid.NewString(), "delta": 1}, obj{"id": uuid.NewString(), "delta": 2}}}
	for range 2 {
		if c := must[api.DoorCount](
			t,
			b,
			200,
			req{operation: "countAtDoor", auth: auth, path: at, body: tap},
		); c.Count != 3 ||
			*c.Band != "full" {
			t.Errorf("counted %+v, want 3", c)
		}
	}
	public := b.do(t, req{operation: "getEvent", path: at})
	if !strings.Contains(string(public.raw), `"door_band":"full"`) ||
		strings.Contains(string(public.raw), `"capacity"`) ||
		strings.Contains(string(public.raw), `"count"`) {
		t.Errorf("the public reads %s", public.raw)
	}
	for _, c := range []struct{ operation, what, code, want string }{
		{"checkIn", "day_code", digits.DayCode, "arrived"}, {"checkIn", "secret", taken.SecretGrouped, "already"},
		{"undoCheckIn", "secret", taken.Secret, "undone"},
		{"undoCheckIn", "day_code", digits.DayCode, "not_counted"},
		{"checkIn", "secret", taken.Secret, "arrived"},
	} {
		if got := must[api.DoorCheckIn](
			t,
			b,
			200,
			req{operation: c.operation, auth: auth, body: obj{c.what: c.code}},
		); string(got.Outcome) != c.want ||
			got.Seats != 2 {
			t.Errorf("%s by %s: %+v, want %s", c.operation, c.what, got, c.want)
		}
	}
	shown := b.do(t, req{operation: "openDoor", auth: auth})
	opened := must[api.Door](t, b, 200, req{operation: "openDoor", auth: auth})
	if len(opened.Parts) != 2 || opened.Parts[0].Arrived != 2 || opened.Parts[0].Taken != 2 ||
		opened.Parts[1].Count != 3 {
		t.Errorf("the door shows %s", shown.raw)
	}
	for _, word := range []string{"nickname", taken.Ticket.ID.String(), taken.Secret, digits.DayCode} {
		if strings.Contains(string(shown.raw), word) {
			t.Errorf("the door shows %q: %s", word, shown.raw)
		}
	}
	if l := must[api.DoorLinkPage](
		t,
		b,
		200,
		req{operation: "listDoorLinks", auth: bearer(b.editor), path: at},
	); len(l.Items) != 1 ||
		l.Items[0].RevokedAt != nil {
		t.Errorf("links %+v", l.Items)
	}
	at["link_id"] = issued.Details.ID.String()
	must[struct{}](t, b, 204, req{operation: "revokeDoorLink", auth: bearer(b.editor), path: at})
	if r := b.refuse(
		t,
		"a revoked link",
		req{operation: "openDoor", auth: auth},
		401,
	); r.code != "door_link_not_accepted" {
		t.Errorf("a revoked link is answered %s", r.code)
	}
	if strings.Contains(b.log.String(), issued.Token) || strings.Contains(b.log.String(), digits.DayCode) {
		t.Error("the log has what was said at the door")
	}
}

func TestDoorRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, at := b.today(t)
	issued := must[api.IssuedDoorLink](t, b, 201, req{operation: "createDoorLink", auth: bearer(b.editor), path: at})
	auth := "Door " + issued.Token
	tap := func(delta any) obj { return obj{"taps": list{obj{"id": uuid.NewString(), "delta": delta}}} }
	for what, c := range map[string]struct {
		operation string
		body      obj
		status    int
		code      string
	}{
		"no tap":           {"countAtDoor", obj{"taps": list{}}, 422, "invalid_request"},
		"a tap of nothing": {"countAtDoor", tap(0), 422, "door_taps_invalid"},
		"too many people":  {"countAtDoor", tap(21), 422, "invalid_request"},
		"half a person":    {"countAtDoor", tap(0.5), 422, "invalid_request"},
		"nothing shown":    {"checkIn", obj{}, 422, "door_code_invalid"},
		"two things shown": {
			"checkIn",
			obj{"day_code": "012345", "secret": "7BEBM6F474KRN78C7XN5T5G7MC"},
			422,
			"door_code_invalid",
		},
		"five digits":      {"checkIn", obj{"day_code": "01234"}, 422, "door_code_invalid"},
		"half a secret":    {"undoCheckIn", obj{"secret": "7BEBM"}, 422, "ticket_code_length"},
		"digits of nobody": {"checkIn", obj{"day_code": "012345"}, 404, "door_ticket_not_for_today"},
		"a secret of nobody": {
			"checkIn",
			obj{"secret": "7BEBM6F474KRN78C7XN5T5G7MC"},
			404,
			"door_ticket_not_for_today",
		},
		"nobody's taken back": {"undoCheckIn", obj{"day_code": "012345"}, 404, "door_ticket_not_for_today"},
	} {
		if r := b.refuse(
			t,
			what,
			req{operation: c.operation, auth: auth, path: at, body: c.body},
			c.status,
		); r.code != c.code {
			t.Errorf("%s hears %s, want %s", what, r.code, c.code)
		}
	}
	if r := b.refuse(
		t,
		"another part",
		req{operation: "countAtDoor", auth: auth, body: tap(1)},
		404,
	); r.code != "door_part_unknown" {
		t.Errorf("another part is answered %s", r.code)
	}
	if r := b.refuse(
		t,
		"no room at all",
		req{operation: "setDoorCapacity", auth: bearer(b.editor), path: at, body: obj{"capacity": 0}},
		422,
	); r.code != "invalid_request" {
		t.Errorf("no room at all is answered %s", r.code)
	}
	b.clock.Advance(24 * time.Hour)
	for _, operation := range []string{"openDoor", "countAtDoor", "checkIn", "undoCheckIn"} {
		q := req{operation: operation, auth: auth, path: at}
		if body := b.bodies()[operation]; body != nil {
			q.body = body
		}
		if r := b.refuse(t, "the day after", q, 403); r.code != "door_closed" {
			t.Errorf("%s the day after is answered %s", operation, r.code)
		}
	}
}

// The telephone text has the ticket's own digits, from the day before on, for online seats alone.
func TestTelephoneText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(1)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	quotas := e.Occurrences[0].Parts[0].Quotas
	take := func(n int) (api.IssuedTicket, api.DayCode) {
		t.Helper()
		taken := must[api.IssuedTicket](
			t,
			b,
			201,
			req{operation: "takeSeat", path: at, body: obj{"quota_id": quotas[n].ID}},
		)
		return taken, must[api.DayCode](t, b, 200, req{operation: "giveDayCode", auth: "Ticket " + taken.Secret})
	}
	if _, digits := take(0); digits.Phone != nil {
		t.Errorf("in person: %q", *digits.Phone)
	}
	taken, digits := take(1)
	if l := taken.Ticket.JoiningLink; l == nil || l.Phone != "03-0000-0000で番号{番号}を伝えてください。" {
		t.Errorf("the ticket: %+v", l)
	}
	if digits.Phone == nil || *digits.Phone != "03-0000-0000で番号"+digits.DayCode+"を伝えてください。" {
		t.Errorf("with its digits: %+v", digits)
	}
}
