package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// bodies hold one good body for every operation that takes one.
func (b *bundle) bodies() map[string]obj {
	day := b.clock.Now().AddDate(0, 1, 0)
	series := obj{
		"rule": "FREQ=MONTHLY;BYDAY=3SA", "rule_text": "第3土曜日", "choose": "every", "first_month": day.Format("2006-01"),
		"template": obj{"starts_time": "14:00", "ends_time": "16:00", "place": obj{"kind": "in_person"}},
	}
	return map[string]obj{
		"takeSeat":           {"quota_id": uuid.NewString(), "seats": 1, "nickname": "すみれ"},
		"changeOrganization": {"area": "池袋"},
		"registerPartnerGroup": {
			"slug": "new-group",
			"name": "新しい団体",
		},
		"createToken":       {"name": "連携", "expires_at": b.clock.Now().Add(time.Hour).Format(time.RFC3339)},
		"createEvent":       b.eventBody(10),
		"changeEvent":       {"title": "新しい題"},
		"cancelEvent":       {"reason": "雨"},
		"postponeEvent":     {"note": "雨"},
		"copyEvent":         {"shift_days": 7},
		"decideApproval":    {"decision": "approve"},
		"addOccurrence":     b.eventBody(20)["occurrences"].(list)[0].(obj),
		"changeOccurrence":  {"note": "変更"},
		"setOccurrenceRoom": {"booking_id": uuid.NewString()},
		"moveOccurrence":    {"booking_id": uuid.NewString()},
		"cancelOccurrence":  {"reason": "雨"},
		"correctOccurrence": {
			"starts_at": day.Format(time.RFC3339),
			"ends_at":   day.Add(time.Hour).Format(time.RFC3339),
		},
		"postponeOccurrence": {"note": "雨"},
		"createSeries":       series,
		"changeSeries":       series,
		"setDoorCapacity":    {"capacity": 30},
		"countAtDoor":        {"taps": list{obj{"id": uuid.NewString(), "delta": 1}}},
		"checkIn":            {"day_code": "012345"},
		"undoCheckIn":        {"day_code": "012345"},
		"keepContact":        {"mail": "sumire@example.jp"},
		"rotateTicket":       {"next_secret": "000G4-0R40M-30E20-9185G-R38E1W"},
		"createFacility":     facilityBody(),
		"changeFacility":     {"access": "駅から歩いて5分"},
		"closeFacility":      {"on": "2027-03-31"},
		"createRoom":         roomBody(uuid.NewString(), uuid.NewString()),
		"changeRoom":         {"capacity": 20},
		"closeRoom":          {"on": "2027-03-31", "reason": "工事のため"},
		"changePhoto":        {"alt": "入口"},
		"setHoliday":         {"name": "開庁記念日", "observed": true},
		"createClosure": {
			"starts_at": day.Format(time.RFC3339),
			"ends_at":   day.Add(time.Hour).Format(time.RFC3339),
			"reason":    "点検",
		},
		"setSlotRule": {
			"max_per_ticket": 2,
			"gap_minutes":    5,
		},
		"changeSlot":   {"closed": true},
		"markDoorSlot": {"parties": 1},
		"layOutSlots": {
			"booth_ids": list{uuid.NewString()},
			"from":      day.Format(time.RFC3339),
			"to":        day.Add(time.Hour).Format(time.RFC3339),
			"minutes":   30,
		},
		"changeTicketSlots": {"take": list{uuid.NewString()}},
		"decideMonth":       {"dates": list{day.Format(time.DateOnly)}},
		"placeBooking":      b.bookingBody(uuid.New(), 13, 16),
		"approveBooking":    {"conditions": "静かに"},
		"declineBooking":    {"reason": "満室"},
		"cancelBooking":     {"reason": "中止"},
		"moveBooking":       {"title": "新しい題"},
		"swapBookings":      {"with": uuid.NewString()},
		"addBookingNote":    {"body": "よろしくお願いします。"},
		"askExemption": {
			"class":  "welfare",
			"reason": "福祉",
		},
		"decideExemption":    {"decision": "grant", "reason": "福祉"},
		"placeBookingSeries": b.bookingSeriesBody(uuid.New()),
		"moveBookingSeries": {
			"scope":      "all",
			"shift_days": 1,
		},
		"cancelBookingSeries": {"scope": "all"},
		"createRoomCalendar":  {"name": "清掃"},
		"createRound":         b.roundBody(uuid.New()),
		"changeRound":         {"name": "春の抽選"},
		"applyForRooms":       {"round_id": uuid.NewString(), "title": "会", "wishes": list{b.wish(uuid.New(), 9, 12)}},
		"changeApplication":   {"title": "会", "wishes": list{b.wish(uuid.New(), 9, 12)}},
		"lookAtPaperCode":     {"paper_code": "7BEB-M6F4-74KR"},
		"takeByPaperCode":     {"paper_code": "7BEB-M6F4-74KR", "seats": 1},
		"printPaperSheet": {
			"occurrence_id": uuid.NewString(),
			"part_id":       uuid.NewString(),
			"quota_id":      uuid.NewString(),
			"codes":         1,
		},
	}
}

