package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

type obj = map[string]any

type list = []any

// eventBody is a lecture in two parts with a booth, a series of seats and a joining link, starting
// so many days from now.
func (b *bundle) eventBody(days int) obj {
	starts := b.clock.Now().AddDate(0, 0, days)
	return obj{
		"kind":          "lecture",
		"title":         "講演会と相談会",
		"summary":       "短い説明",
		"audience":      "どなたでも",
		"audience_tags": list{"anyone", "family"},
		"assurance": obj{
			"nickname_ok":       true,
			"women_staff":       nil,
			"press":             "none",
			"attending_offices": list{"福祉総務課"},
		},
		"fee":        obj{"yen": 0, "note": ""},
		"website":    "https://example.jp/",
		"organisers": list{obj{"organization": "bunkyo", "role": "co_host"}},
		"occurrences": list{
			obj{
				"starts_at": starts.Format(time.RFC3339),
				"ends_at":   starts.Add(3 * time.Hour).Format(time.RFC3339),
				"doors_at":  starts.Add(-30 * time.Minute).Format(time.RFC3339),
				"place":     obj{"kind": "both", "name": "区民ひろば", "area_code": "131164"},
				"note":      "お気軽にどうぞ",
				"parts": list{
					obj{
						"name":        "第1部",
						"reservation": "seat",
						"quotas": list{
							obj{"channel": "in_person", "capacity": 3, "max_seats": 2},
							obj{"channel": "online", "capacity": 100},
						},
						"booths": list{obj{"organization": "bunkyo", "offers": "相談"}, obj{"name": "来賓"}},
						"joining_link": obj{
							"url":                "https://meet.example.jp/x",
							"phone":              "03-0000-0000で番号{番号}を伝えてください。",
							"opens_hours_before": 48,
						},
					},
					obj{"name": "第2部", "reservation": "none"},
				},
			},
		},
	}
}

