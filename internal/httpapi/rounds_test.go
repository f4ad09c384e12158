package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// roundBody takes applications for an hour from now, draws in two hours, and waits a third for
// acceptance.
func (b *bundle) roundBody(rooms ...uuid.UUID) obj {
	now := b.clock.Now()
	in := func(hours int) string { return now.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	return obj{
		"name":             "来月の抽選",
		"note":             "はじめての団体も歓迎します。",
		"room_ids":         rooms,
		"first_day":        b.bookingDay().AddDays(-1).String(),
		"last_day":         b.bookingDay().AddDays(10).String(),
		"opens_at":         in(0),
		"closes_at":        in(1),
		"draws_at":         in(2),
		"accept_until":     in(3),
		"applications_max": 2,
		"wishes_max":       3,
	}
}

func (b *bundle) wish(room uuid.UUID, from, to int) obj {
	d := b.bookingDay()
	return obj{
		"room_id":   room,
		"starts_at": d.At(from, 0).Format(time.RFC3339),
		"ends_at":   d.At(to, 0).Format(time.RFC3339),
	}
}

func (b *bundle) runRounds(t *testing.T, want int) {
	t.Helper()
	worker := testkit.Open(t, postgres.Options{URL: b.LoginURL, Worker: 1, Clock: b.clock})
	if n, err := round.Run(t.Context(), worker); err != nil || n != want {
		t.Fatalf("%d steps, %v; want %d", n, err, want)
	}
}

// tourRounds is a draw of rooms between two towns from the announcement to what is left. It leaves
// the clock as it was.
func (b *bundle) tourRounds(t *testing.T) {
	t.Helper()
	began := b.clock.Now()
	defer b.clock.Set(began)
	h := b.newHall(t)
	toshima := func(operation string, path map[string]string, body any) req {
		return req{operation: operation, auth: bearer(b.publisher), path: path, body: body}
	}
	bunkyo := func(operation string, path map[string]string, body any) req {
		all := map[string]string{"slug": "bunkyo"}
		for k, v := range path {
			all[k] = v
		}
		return req{operation: operation, auth: bearer(b.foreign), path: all, body: body}
	}
	r := must[api.Round](t, b, 201, toshima("createRound", nil, b.roundBody(h.A, h.B, h.Whole)))
	at := map[string]string{"round_id": r.ID.String()}
	if r.State != "open" || len(r.Rooms) != 3 || len(r.Rules) != 8 || r.Seed != nil ||
		r.URL != "https://tonarimachi.example.jp/rounds/"+r.ID.String() {
		t.Errorf("announced: %+v", r)
	}
	must[api.Round](t, b, 200, toshima("changeRound", at, obj{"name": "春の抽選"}))
	off := must[api.Round](t, b, 201, toshima("createRound", nil, b.roundBody(h.Tea)))
	if seen := must[api.Round](
		t,
		b,
		200,
		toshima("cancelRound", map[string]string{"round_id": off.ID.String()}, nil),
	); seen.State != "cancelled" {
		t.Errorf("called off: %s", seen.State)
	}
	if all := must[api.RoundPage](
		t,
		b,
		200,
		req{operation: "listRounds", query: "?organization=toshima&current=true&room=" + h.A.String()},
	); len(all.Items) != 1 ||
		all.Items[0].Name != "春の抽選" {
		t.Errorf("announced to everybody: %+v", all)
	}
	first := must[api.RoundPage](t, b, 200, toshima("listOwnRounds", nil, nil).with("?limit=1"))
	if len(first.Items) != 1 || first.NextCursor == nil {
		t.Fatalf("own rounds: %+v", first)
	}
	if rest := must[api.RoundPage](
		t,
		b,
		200,
		toshima("listOwnRounds", nil, nil).with("?limit=1&cursor="+*first.NextCursor),
	); len(rest.Items) != 1 || rest.NextCursor != nil ||
		rest.Items[0].ID == first.Items[0].ID {
		t.Errorf("the rest: %+v", rest)
	}

	// What it keeps.
	room := map[string]string{"room_id": h.A.String()}
	if seen := must[api.Availability](
		t,
		b,
		200,
		req{operation: "getRoomAvailability", path: room, query: b.windows()["getRoomAvailability"]},
	); len(seen.Kept) != 1 || seen.Kept[0].RoundID != r.ID ||
		seen.Days[0].Blocks[0].State != "by_lot" {
		t.Errorf("kept: %+v", seen)
	}
	if free := b.do(
		t,
		req{
			operation: "findFreeRooms",
			query:     b.windows()["findFreeRooms"] + "&partnership=ux&facility=" + r.Rooms[0].FacilityID.String(),
		},
	); strings.Contains(string(free.raw), h.A.String()) ||
		!strings.Contains(string(free.raw), h.Tea.String()) {
		t.Errorf("found: %s", free.raw)
	}
	b.answer(t, bunkyo("placeBooking", nil, b.bookingBody(h.A, 9, 12)), 409, "booking_round_keeps_room")

	// Applications, which only the applicant reads.
	body := obj{
		"round_id": r.ID,
		"title":    "ひみつの子育てひろば",
		"people":   10,
		"wishes":   list{b.wish(h.A, 9, 12), b.wish(h.B, 9, 12)},
	}
	a := must[api.Application](t, b, 201, bunkyo("applyForRooms", nil, body))
	own := map[string]string{"application_id": a.ID.String()}
	must[api.Application](
		t,
		b,
		200,
		bunkyo("changeApplication", own, obj{"title": "ひみつの子育てひろば", "wishes": list{b.wish(h.A, 9, 12)}}),
	)
	second := must[api.Application](t, b, 201, bunkyo("applyForRooms", nil, body))
	must[struct{}](
		t,
		b,
		204,
		bunkyo("withdrawApplication", map[string]string{"application_id": second.ID.String()}, nil),
	)
	body["wishes"] = list{b.wish(h.B, 9, 12), b.wish(h.A, 9, 12)}
	third := must[api.Application](t, b, 201, bunkyo("applyForRooms", nil, body))
	b.answer(t, bunkyo("applyForRooms", nil, body), 409, "applications_too_many")
	if page := must[api.ApplicationPage](
		t,
		b,
		200,
		bunkyo("listApplications", nil, nil).with("?limit=1&round="+r.ID.String()),
	); len(page.Items) != 1 || page.NextCursor == nil ||
		page.Items[0].Outcome != nil {
		t.Errorf("own applications: %+v", page)
	}
	for _, operation := range []string{
		"getApplication",
		"changeApplication",
		"withdrawApplication",
		"acceptResult",
		"declineResult",
	} {
		q := toshima(operation, own, nil)
		if operation == "changeApplication" {
			q.body = obj{"title": "のぞき見", "wishes": list{b.wish(h.A, 9, 12)}}
		}
		b.answer(t, q, 404, "application_unknown")
	}
	if seen := must[api.OwnRound](t, b, 200, toshima("getOwnRound", at, nil)); seen.Applications != 2 {
		t.Errorf("%d applications", seen.Applications)
	}
	b.answer(t, bunkyo("getOwnRound", at, nil), 404, "round_unknown")
	b.answer(t, bunkyo("changeRound", at, obj{"name": "乗っとり"}), 404, "round_unknown")
	b.answer(t, bunkyo("cancelRound", at, nil), 404, "round_unknown")

	// The list, the draw.
	b.clock.Set(r.ClosesAt)
	b.runRounds(t, 1)
	fixed := must[api.RoundDraw](t, b, 200, req{operation: "getRoundDraw", path: at})
	if fixed.State != "closed" || len(fixed.Entries) != 2 || fixed.Seed != nil || fixed.ListDigest == nil ||
		fixed.Entries[0].Outcome != nil {
		t.Errorf("fixed: %+v", fixed)
	}
	b.answer(t, bunkyo("applyForRooms", nil, body), 409, "round_not_open")
	b.clock.Set(r.DrawsAt)
	b.runRounds(t, 1)
	raw := b.do(t, req{operation: "getRoundDraw", path: at})
	for _, secret := range []string{"ひみつ", "bunkyo", b.bunkyo.ID.String(), a.ID.String()} {
		if strings.Contains(string(raw.raw), secret) {
			t.Errorf("the published draw says %s", secret)
		}
	}
	drawn := must[api.RoundDraw](t, b, 200, req{operation: "getRoundDraw", path: at})
	claim := lottery.Claim{
		Draw:       drawn.RoundID.String(),
		Commitment: r.Commitment,
		List:       *drawn.List,
		Digest:     *fixed.ListDigest,
		Seed:       *drawn.Seed,
	}
	for _, e := range drawn.Entries {
		claim.Outcomes = append(
			claim.Outcomes,
			lottery.Outcome{
				Number:    e.Number,
				Pool:      wire.Or(e.Pool),
				Withdrawn: *e.Outcome == "withdrawn",
				Struck:    e.Struck,
			},
		)
	}
	if faults := claim.Faults(); faults != nil {
		t.Error(faults)
	}
	if seen := must[api.Round](t, b, 200, req{operation: "getRound", path: at}); seen.State != "drawn" ||
		seen.Seed == nil {
		t.Errorf("drawn: %+v", seen)
	}
	b.answer(t, toshima("cancelRound", at, nil), 409, "round_drawn")
	won := must[api.Application](t, b, 200, bunkyo("getApplication", own, nil))
	if won.Outcome == nil || *won.Outcome != "drawn" || won.AcceptUntil == nil ||
		!won.AcceptUntil.Equal(r.AcceptUntil) { // nobody else wants A
		t.Fatalf("after the draw: %+v", won)
	}
	accepted := must[api.Application](t, b, 200, bunkyo("acceptResult", own, nil))
	if *accepted.Outcome != "drawn" || accepted.Status == nil || *accepted.Status != "requested" ||
		accepted.AcceptUntil != nil {
		t.Errorf("accepted: %+v", accepted)
	}
	if declined := must[api.Application](
		t,
		b,
		200,
		bunkyo("declineResult", map[string]string{"application_id": third.ID.String()}, nil),
	); *declined.Status != "cancelled" {
		t.Errorf("declined: %+v", declined)
	}
	b.clock.Set(r.AcceptUntil)
	b.runRounds(t, 1)
	if seen := must[api.Round](t, b, 200, req{operation: "getRound", path: at}); seen.State != "finished" {
		t.Errorf("at the end: %s", seen.State)
	}
	must[api.Booking](t, b, 201, bunkyo("placeBooking", nil, b.bookingBody(h.Whole, 18, 20)))
}

func (q req) with(query string) req {
	q.query = query
	return q
}

func (b *bundle) answer(t *testing.T, q req, status int, code string) {
	t.Helper()
	if r := b.do(t, q); r.StatusCode != status || r.code != code {
		t.Errorf("%s: %d %s, want %d %s", q.operation, r.StatusCode, r.code, status, code)
	}
}

func TestImpossibleRoundsAndApplicationsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	moment := func(hours int) string {
		return b.clock.Now().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
	}
	for what, c := range map[string]struct {
		name  string
		value any
		field string
	}{
		"closed before it opens":  {"closes_at", moment(-1), "/closes_at"},
		"over already":            {"opens_at", moment(-48), ""},
		"drawn before the close":  {"draws_at", moment(0), "/draws_at"},
		"accepted before drawn":   {"accept_until", moment(1), "/accept_until"},
		"accepted during the use": {"accept_until", moment(24 * 30), "/accept_until"},
		"backwards":               {"last_day", clock.DateOf(b.clock.Now()).String(), "/last_day"},
		"two years":               {"last_day", b.bookingDay().AddDays(800).String(), "/last_day"},
		"no rooms":                {"room_ids", list{}, "/room_ids"},
		"a room twice":            {"room_ids", list{h.A, h.A}, "/room_ids"},
		"another's room":          {"room_ids", list{uuid.New()}, "/room_ids"},
		"no name":                 {"name", "　", "/name"},
		"eleven applications":     {"applications_max", 11, "/applications_max"},
		"no wishes":               {"wishes_max", 0, "/wishes_max"},
	} {
		body := merged(b.roundBody(h.A), c.name, c.value)
		if what == "over already" {
			body["closes_at"], c.field = moment(-24), "/closes_at"
		}
		r := b.refuse(t, what, req{operation: "createRound", auth: bearer(b.publisher), body: body}, 422)
		if !strings.Contains(string(r.raw), `"field":"`+c.field) {
			t.Errorf("%s: %s does not name %s", what, r.raw, c.field)
		}
	}
	r := must[api.Round](
		t,
		b,
		201,
		req{operation: "createRound", auth: bearer(b.publisher), body: b.roundBody(h.A, h.B)},
	)
	b.answer(
		t,
		req{operation: "createRound", auth: bearer(b.publisher), body: b.roundBody(h.Whole)},
		409,
		"round_overlaps",
	)
	later := b.wish(h.A, 9, 12)
	later["starts_at"], later["ends_at"] = b.bookingDay().AddDays(40).At(
		9,
		0,
	).Format(time.RFC3339), b.bookingDay().AddDays(40).At(
		12,
		0,
	).Format(time.RFC3339)
	for what, c := range map[string]struct {
		wishes list
		status int
		code   string
	}{
		"none":      {list{}, 422, "invalid_request"},
		"one twice": {list{b.wish(h.A, 9, 12), b.wish(h.A, 9, 12)}, 422, "wish_invalid"},
		"four of three": {
			list{b.wish(h.A, 9, 10), b.wish(h.A, 10, 11), b.wish(h.A, 11, 12), b.wish(h.A, 12, 13)},
			422,
			"wish_invalid",
		},
		"a room beside it":    {list{b.wish(h.Tea, 9, 12)}, 422, "wish_invalid"},
		"a room of nowhere":   {list{b.wish(uuid.New(), 9, 12)}, 404, "booking_room_unknown"},
		"outside the period":  {list{later}, 422, "wish_invalid"},
		"backwards":           {list{b.wish(h.A, 12, 9)}, 422, "booking_times_invalid"},
		"in the night":        {list{b.wish(h.A, 3, 5)}, 409, "outside_hours"},
		"more than may enter": {nil, 422, "too_many_heads"},
	} {
		body := obj{"round_id": r.ID, "title": "会", "wishes": c.wishes}
		if c.wishes == nil {
			body["wishes"], body["people"] = list{b.wish(h.A, 9, 12)}, 1000
		}
		q := req{
			operation: "applyForRooms",
			auth:      bearer(b.foreign),
			path:      map[string]string{"slug": "bunkyo"},
			body:      body,
		}
		if got := b.refuse(t, what, q, c.status); got.code != c.code {
			t.Errorf("%s: %s, want %s", what, got.code, c.code)
		}
	}
	if r := b.do(
		t,
		req{operation: "createRound", auth: bearer(b.editor), body: b.roundBody(h.A)},
	); r.StatusCode != http.StatusForbidden ||
		r.code != "permission_missing" {
		t.Errorf("an editor announces: %d %s", r.StatusCode, r.code)
	}
}