// good is a request that only its unknown ids can spoil.
func (b *bundle) good(line route) req {
	q := req{
		operation: line.operation,
		path:      map[string]string{"month": b.clock.Now().AddDate(0, 1, 0).Format("2006-01"), "day": "2026-11-24"},
	}
	b.goodFile(&q)
	if window, ok := b.windows()[line.operation]; ok {
		q.query = window
	}
	if body := b.bodies()[line.operation]; body != nil {
		q.body = body
	}
	switch line.rule.access {
	case staffOnly:
		q.auth = bearer(b.admin)
	case holderOnly:
		q.auth = "Ticket 7BEBM-6F474-KRN78-C7XN5-T5G7MC"
	case doorOnly:
		q.auth = "Door 7BEBM6F474KRN78C7XN5T5G7MC"
	case public, paperOnly:
	}
	return q
}

// refuse expects one of the statuses, a problem, and that nothing was stored.
func (b *bundle) refuse(t *testing.T, what string, q req, statuses ...int) resp {
	t.Helper()
	before := b.rows(t)
	r := b.do(t, q)
	if !slices.Contains(statuses, r.StatusCode) || r.code == "" {
		t.Errorf("%s: %s answers %d %s, want one of %v", q.operation, what, r.StatusCode, r.raw, statuses)
	}
	if after := b.rows(t); after != before {
		t.Errorf("%s: %s was stored: %d rows, then %d", q.operation, what, before, after)
	}
	return r
}