func TestEveryOperationKeepsTheContract(t *testing.T) {
	t.Parallel()
	b := setup(t)
	as := func(operation, token string, path map[string]string, body any) req {
		return req{operation: operation, auth: bearer(token), path: path, body: body}
	}

	// The organization itself.
	must[api.Organization](
		t,
		b,
		200,
		as("changeOrganization", b.admin, nil, obj{"area": "池袋", "online": false, "website": ""}),
	)
	group := must[api.Organization](
		t,
		b,
		201,
		as("registerPartnerGroup", b.admin, nil, obj{"slug": "rakunokai", "name": "NPO法人 楽の会リーラ", "area": "巣鴨"}),
	)
	if group.RegisteredBy == nil || group.RegisteredBy.Slug != "toshima" {
		t.Errorf("group registered by %+v, want toshima", group.RegisteredBy)
	}
	issued := must[api.IssuedToken](
		t,
		b,
		201,
		as(
			"createToken",
			b.admin,
			nil,
			obj{"name": "サイト連携", "expires_at": b.clock.Now().Add(time.Hour).Format(time.RFC3339)},
		),
	)
	if tokens := must[api.TokenPage](t, b, 200, as("listTokens", issued.Token, nil, nil)); len(tokens.Items) != 4 {
		t.Errorf("%d tokens, want 4", len(tokens.Items))
	}
	must[struct{}](
		t,
		b,
		204,
		as("revokeToken", b.admin, map[string]string{"token_id": issued.Details.ID.String()}, nil),
	)
	if r := b.do(t, as("listTokens", issued.Token, nil, nil)); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d, want 401", r.StatusCode)
	}

	// From draft to published, with an organiser that decides for itself.
	draft := must[api.StaffEvent](t, b, 201, as("createEvent", b.editor, nil, b.eventBody(14)))
	at := map[string]string{"event_id": draft.ID.String()}
	if draft.Status != "draft" || len(draft.Organisers) != 2 || draft.Organisers[1].Approval != "pending" {
		t.Errorf("draft %s with organisers %+v", draft.Status, draft.Organisers)
	}
	if r := b.do(t, req{operation: "getEvent", path: at}); r.StatusCode != http.StatusNotFound {
		t.Errorf("a draft in public: %d, want 404", r.StatusCode)
	}
	changed := must[api.StaffEvent](
		t,
		b,
		200,
		as("changeEvent", b.editor, at, obj{"title": "講演会", "fee": obj{"yen": nil}}),
	)
	if changed.Title != "講演会" || changed.Fee.Yen != nil || changed.Summary != "短い説明" {
		t.Errorf("changed to %q, %v, %q", changed.Title, changed.Fee.Yen, changed.Summary)
	}
	must[api.StaffEvent](t, b, 200, as("submitEvent", b.editor, at, nil))
	must[api.StaffEvent](t, b, 200, as("publishEvent", b.publisher, at, nil))
	shared := map[string]string{"slug": "bunkyo", "event_id": draft.ID.String()}
	if invited := must[api.StaffEventPage](
		t,
		b,
		200,
		req{operation: "listStaffEvents", auth: bearer(b.foreign), path: shared, query: "?scope=invited"},
	); len(invited.Items) != 1 {
		t.Fatalf("%d events ask for bunkyo, want 1", len(invited.Items))
	}
	if l := must[api.EventPage](
		t,
		b,
		200,
		req{operation: "listEvents", query: "?organization=bunkyo"},
	); len(l.Items) != 0 {
		t.Error("the event is in bunkyo's list before bunkyo approved")
	}
	must[api.StaffEvent](t, b, 200, as("decideApproval", b.foreign, shared, obj{"decision": "approve"}))
	if l := must[api.EventPage](
		t,
		b,
		200,
		req{operation: "listEvents", query: "?organization=bunkyo"},
	); len(l.Items) != 1 ||
		l.Items[0].ListedOccurrenceID == nil {
		t.Errorf("bunkyo's list has %d events, want 1 under a date", len(l.Items))
	}
	day := draft.Occurrences[0].StartsAt.In(clock.Tokyo).Format(time.DateOnly)
	for query, want := range map[string]int{
		"?from=" + day + "&to=" + day:        1,
		"?from=" + day + "T00:00:00%2B09:00": 1,
		"?to=" + day + "T00:00:00%2B09:00":   0,
	} {
		if l := must[api.EventPage](t, b, 200, req{operation: "listEvents", query: query}); len(l.Items) != want {
			t.Errorf("%s: %d events, want %d", query, len(l.Items), want)
		}
	}
	must[api.StaffEvent](t, b, 200, as("getStaffEvent", b.editor, at, nil))

	// A ticket.
	seen := must[api.Event](t, b, 200, req{operation: "getEvent", path: at})
	part := seen.Occurrences[0].Parts[0]
	if part.Registration != "open" || part.Quotas[0].Band != "available" && part.Quotas[0].Band != "few" {
		t.Errorf("registration %s, band %s", part.Registration, part.Quotas[0].Band)
	}
	taken := must[api.IssuedTicket](
		t,
		b,
		201,
		req{
			operation: "takeSeat",
			path:      at,
			body:      obj{"quota_id": part.Quotas[0].ID, "seats": 2, "nickname": "すみれ", "accept_waitlist": true},
		},
	)
	if taken.TicketURL != "https://tonarimachi.example.jp/t#"+taken.Secret ||
		strings.ReplaceAll(taken.SecretGrouped, "-", "") != taken.Secret {
		t.Errorf("ticket url %s, grouped %s", taken.TicketURL, taken.SecretGrouped)
	}
	again := must[api.IssuedTicket](
		t,
		b,
		201,
		req{
			operation: "takeSeat",
			path:      at,
			body:      obj{"quota_id": part.Quotas[0].ID, "seats": 2, "nickname": "すみれ", "secret": taken.SecretGrouped},
		},
	)
	if again.Ticket.ID != taken.Ticket.ID {
		t.Error("the same secret gave another ticket")
	}
	if r := b.do(
		t,
		req{
			operation: "takeSeat",
			path:      at,
			body:      obj{"quota_id": part.Quotas[0].ID, "seats": 1, "secret": taken.Secret},
		},
	); r.StatusCode != 422 ||
		r.code != "ticket_payload_differs" {
		t.Errorf("the same secret for something else: %d %s", r.StatusCode, r.code)
	}
	if r := b.do(
		t,
		req{operation: "takeSeat", path: at, body: obj{"quota_id": part.Quotas[0].ID, "seats": 2}},
	); r.StatusCode != 409 ||
		r.code != "quota_full" {
		t.Errorf("a full quota: %d %s", r.StatusCode, r.code)
	}
	fresh := must[api.IssuedTicket](t, b, 200, req{operation: "rotateTicket", auth: "Ticket " + taken.SecretGrouped})
	if r := b.do(t, req{operation: "getTicket", auth: "Ticket " + taken.Secret}); r.StatusCode != 404 {
		t.Errorf("the old code: %d, want 404", r.StatusCode)
	}
	must[api.Ticket](t, b, 200, req{operation: "getTicket", auth: "ticket  " + strings.ToLower(fresh.SecretGrouped)})
	fresh = b.rotateToOwn(t, fresh.Secret)
	b.tourContact(t, at, fresh.Secret)
	followed := must[api.Ticket](t, b, 200, req{operation: "startCalendar", auth: "Ticket " + fresh.Secret})
	renewed := must[api.Ticket](t, b, 200, req{operation: "startCalendar", auth: "Ticket " + fresh.Secret})
	if followed.CalendarURL == nil || renewed.CalendarURL == nil || *followed.CalendarURL == *renewed.CalendarURL ||
		strings.Contains(*renewed.CalendarURL, fresh.Secret) {
		t.Errorf("calendar addresses %v, %v", followed.CalendarURL, renewed.CalendarURL)
	}
	if stopped := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "stopCalendar", auth: "Ticket " + fresh.Secret},
	); stopped.CalendarURL != nil {
		t.Errorf("stopped calendar = %v", *stopped.CalendarURL)
	}
	if gone := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "cancelTicket", auth: "Ticket " + fresh.Secret},
	); gone.Status != "cancelled" ||
		gone.Nickname != "" {
		t.Errorf("cancelled ticket is %s, nickname %q", gone.Status, gone.Nickname)
	}

	// The waiting list: the one who waits gets the seats that come free.
	waiting := b.eventBody(12)
	waiting["organisers"] = list{}
	waiting["occurrences"].(list)[0].(obj)["parts"] = list{
		obj{"reservation": "seat", "waiting_list": true, "quotas": list{obj{"channel": "in_person", "capacity": 1}}},
	}
	full := must[api.StaffEvent](t, b, 201, as("createEvent", b.editor, nil, waiting))
	fullAt := map[string]string{"event_id": full.ID.String()}
	must[api.StaffEvent](t, b, 200, as("publishEvent", b.publisher, fullAt, nil))
	quota := full.Occurrences[0].Parts[0].Quotas[0].ID
	holds := must[api.IssuedTicket](t, b, 201, req{operation: "takeSeat", path: fullAt, body: obj{"quota_id": quota}})
	waits := must[api.IssuedTicket](
		t,
		b,
		201,
		req{
			operation: "takeSeat",
			path:      fullAt,
			body:      obj{"quota_id": quota, "accept_waitlist": true, "wait_for": "event"},
		},
	)
	if waits.Ticket.Status != "waiting" || waits.Ticket.WaitsUntil == nil {
		t.Errorf("the second ticket is %s until %v", waits.Ticket.Status, waits.Ticket.WaitsUntil)
	}
	if e := must[api.Event](
		t,
		b,
		200,
		req{operation: "getEvent", path: fullAt},
	); e.Occurrences[0].Parts[0].Registration != "waiting_list" {
		t.Errorf("registration is %s", e.Occurrences[0].Parts[0].Registration)
	}
	must[api.Ticket](t, b, 200, req{operation: "cancelTicket", auth: "Ticket " + holds.Secret})
	if got := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "confirmTicket", auth: "Ticket " + waits.Secret},
	); got.Status != "confirmed" || got.OfferedUntil != nil ||
		got.AskedStillComing {
		t.Errorf("an unasked yes makes it %+v", got)
	}
	if r := b.do(t, req{operation: "confirmTicket", auth: "Ticket " + holds.Secret}); r.StatusCode != 409 ||
		r.code != "ticket_already_cancelled" {
		t.Errorf("a cancelled one says yes: %d %s", r.StatusCode, r.code)
	}
	if got := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "getTicket", auth: "Ticket " + waits.Secret},
	); got.Status != "confirmed" ||
		got.WaitsUntil != nil {
		t.Errorf("after a cancellation the waiting ticket is %s", got.Status)
	}

	// Dates.
	body := b.eventBody(30)["occurrences"].(list)[0].(obj)
	added := must[api.StaffEvent](t, b, 201, as("addOccurrence", b.publisher, at, body))
	second := map[string]string{"event_id": draft.ID.String(), "occurrence_id": added.Occurrences[1].ID.String()}
	moved := b.clock.Now().AddDate(0, 0, 31)
	after := must[api.StaffEvent](
		t,
		b,
		200,
		as(
			"changeOccurrence",
			b.publisher,
			second,
			obj{"starts_at": moved.Format(time.RFC3339), "ends_at": moved.Add(time.Hour * 3).Format(time.RFC3339)},
		),
	)
	if after.Occurrences[1].MovedFrom == nil {
		t.Error("a moved date does not say from where")
	}
	must[api.StaffEvent](t, b, 200, as("postponeOccurrence", b.publisher, second, obj{"note": "延期します。"}))
	must[api.StaffEvent](t, b, 200, as("cancelOccurrence", b.publisher, second, obj{"reason": "中止します。"}))
	must[api.StaffEvent](t, b, 200, as("postponeEvent", b.publisher, at, obj{}))
	must[api.StaffEvent](t, b, 200, as("cancelEvent", b.publisher, at, obj{"reason": "台風のため"}))
	if seen := must[api.Event](t, b, 200, req{operation: "getEvent", path: at}); seen.Status != "cancelled" ||
		seen.CancelReason != "台風のため" {
		t.Errorf("a cancelled event reads %s %q", seen.Status, seen.CancelReason)
	}

	// A date that has begun is corrected.
	begun := must[api.StaffEvent](
		t,
		b,
		201,
		as("addOccurrence", b.publisher, fullAt, b.eventBody(0)["occurrences"].(list)[0].(obj)),
	).Occurrences[0]
	must[api.StaffEvent](
		t,
		b,
		200,
		as(
			"correctOccurrence",
			b.publisher,
			map[string]string{"event_id": full.ID.String(), "occurrence_id": begun.ID.String()},
			obj{
				"starts_at": begun.StartsAt.Format(time.RFC3339),
				"ends_at":   begun.EndsAt.Add(-time.Hour).Format(time.RFC3339),
			},
		),
	)

	// A copy: its date may go, and so may it.
	copied := must[api.StaffEvent](t, b, 201, as("copyEvent", b.editor, at, obj{"shift_days": 28}))
	copyAt := map[string]string{"event_id": copied.ID.String()}
	must[api.StaffEvent](
		t,
		b,
		200,
		as(
			"deleteOccurrence",
			b.editor,
			map[string]string{"event_id": copied.ID.String(), "occurrence_id": copied.Occurrences[0].ID.String()},
			nil,
		),
	)
	must[struct{}](t, b, 204, as("deleteEvent", b.editor, copyAt, nil))

	b.tourSeries(t)
	b.tourDoor(t)
	b.tourVenues(t)
	b.tourBookings(t)
	b.tourRounds(t)
	b.tourEventRooms(t)
	b.tourReports(t)
	b.tourDraw(t)
	b.tourSlots(t)

	// What everyone reads.
	must[api.OrganizationPage](t, b, 200, req{operation: "listOrganizations"})
	if o := must[api.OrganizationDetail](
		t,
		b,
		200,
		req{operation: "getOrganization"},
	); len(o.Partnerships) != 1 ||
		o.Organization.Area != "池袋" {
		t.Errorf("toshima reads %+v", o)
	}
	must[api.PartnershipPage](t, b, 200, req{operation: "listPartnerships"})
	if c := must[api.ErasureCertificate](
		t,
		b,
		200,
		req{operation: "getErasure", path: at},
	); c.EventID != draft.ID ||
		len(c.Occurrences) != 0 {
		t.Errorf("a certificate of dates to come: %+v", c)
	}
	changes := must[api.EventChanges](t, b, 200, req{operation: "listEventChanges", query: "?limit=1"})
	if len(changes.Items) != 1 {
		t.Errorf("%d changes, want 1", len(changes.Items))
	}
	must[api.EventChanges](t, b, 200, req{operation: "listEventChanges", query: "?since=" + changes.NextSince})
	ledger := must[api.AuditPage](t, b, 200, req{operation: "listAudit", auth: bearer(b.admin), query: "?limit=2"})
	if len(ledger.Items) != 2 || ledger.NextCursor == nil {
		t.Fatalf("ledger has %d lines on a page of 2", len(ledger.Items))
	}
	must[api.AuditPage](
		t,
		b,
		200,
		req{operation: "listAudit", auth: bearer(b.admin), query: "?cursor=" + *ledger.NextCursor},
	)

	b.paperSheets(t)
	for _, line := range table {
		if !b.done[line.operation] {
			t.Errorf("%s was never answered", line.operation)
		}
	}
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors: %s", b.log.String())
	}
}

