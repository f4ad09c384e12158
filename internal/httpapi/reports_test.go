package httpapi

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

// tourReports takes 24 seats with answers and reads what comes out.
func (b *bundle) tourReports(t *testing.T) {
	t.Helper()
	body := b.eventBody(3)
	body["title"], body["organisers"], body["questions"] = "=講演会", list{}, list{"home", "age"}
	body["occurrences"].(list)[0].(obj)["parts"] = list{
		obj{"reservation": "seat", "quotas": list{obj{"channel": "in_person", "capacity": 40}}},
	}
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	if seen := must[api.Event](t, b, 200, req{operation: "getEvent", path: at}); len(seen.Questions) != 2 ||
		seen.Questions[0] != "age" {
		t.Errorf("the event asks %v", seen.Questions)
	}
	for i := range 24 {
		answers := obj{"age": "30s", "gender": "man", "home": "131164"}
		if i%2 == 0 {
			answers = obj{"home": "131059"}
		}
		r := b.do(
			t,
			req{
				operation: "takeSeat",
				path:      at,
				body:      obj{"quota_id": e.Occurrences[0].Parts[0].Quotas[0].ID, "answers": answers},
			},
		)
		if r.StatusCode != 201 || strings.Contains(string(r.raw), "30s") || strings.Contains(string(r.raw), "1310") {
			t.Fatalf("taking a seat with answers: %d %s", r.StatusCode, r.raw)
		}
	}
	if d := must[api.EventReport](
		t,
		b,
		200,
		req{operation: "getEventReport", auth: bearer(b.editor), path: at},
	); len(d.Dates) != 0 {
		t.Errorf("figures before registration closed: %+v", d.Dates)
	}
	now := b.clock.Now()
	b.clock.Set(e.Occurrences[0].EndsAt.Add(report.AfterEnd))
	if err := b.answers.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := report.Freeze(t.Context(), b.db); err != nil || n < 2 {
		t.Fatalf("%d figures, %v", n, err)
	}
	b.clock.Set(now)
	d := must[api.EventReport](t, b, 200, req{operation: "getEventReport", auth: bearer(b.editor), path: at})
	if len(d.Dates) != 1 || d.Dates[0].Registered == nil || d.Dates[0].Registered.Value != 25 ||
		d.Dates[0].Came != nil ||
		len(d.Dates[0].Breakdown) != 2 ||
		len(d.Dates[0].Breakdown[0].Answers) != 8 {
		t.Fatalf("the report says %+v", d)
	}
	if r := b.refuse(
		t,
		"another organization's report",
		req{
			operation: "getEventReport",
			auth:      bearer(b.foreign),
			path:      map[string]string{"slug": "bunkyo", "event_id": e.ID.String()},
		},
		404,
	); r.code != "event_unknown" {
		t.Errorf("another organization is answered %s", r.code)
	}
	fiscal := strconv.Itoa(e.Occurrences[0].StartsAt.In(time.FixedZone("", 9*3600)).AddDate(0, -3, 0).Year())
	y := must[api.YearReport](
		t,
		b,
		200,
		req{operation: "getYearReport", auth: bearer(b.editor), path: map[string]string{"year": fiscal}},
	)
	if len(y.Events) == 0 || y.Events[0].Title != "=講演会" || y.Events[0].Registered.Value != 25 ||
		y.Total.Registered.Value < 25 ||
		y.Total.DatesBrokenDown != 1 ||
		y.From.Format("01-02") != "04-01" ||
		y.Total.Outside == nil {
		t.Errorf("the year says %+v", y)
	}
	raw := b.do(t, req{operation: "getYearReportCSV", auth: bearer(b.editor), path: map[string]string{"year": fiscal}})
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw.raw), "\ufeff"))).ReadAll()
	if err != nil || raw.StatusCode != 200 || !strings.HasPrefix(string(raw.raw), "\ufeff年度,イベント,") ||
		!strings.HasPrefix(raw.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v %s", raw.StatusCode, err, raw.raw)
	}
	found := map[string]bool{}
	for _, l := range lines {
		found[l[1]+"/"+l[3]+"/"+l[4]] = true
	}
	for _, want := range []string{
		"'=講演会/申し込み（のべ）/",
		"'=講演会/年代/30代",
		"'=講演会/年代/不明",
		"合計/お住まいの市区町村/文京区",
		"合計/お住まいの市区町村/そのほかの市区町村",
		"合計/外からの割合（%）/",
	} {
		if !found[want] {
			t.Errorf("the table lacks %s: %s", want, raw.raw)
		}
	}
	if strings.Contains(string(raw.raw), "あとで") || strings.Contains(string(raw.raw), "<no value>") {
		t.Errorf("a word is missing: %s", raw.raw)
	}
}