func TestEveryRouteMeetsStrangers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	session, err := b.staff.Authenticate(t.Context(), b.admin)
	if err != nil {
		t.Fatal(err)
	}
	expiring := b.token(t, session.Member, time.Minute)
	revoked := must[api.IssuedToken](
		t,
		b,
		201,
		req{operation: "createToken", auth: bearer(b.admin), body: b.bodies()["createToken"]},
	)
	must[struct{}](
		t,
		b,
		204,
		req{
			operation: "revokeToken",
			auth:      bearer(b.admin),
			path:      map[string]string{"token_id": revoked.Details.ID.String()},
		},
	)
	lesser := map[staff.Permission]string{}
	for _, line := range table {
		for _, c := range []struct{ role, token string }{{"publisher", b.publisher}, {"editor", b.editor}} {
			if p := line.rule.permission; p != "" && !staff.Role(c.role).May(p) {
				lesser[p] = c.token
			}
		}
	}
	for _, line := range table {
		q := b.good(line)
		with := func(auth string) req { c := q; c.auth = auth; return c }
		switch line.rule.access {
		case holderOnly:
			for _, auth := range []string{
				"",
				"Ticket",
				"Ticket 123",
				bearer(b.admin),
				"Basic dG9rZW46",
				"Ticket " + strings.Repeat("A", 4000),
			} {
				if r := b.refuse(t, "a stranger", with(auth), 401); !strings.HasPrefix(
					r.Header.Get("WWW-Authenticate"),
					"Ticket ",
				) {
					t.Errorf("%s asks for %q", line.operation, r.Header.Get("WWW-Authenticate"))
				}
			}
			b.refuse(t, "an unknown code", q, 404)
		case doorOnly:
			for _, auth := range []string{
				"",
				"Door",
				"Door 123",
				"Door 7BEBM-6F474-KRN78-C7XN5-T5G7MC",
				"Ticket 7BEBM-6F474-KRN78-C7XN5-T5G7MC",
				bearer(b.admin),
				"Door " + strings.Repeat("A", 4000),
				q.auth, // well-formed and unknown
			} {
				if r := b.refuse(t, "a stranger", with(auth), 401); !strings.HasPrefix(
					r.Header.Get("WWW-Authenticate"),
					"Door ",
				) {
					t.Errorf("%s asks for %q", line.operation, r.Header.Get("WWW-Authenticate"))
				}
			}
		case staffOnly:
			for _, auth := range []string{
				"",
				"Bearer",
				"Bearer x",
				"Bearer " + revoked.Token,
				"Bearer tnm_nowhere_7BEBM6F474KRN78C7XN5T5G7MC",
				"Ticket " + b.admin,
			} {
				if r := b.refuse(t, "a stranger", with(auth), 401); !strings.HasPrefix(
					r.Header.Get("WWW-Authenticate"),
					"Bearer ",
				) {
					t.Errorf("%s asks for %q", line.operation, r.Header.Get("WWW-Authenticate"))
				}
			}
			if r := b.refuse(
				t,
				"another organization",
				with(bearer(b.foreign)),
				403,
			); r.code != "organization_forbidden" {
				t.Errorf("%s: another organization is answered %s", line.operation, r.code)
			}
			if token := lesser[line.rule.permission]; token != "" {
				if r := b.refuse(t, "a lesser role", with(bearer(token)), 403); r.code != "permission_missing" {
					t.Errorf("%s: a lesser role is answered %s", line.operation, r.code)
				}
			}
		case paperOnly:
			b.refuse(t, "a made-up code", q, 404)
		case public:
		}
	}
	b.clock.Advance(2 * time.Minute)
	for _, line := range table {
		if line.rule.access == staffOnly {
			q := b.good(line)
			q.auth = bearer(expiring)
			if r := b.refuse(t, "an expired token", q, 401); r.code != "token_expired" {
				t.Errorf("%s: an expired token is answered %s", line.operation, r.code)
			}
		}
	}
}

func TestEveryRouteRefusesBadAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, line := range table {
		o := b.checks[line.operation]
		q := b.good(line)
		for _, name := range o.Names {
			if name == "slug" && line.rule.access == staffOnly {
				continue // anything but the token's own organization is 403
			}
			bad := []string{
				"x",
				"0",
				"123e4567-e89b-12d3-a456-42661417400",
				"%7B123e4567-e89b-12d3-a456-426614174000%7D",
				"..%2f",
				"2026-13",
				"%00",
				"%ff",
				strings.Repeat("9", 5000),
			}
			for _, value := range bad {
				c := q
				c.path = map[string]string{"month": q.path["month"], name: value}
				if name == "slug" && (value == "x" || value == "0") {
					b.refuse(t, "an address with "+value, c, 400, 404)
					continue
				}
				b.refuse(t, "an address with "+value[:min(len(value), 40)], c, 400, 404)
			}
			if name == "year" {
				continue // every year is known, if only with nothing in it
			}
			if name == "day" {
				continue // there is every day
			}
			b.refuse(t, "an unknown id", withSlug(q, name), 401, 403, 404) // no day link is known here
		}
		queries := []string{"?surprise=1", "?lang=ja&lang=en", "?x;y", "?%zz", "?q%00=1"}
		if o.Queries["limit"] {
			queries = append(
				queries,
				"?limit=0",
				"?limit=-1",
				"?limit=101",
				"?limit=1.5",
				"?limit=x",
				"?limit=",
				"?limit=99999999999999999999",
				"?limit=1&limit=2",
			)
		}
		if o.Queries["cursor"] {
			queries = append(
				queries,
				"?cursor=x",
				"?cursor=",
				"?cursor=AAAA",
				"?cursor="+strings.Repeat("A", 75),
				"?cursor="+strings.Repeat("A", 2000),
				"?cursor=%F0%9F%8D%B5",
			)
		}
		if o.Queries["since"] {
			queries = append(queries, "?since=x", "?since=", "?since="+strings.Repeat("A", 75))
		}
		if o.Queries["from"] {
			queries = append(
				queries,
				"?from=2026-13-01T00:00:00Z",
				"?from=yesterday",
				"?from=2026-02-30T00:00:00Z",
				"?from=2026-02-30",
				"?from=2026-05-01T25:00:00Z",
				"?from=2026-5-1",
				"?to=2026-05-01T24:00:00Z",
				"?to=10000-01-01T00:00:00Z",
				"?from=2026-05-01T00:00:00+09:00",
				"?kind=party",
				"?audience=men",
				"?place=both",
				"?reservation=vip",
				"?area=1",
				"?area=131165",
				"?organization=A",
				"?organization=nowhere",
				"?partnership=nowhere",
				"?exclude_organization=nowhere",
				"?q="+strings.Repeat("a", 201),
				"?q=%E2%80%AE",
				"?q=%07",
			)
		}
		if o.Queries["status"] {
			queries = append(queries, "?status=lost", "?scope=all")
		}
		for _, query := range queries {
			c := q
			c.query = query
			if strings.HasSuffix(query, "limit=1&limit=2") || !strings.Contains(query, "cursor=A") {
				b.refuse(t, query[:min(len(query), 60)], c, 400, 422)
				continue
			}
			if r := b.refuse(t, query[:min(len(query), 60)], c, 400); r.code != "cursor_invalid" &&
				r.code != "query_invalid" {
				t.Errorf("%s: %s is answered %s", line.operation, query[:20], r.code)
			}
		}
	}
}