func (b *bundle) tourSeries(t *testing.T) {
	t.Helper()
	as := func(operation, token string, path map[string]string, body any) req {
		return req{operation: operation, auth: bearer(token), path: path, body: body}
	}
	plain := must[api.StaffEvent](t, b, 201, as("createEvent", b.editor, nil, obj{"kind": "ibasho", "title": "居場所"}))
	at := map[string]string{"event_id": plain.ID.String()}
	next := b.clock.Now().AddDate(0, 1, 0)
	month := next.Format("2006-01")
	series := obj{
		"rule": "FREQ=MONTHLY;BYDAY=3SA,4SA", "rule_text": "第3または第4土曜日", "choose": "one", "first_month": month,
		"template": obj{
			"starts_time": "14:00", "ends_time": "16:00", "place": obj{"kind": "in_person", "name": "区民ひろば"},
			"parts": list{
				obj{
					"reservation":        "seat",
					"closes_days_before": 1,
					"quotas":             list{obj{"channel": "in_person", "capacity": 5}},
				},
				obj{
					"reservation":        "lottery",
					"closes_days_before": 9,
					"draws_days_before":  7,
					"quotas":             list{obj{"channel": "in_person", "capacity": 5}},
				},
				obj{
					"reservation": "slot",
					"booths":      list{obj{"organization": "bunkyo"}, obj{"name": "弁護士", "offers": "法律のこと"}},
				},
			},
		},
	}
	made := must[api.StaffEvent](t, b, 201, as("createSeries", b.editor, at, series))
	if made.Series == nil || len(made.Series.OpenMonths) == 0 || len(made.Series.OpenMonths[0].Candidates) != 2 {
		t.Fatalf("series %+v, want two candidates in its first month", made.Series)
	}
	in := map[string]string{"series_id": made.Series.ID.String(), "month": month}
	series["rule_text"] = "毎月 第3または第4土曜日"
	must[api.StaffEvent](t, b, 200, as("changeSeries", b.editor, in, series))
	day := made.Series.OpenMonths[0].Candidates[1]
	decided := must[api.StaffEvent](
		t,
		b,
		200,
		as("decideMonth", b.publisher, in, obj{"dates": list{day.Format(time.DateOnly)}}),
	)
	if p := decided.Series.Template.Parts; len(p) != 3 || p[1].DrawsDaysBefore == nil || *p[1].DrawsDaysBefore != 7 ||
		len(p[2].Booths) != 2 ||
		p[2].Booths[0].Organization != "bunkyo" ||
		p[2].Booths[1].Offers != "法律のこと" {
		t.Errorf("template reads %+v", p)
	}
	if p := decided.Occurrences[0].Parts; len(p[2].Booths) != 2 || p[2].Booths[1].Name != "弁護士" {
		t.Errorf("the date's tables read %+v", p[2].Booths)
	}
	if len(decided.Occurrences) != 1 || decided.Series.RuleText != "毎月 第3または第4土曜日" {
		t.Errorf("%d dates of %q, want 1", len(decided.Occurrences), decided.Series.RuleText)
	}
	must[api.StaffEvent](t, b, 200, as("publishEvent", b.publisher, at, nil))
}

