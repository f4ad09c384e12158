package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
)

// tourSlots lays out a joint consultation that has begun, beside seats and a talk, books at its
// tables and works its door.
func (b *bundle) tourSlots(t *testing.T) {
	t.Helper()
	starts := b.clock.Now().Add(-time.Hour)
	hour := func(h int) string { return starts.Add(time.Duration(h) * time.Hour).Format(time.RFC3339) }
	body := b.eventBody(10)
	body["organisers"] = list{}
	sitting := obj{
		"name":        "1回目",
		"reservation": "seat",
		"sitting":     "講演会",
		"closes_at":   hour(6),
		"quotas":      list{obj{"channel": "in_person", "capacity": 40}},
	}
	body["occurrences"] = list{obj{
		"starts_at": hour(0), "ends_at": hour(6), "place": obj{"kind": "in_person", "name": "公民館"},
		"parts": list{
			sitting,
			sitting,
			obj{"reservation": "none"}, // every way of taking part in one event
			obj{
				"name":        "個別の相談",
				"reservation": "slot",
				"closes_at":   hour(6),
				"booths":      list{obj{"organization": "bunkyo"}, obj{"name": "弁護士"}},
			},
		},
	}}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	part := e.Occurrences[0].Parts[3]
	at := map[string]string{
		"event_id":      e.ID.String(),
		"occurrence_id": e.Occurrences[0].ID.String(),
		"part_id":       part.ID.String(),
	}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	as := func(operation string, body any) req {
		return req{operation: operation, auth: bearer(b.publisher), path: at, body: body}
	}
	if r := must[api.SlotRule](
		t,
		b,
		200,
		as("setSlotRule", obj{"max_per_ticket": 2, "gap_minutes": 10}),
	); r.MaxPerTicket != 2 {
		t.Errorf("rule %+v", r)
	}
	booths := list{part.Booths[0].ID, part.Booths[1].ID}
	plan := obj{"booth_ids": booths, "from": hour(2), "to": hour(3), "minutes": 30, "walk_ins": 1}
	if l := must[api.StaffSlotList](t, b, 201, as("layOutSlots", plan)); len(l.Items) != 4 {
		t.Fatalf("%d slots", len(l.Items))
	}
	if r := b.do(t, as("layOutSlots", plan)); r.StatusCode != 409 || r.code != "slot_overlaps" {
		t.Errorf("laid out twice: %d %s", r.StatusCode, r.code)
	}
	joint := must[api.StaffSlotList](
		t,
		b,
		201,
		as("layOutSlots", obj{"booth_ids": booths, "together": true, "from": hour(4), "to": hour(5), "minutes": 60}),
	).Items[4]
	if len(joint.BoothIds) != 2 {
		t.Errorf("joint slot %+v", joint)
	}

	seen := must[api.SlotList](t, b, 200, req{operation: "listSlots", path: at})
	if len(seen.Items) != 5 || seen.Items[0].State != "open" || seen.Items[2].State != "walk_in" ||
		seen.Items[4].ID != joint.ID {
		t.Errorf("the public reads %+v", seen.Items)
	}
	public := must[api.Event](t, b, 200, req{operation: "getEvent", path: at}).Occurrences[0].Parts
	if s := public[3].Slots; s == nil || s.MaxPerTicket != 2 || !s.WalkIns || s.Band != "available" ||
		len(public[3].Quotas) != 0 ||
		public[3].Registration != "open" {
		t.Errorf("the part reads %+v", public[3])
	}
	if a, c := public[1].Sitting, public[2].Sitting; a == nil || a.Number != 2 || a.Of != 2 || a.Name != "講演会" ||
		c != nil {
		t.Errorf("sittings read %+v and %+v", a, c)
	}

	take := func(ids ...any) resp {
		body := obj{"quota_id": ids[0]}
		if len(ids) > 1 {
			body["slot_ids"] = list(ids[1:])
		}
		return b.do(t, req{operation: "takeSeat", path: at, body: body})
	}
	first, second := seen.Items[0].ID, seen.Items[1].ID
	if r := take(
		first,
		second,
	); r.StatusCode != 409 || r.code != "slots_overlap" || !strings.Contains(string(r.raw), "slot_ids/0") ||
		!strings.Contains(string(r.raw), "quota_id") {
		t.Errorf("two at one time: %d %s", r.StatusCode, r.raw)
	}
	if r := take(seen.Items[2].ID); r.StatusCode != 409 || r.code != "slot_walk_in" {
		t.Errorf("one for walk-ins: %d %s", r.StatusCode, r.code)
	}
	held := must[api.IssuedTicket](
		t,
		b,
		201,
		req{
			operation: "takeSeat",
			path:      at,
			body:      obj{"quota_id": joint.ID, "slot_ids": list{first}, "nickname": "すみれ"},
		},
	)
	if s := held.Ticket.Slots; len(s) != 2 || s[0].ID != first || s[1].ID != joint.ID ||
		held.Ticket.Status != "confirmed" {
		t.Errorf("ticket %+v", held.Ticket)
	}
	if r := take(first); r.StatusCode != 409 || r.code != "slot_full" {
		t.Errorf("somebody's: %d %s", r.StatusCode, r.code)
	}
	holder := "Ticket " + held.Secret
	// Which of two equal sittings a seat is for.
	seat := must[api.IssuedTicket](
		t,
		b,
		201,
		req{operation: "takeSeat", path: at, body: obj{"quota_id": e.Occurrences[0].Parts[1].Quotas[0].ID}},
	)
	if s := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "getTicket", auth: "Ticket " + seat.Secret},
	).Sitting; s == nil || s.Number != 2 || s.Of != 2 ||
		s.Name != "講演会" {
		t.Errorf("the second sitting reads %+v", s)
	}
	if k := must[api.Ticket](t, b, 200, req{operation: "getTicket", auth: holder}); k.Sitting != nil ||
		k.Slots[0].Sitting != nil {
		t.Errorf("a part that stands alone reads %+v, %+v", k.Sitting, k.Slots[0].Sitting)
	}
	for range 2 {
		if k := must[api.Ticket](
			t,
			b,
			200,
			req{
				operation: "changeTicketSlots",
				auth:      holder,
				body:      obj{"take": list{second}, "give_back": list{first}},
			},
		); len(k.Slots) != 2 ||
			k.Slots[0].ID != second {
			t.Errorf("exchanged: %+v", k.Slots)
		}
	}
	if r := b.do(
		t,
		req{operation: "changeTicketSlots", auth: holder, body: obj{"give_back": list{first}}},
	); r.StatusCode != 409 ||
		r.code != "slot_not_held" {
		t.Errorf("back once more: %d %s", r.StatusCode, r.code)
	}
	// What is said of a ticket without a seat is true of slots and of the day code.
	gone := "Ticket " + must[api.IssuedTicket](
		t,
		b,
		201,
		req{operation: "takeSeat", path: at, body: obj{"quota_id": first}},
	).Secret
	must[api.Ticket](t, b, 200, req{operation: "cancelTicket", auth: gone})
	for _, r := range []resp{
		b.do(t, req{operation: "changeTicketSlots", auth: gone, body: obj{"take": list{second}}}),
		b.do(t, req{operation: "giveDayCode", auth: gone}),
	} {
		if r.StatusCode != 409 || r.code != "ticket_not_confirmed" || strings.Contains(string(r.raw), "当日コード") ||
			!strings.Contains(string(r.raw), "席がとれている参加票でできます") {
			t.Errorf("a cancelled ticket: %d %s", r.StatusCode, r.raw)
		}
	}

	// Staff.
	one := map[string]string{"event_id": e.ID.String(), "slot_id": first.String()}
	if s := must[api.StaffSlot](
		t,
		b,
		200,
		req{operation: "changeSlot", auth: bearer(b.publisher), path: one, body: obj{"closed": true}},
	); !s.Closed ||
		s.State != "closed" {
		t.Errorf("closed: %+v", s)
	}
	if l := must[api.StaffSlotList](t, b, 200, as("listStaffSlots", nil)); len(l.Items) != 5 || l.Items[4].Taken != 1 {
		t.Errorf("staff read %+v", l.Items)
	}
	must[struct{}](t, b, 204, req{operation: "deleteSlot", auth: bearer(b.publisher), path: one})
	one["slot_id"] = joint.ID.String()
	if r := b.do(t, req{operation: "deleteSlot", auth: bearer(b.publisher), path: one}); r.StatusCode != 409 ||
		r.code != "quota_has_tickets" {
		t.Errorf("a booked slot goes: %d %s", r.StatusCode, r.code)
	}

	// The door.
	door := "Door " + must[api.IssuedDoorLink](t, b, 201, as("createDoorLink", nil)).Token
	tables := must[api.DoorSlotList](t, b, 200, req{operation: "listDoorSlots", auth: door})
	if len(tables.Items) != 4 || tables.Items[0].Taken != 1 || tables.Items[3].Booths[1] != "弁護士" ||
		!tables.Items[1].WalkIn {
		t.Errorf("the door reads %+v", tables.Items)
	}
	one["slot_id"] = tables.Items[1].ID.String()
	for range 2 {
		if m := must[api.DoorSlotMarked](
			t,
			b,
			200,
			req{operation: "markDoorSlot", auth: door, path: one, body: obj{"parties": 1}},
		); m.Taken != 1 ||
			m.Parties != 1 {
			t.Errorf("marked %+v", m)
		}
	}
	for _, c := range []struct {
		slot    string
		parties int
		status  int
		code    string
	}{
		{one["slot_id"], 2, 422, "door_slot_too_many"},
		{joint.ID.String(), 0, 409, "door_slot_booked_ahead"},
		{first.String(), 1, 404, "door_slot_unknown"},
	} {
		if r := b.do(
			t,
			req{
				operation: "markDoorSlot",
				auth:      door,
				path:      map[string]string{"slot_id": c.slot},
				body:      obj{"parties": c.parties},
			},
		); r.StatusCode != c.status ||
			r.code != c.code {
			t.Errorf("mark %s: %d %s, want %s", c.slot, r.StatusCode, r.code, c.code)
		}
	}
	r := b.do(t, req{operation: "listSlots", path: at})
	for _, word := range []string{`"taken"`, `"parties"`, `"at_door"`} {
		if strings.Contains(string(r.raw), word) {
			t.Errorf("the public reads %q: %s", word, r.raw)
		}
	}
	if !strings.Contains(string(r.raw), `"band":"full"`) || r.StatusCode != http.StatusOK {
		t.Errorf("a marked table reads %s", r.raw)
	}
}