func withSlug(q req, name string) req {
	if name != "slug" {
		return q
	}
	q.path = map[string]string{"slug": "nowhere", "month": q.path["month"]}
	return q
}

func TestEveryRouteRefusesBadBodies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, line := range table {
		o, q := b.checks[line.operation], b.good(line)
		send := func(what string, body any, statuses ...int) resp {
			c := q
			c.body = body
			return b.refuse(t, what, c, statuses...)
		}
		if o.File != "" {
			b.refuseBadFiles(t, q)
			continue
		}
		if o.Body == nil {
			if line.method != get {
				send("a body nobody asked for", []byte(`{}`), 400)
			}
			continue
		}
		for what, raw := range map[string]string{
			"nothing":           " ",
			"half":              `{"a":`,
			"trailing text":     `{} x`,
			"two values":        `{}{}`,
			"a comma":           `{,}`,
			"a trailing comma":  `{"a":1,}`,
			"single quotes":     `{'a':1}`,
			"NaN":               `{"a":NaN}`,
			"invalid UTF-8":     "{\"title\":\"\xff\"}",
			"a byte order mark": "\xef\xbb\xbf{}",
			"UTF-16":            "\xff\xfe{\x00}\x00",
			"a name twice":      `{"title":"a","title":"b"}`,
			"a control":         "{\"title\":\"a\tb\"}",
			"depth":             strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000),
		} {
			send(what, []byte(raw), 400)
		}
		for what, raw := range map[string]string{
			"an array":              `[]`,
			"null":                  `null`,
			"a number":              `1`,
			"a text":                `"x"`,
			"an unknown field":      `{"surprise":1}`,
			"a field in other case": `{"Title":"x","QUOTA_ID":"x"}`,
			"a huge number":         `{"seats":1e400,"shift_days":1e400}`, "__proto__": `{"__proto__":{}}`,
		} {
			send(what, []byte(raw), 400, 422)
		}
		good := q.body.(obj)
		send("an unknown field among good ones", merged(good, "surprise\u0007", 1), 422)
		for name := range o.Body.Properties {
			for _, wrong := range []any{
				obj{"x": 1},
				list{list{}},
				1.5,
				-1,
				true,
				strings.Repeat("長", 21000),
				"a\u0000b",
				"a\u202eb",
				json.RawMessage(`"\ud800"`),
			} {
				r := b.do(t, req{operation: q.operation, auth: q.auth, path: q.path, body: merged(good, name, wrong)})
				if r.StatusCode >= 500 {
					t.Errorf("%s: %s as %.20v answers %d", line.operation, name, wrong, r.StatusCode)
				}
				if text := fmt.Sprint(wrong); len(text) > 30 && strings.Contains(string(r.raw), text[:30]) {
					t.Errorf("%s repeats what was typed: %.200s", line.operation, r.raw)
				}
			}
		}
		big := send("2 MB", []byte(`{"title":"`+strings.Repeat("a", 2<<20)+`"}`), 413)
		if big.code != "body_too_large" {
			t.Errorf("%s: 2 MB is answered %s", line.operation, big.code)
		}
		for _, media := range []string{
			"text/plain",
			"application/xml",
			"application/x-www-form-urlencoded",
			"application/json; charset=shift_jis",
			"",
			"a/b/c",
		} {
			c := q
			c.header = map[string]string{"Content-Type": media}
			b.refuse(t, "content type "+media, c, 415)
		}
	}
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors: %.2000s", b.log.String())
	}
}