func TestListsPageWithTheirOwnCursors(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 3 {
		e := must[api.StaffEvent](
			t,
			b,
			201,
			req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10 + i)},
		)
		must[api.StaffEvent](
			t,
			b,
			200,
			req{
				operation: "publishEvent",
				auth:      bearer(b.publisher),
				path:      map[string]string{"event_id": e.ID.String()},
			},
		)
	}
	for _, c := range []struct{ operation, auth, filter, other string }{
		{"listEvents", "", "kind=lecture", "kind=lecture&place=online"},
		{"listStaffEvents", bearer(b.editor), "status=published", "status=draft"},
	} {
		type page struct {
			Items      []struct{ ID string }
			NextCursor *string `json:"next_cursor"`
		}
		seen := map[string]bool{}
		query := "?limit=2&" + c.filter
		for range 3 {
			p := must[page](t, b, 200, req{operation: c.operation, auth: c.auth, query: query})
			for _, item := range p.Items {
				seen[item.ID] = true
			}
			if p.NextCursor == nil {
				break
			}
			query = "?limit=2&" + c.filter + "&cursor=" + *p.NextCursor
		}
		if len(seen) != 3 {
			t.Errorf("%s: pages hold %d events, want 3", c.operation, len(seen))
		}
		first := must[page](t, b, 200, req{operation: c.operation, auth: c.auth, query: "?limit=1&" + c.filter})
		if r := b.do(
			t,
			req{operation: c.operation, auth: c.auth, query: "?limit=1&" + c.other + "&cursor=" + *first.NextCursor},
		); r.code != "cursor_invalid" {
			t.Errorf("%s: a cursor of another filter: %d %s", c.operation, r.StatusCode, r.code)
		}
	}
}

func TestPublicAnswersAreCachedAndOpenToAllPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	for _, operation := range []string{
		"getEvent",
		"listEvents",
		"listOrganizations",
		"getOrganization",
		"listPartnerships",
		"listEventChanges",
		"getErasure",
		"listSlots",
	} {
		r := b.do(t, req{operation: operation, path: at})
		etag := r.Header.Get("ETag")
		if etag == "" || r.Header.Get("Access-Control-Allow-Origin") != "*" ||
			r.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: headers %v", operation, r.Header)
		}
		again := b.do(t, req{operation: operation, path: at, header: map[string]string{"If-None-Match": etag}})
		if again.StatusCode != http.StatusNotModified || len(again.raw) != 0 || again.Header.Get("ETag") != etag {
			t.Errorf("%s asked again: %d with %d bytes", operation, again.StatusCode, len(again.raw))
		}
	}
	must[api.StaffEvent](
		t,
		b,
		200,
		req{operation: "changeEvent", auth: bearer(b.publisher), path: at, body: obj{"summary": "変わりました"}},
	)
	old := b.do(t, req{operation: "getEvent", path: at}).Header.Get("ETag")
	must[api.StaffEvent](
		t,
		b,
		200,
		req{operation: "changeEvent", auth: bearer(b.publisher), path: at, body: obj{"summary": "また変わりました"}},
	)
	if r := b.do(
		t,
		req{operation: "getEvent", path: at, header: map[string]string{"If-None-Match": old}},
	); r.StatusCode != 200 {
		t.Errorf("a changed event: %d, want 200", r.StatusCode)
	}
	private := b.do(t, req{operation: "listStaffEvents", auth: bearer(b.editor)})
	if private.Header.Get("Access-Control-Allow-Origin") != "" || private.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("staff answers carry %v", private.Header)
	}
	head := b.send(t, http.MethodHead, contract.Base+"/events", req{})
	if head.StatusCode != 200 || head.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
}