func merged(good obj, name string, value any) obj {
	c := obj{}
	for k, v := range good {
		c[k] = v
	}
	c[name] = value
	return c
}

// Chunked bodies announce no length.
func TestOversizeWithoutLength(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, target := range []string{"/organizations/toshima/events", "/events/" + uuid.NewString() + "/tickets"} {
		r := httptest.NewRequestWithContext(
			t.Context(),
			http.MethodPost,
			contract.Base+target,
			strings.NewReader(`{"title":"`+strings.Repeat("a", 2<<20)+`"}`),
		)
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", bearer(b.admin))
		w := httptest.NewRecorder()
		b.echo.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d, want 413", target, w.Code)
		}
	}
}

func TestImpossibleEventsAreRefusedWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := func(change func(o obj)) obj {
		body := b.eventBody(10)
		change(body["occurrences"].(list)[0].(obj))
		return body
	}
	set := func(name string, value any) obj { return at(func(o obj) { o[name] = value }) }
	part := func(name string, value any) obj {
		return at(func(o obj) { o["parts"].(list)[0].(obj)[name] = value })
	}
	starts := b.clock.Now().AddDate(0, 0, 10)
	for what, c := range map[string]struct {
		body  obj
		field string
	}{
		"a 13th month":          {set("starts_at", "2026-13-01T10:00:00+09:00"), "/occurrences/0/starts_at"},
		"30 February":           {set("starts_at", "2026-02-30T10:00:00+09:00"), "/occurrences/0/starts_at"},
		"24:00":                 {set("ends_at", "2026-05-01T24:00:00+09:00"), "/occurrences/0/ends_at"},
		"a leap second":         {set("ends_at", "2026-05-01T23:59:60+09:00"), "/occurrences/0/ends_at"},
		"year 9999":             {set("ends_at", "9999-12-31T23:59:59+09:00"), ""},
		"year 0":                {set("starts_at", "0000-01-01T00:00:00Z"), ""},
		"no offset":             {set("starts_at", "2026-05-01T10:00:00"), "/occurrences/0/starts_at"},
		"an offset of 99 hours": {set("starts_at", "2026-05-01T10:00:00+99:00"), "/occurrences/0/starts_at"},
		"end before start":      {set("ends_at", starts.Add(-time.Hour).Format(time.RFC3339)), ""},
		"two months long":       {set("ends_at", starts.AddDate(0, 2, 0).Format(time.RFC3339)), ""},
		"doors after start":     {set("doors_at", starts.Add(time.Hour).Format(time.RFC3339)), ""},
		"a code of nowhere":     {set("place", obj{"kind": "in_person", "area_code": "131165"}), ""},
		"controls in a place": {
			set("place", obj{"kind": "in_person", "name": "a\u0007b"}),
			"/occurrences/0/place/name",
		},
		"a part outside": {part("starts_at", starts.Add(-time.Hour).Format(time.RFC3339)), ""},
		"a link of another kind": {
			part("joining_link", obj{"url": "javascript:alert(1)"}),
			"/occurrences/0/parts/0/joining_link/url",
		},
		"a long telephone text": {
			part("joining_link", obj{"url": "https://example.jp/x", "phone": strings.Repeat("あ", 1001)}),
			"/occurrences/0/parts/0/joining_link/phone",
		},
		"a plain http link": {
			part("joining_link", obj{"url": "http://example.jp/x"}),
			"/occurrences/0/parts/0/joining_link/url",
		},
		"too many seats": {
			part("quotas", list{obj{"channel": "in_person", "capacity": 100001}}),
			"/occurrences/0/parts/0/quotas/0/capacity",
		},
		"half a seat": {
			part("quotas", list{obj{"channel": "in_person", "capacity": 1.5}}),
			"/occurrences/0/parts/0/quotas/0/capacity",
		},
		"another's quota": {
			part("quotas", list{obj{"id": uuid.NewString(), "channel": "in_person", "capacity": 1}}),
			"",
		},
		"another's part":         {part("id", uuid.NewString()), ""},
		"an unknown booth":       {part("booths", list{obj{"organization": "nowhere"}}), ""},
		"10,000 characters":      {merged(b.eventBody(10), "title", strings.Repeat("長", 10000)), "/title"},
		"bidi in the title":      {merged(b.eventBody(10), "title", "安全\u202egpj.exe"), "/title"},
		"a null character":       {merged(b.eventBody(10), "title", "a\u0000b"), "/title"},
		"a line break in it":     {merged(b.eventBody(10), "title", "a\nb"), "/title"},
		"an empty title":         {merged(b.eventBody(10), "title", ""), "/title"},
		"a blank title":          {merged(b.eventBody(10), "title", " \u3000 "), ""},
		"a script for a website": {merged(b.eventBody(10), "website", "javascript:alert(1)"), "/website"},
		"an unknown organiser": {
			merged(b.eventBody(10), "organisers", list{obj{"organization": "nowhere", "role": "host"}}),
			"",
		},
		"an organiser twice": {
			merged(
				b.eventBody(10),
				"organisers",
				list{obj{"organization": "bunkyo", "role": "host"}, obj{"organization": "bunkyo", "role": "co_host"}},
			),
			"",
		},
		"a fee below nothing": {merged(b.eventBody(10), "fee", obj{"yen": -1}), "/fee/yen"},
	} {
		r := b.refuse(t, what, req{operation: "createEvent", auth: bearer(b.editor), body: c.body}, 400, 404, 422)
		if c.field != "" && !strings.Contains(string(r.raw), `"field":"`+c.field+`"`) {
			t.Errorf("%s: %s does not name %s", what, r.raw, c.field)
		}
		if strings.Contains(string(r.raw), `javascript`) || strings.Contains(string(r.raw), "131165") {
			t.Errorf("%s: the answer repeats what was typed: %s", what, r.raw)
		}
	}
}

func TestTicketBodiesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID.String()
	for what, c := range map[string]struct {
		body   obj
		status int
		code   string
	}{
		"another quota":   {obj{"quota_id": uuid.NewString()}, 404, "quota_unknown"},
		"no quota":        {obj{"seats": 1}, 422, "invalid_request"},
		"no seats":        {obj{"quota_id": quota, "seats": 0}, 422, "invalid_request"},
		"21 seats":        {obj{"quota_id": quota, "seats": 21}, 422, "invalid_request"},
		"three seats":     {obj{"quota_id": quota, "seats": 3}, 422, "too_many_seats"},
		"an empty secret": {obj{"quota_id": quota, "secret": ""}, 422, "ticket_code_empty"},
		"a short secret":  {obj{"quota_id": quota, "secret": "ABC"}, 422, "ticket_code_length"},
		"a long secret":   {obj{"quota_id": quota, "secret": strings.Repeat("A", 201)}, 422, "invalid_request"},
		"a long nickname": {obj{"quota_id": quota, "nickname": strings.Repeat("あ", 21)}, 422, "nickname_invalid"},
		"bidi nickname":   {obj{"quota_id": quota, "nickname": "a\u202eb"}, 422, "nickname_invalid"},
		"an odd answer":   {obj{"quota_id": quota, "answers": obj{"age": "31"}}, 422, "invalid_request"},
		"an odd question": {obj{"quota_id": quota, "answers": obj{"name": "x"}}, 422, "invalid_request"},
		"an odd town":     {obj{"quota_id": quota, "answers": obj{"home": "131165"}}, 422, "answers_invalid"},
		"a contact":       {obj{"quota_id": quota, "contact": "a@example.jp"}, 422, "invalid_request"},
	} {
		if r := b.refuse(t, what, req{operation: "takeSeat", path: at, body: c.body}, c.status); r.code != c.code {
			t.Errorf("%s hears %s, want %s", what, r.code, c.code)
		}
	}
}