func TestPublicAnswersTellNoNumbersAndNoLinks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(1)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	for _, operation := range []string{"getEvent", "listEvents", "listEventChanges"} {
		r := b.do(t, req{operation: operation, path: at})
		for _, word := range []string{
			"capacity",
			"taken",
			"accepting",
			"joining_link",
			"meet.example.jp",
			"03-0000-0000",
			"approval",
			"pending",
			"文京区\",\"slug\":\"bunkyo\"},\"role\"",
		} {
			if strings.Contains(string(r.raw), word) {
				t.Errorf("%s tells %q: %s", operation, word, r.raw)
			}
		}
	}
	staffView := b.do(t, req{operation: "getStaffEvent", auth: bearer(b.editor), path: at})
	if !strings.Contains(string(staffView.raw), `"capacity":3`) ||
		!strings.Contains(string(staffView.raw), "meet.example.jp") {
		t.Errorf("staff read %s", staffView.raw)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	post := func(key string, body any) resp {
		return b.do(
			t,
			req{
				operation: "createEvent",
				auth:      bearer(b.editor),
				body:      body,
				header:    map[string]string{contract.IdempotencyKey: key},
			},
		)
	}
	first := post("k-1", b.eventBody(10))
	rows := b.rows(t)
	second := post("k-1", b.eventBody(10))
	if first.StatusCode != 201 || second.StatusCode != 201 || string(first.raw) != string(second.raw) ||
		first.Header.Get("Location") != second.Header.Get("Location") {
		t.Errorf("asked twice: %d %s, then %d %s", first.StatusCode, first.raw, second.StatusCode, second.raw)
	}
	if now := b.rows(t); now != rows {
		t.Errorf("%d rows, then %d", rows, now)
	}
	if r := post("k-1", b.eventBody(11)); r.StatusCode != 422 || r.code != "idempotency_key_reused" {
		t.Errorf("the key for something else: %d %s", r.StatusCode, r.code)
	}
	// A refusal is not stored and leaves nothing behind.
	bad := b.eventBody(10)
	bad["organisers"] = list{obj{"organization": "nowhere", "role": "host"}}
	if r := post("k-2", bad); r.StatusCode < 400 || r.StatusCode >= 500 {
		t.Errorf("an unknown organiser: %d", r.StatusCode)
	}
	if now := b.rows(t); now != rows {
		t.Errorf("%d rows after a refusal, want %d", now, rows)
	}
	if r := post("k-2", b.eventBody(12)); r.StatusCode != 201 {
		t.Errorf("the key of a refused request: %d", r.StatusCode)
	}
	// Many at once: the work is done once.
	before := b.rows(t)
	statuses := make(chan int, 8)
	for range 8 {
		go func() { statuses <- post("k-3", obj{"kind": "ibasho", "title": "同時"}).StatusCode }()
	}
	made := 0
	for range 8 {
		switch s := <-statuses; s {
		case 201:
			made++
		case 409:
		default:
			t.Errorf("one of many at once: %d", s)
		}
	}
	var events int
	if err := b.Pool(t).QueryRow(
		t.Context(),
		"select count(*) from event where title = '同時'",
	).Scan(&events); err != nil || events != 1 ||
		made == 0 {
		t.Errorf("%d events from %d answers (%v), %d rows before", events, made, err, before)
	}
	if r := post(strings.Repeat("x", 256), b.eventBody(10)); r.StatusCode != 400 {
		t.Errorf("a key of 256 characters: %d", r.StatusCode)
	}
}

func TestRegisterRefusesRoutesWithoutRule(t *testing.T) {
	t.Parallel()
	spec, err := api.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, line := range table {
		if known[line.operation] {
			t.Errorf("%s is there twice", line.operation)
		}
		known[line.operation] = true
		for scheme, access := range map[string]access{"staff": staffOnly, "ticket": holderOnly, "door": doorOnly} {
			if promised := slices.Contains(
				securityOf(t, line.operation),
				scheme,
			); promised != (line.rule.access == access) {
				t.Errorf("%s: the contract promises %v", line.operation, securityOf(t, line.operation))
			}
		}
	}
	bare := *spec.Paths.Value("/events")
	spec.Paths.Set("/surprises", &bare)
	if _, err := newRegistrar(nil, spec); err == nil || !strings.Contains(err.Error(), "has no rule") {
		t.Errorf("a route without a rule: %v", err)
	}
}

func securityOf(t *testing.T, id string) (schemes []string) {
	t.Helper()
	for _, o := range contractOperations(t) {
		if o.ID == id && o.Route.Operation.Security != nil {
			for _, s := range *o.Route.Operation.Security {
				for name := range s {
					schemes = append(schemes, name)
				}
			}
		}
	}
	return schemes
}
