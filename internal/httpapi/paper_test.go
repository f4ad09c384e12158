package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

// paperSheets is the part of TestEveryOperation that prints sheets and takes seats with their
// codes.
func (b *bundle) paperSheets(t *testing.T) {
	t.Helper()
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	o := e.Occurrences[0]
	body := obj{
		"occurrence_id": o.ID,
		"part_id":       o.Parts[0].ID,
		"quota_id":      o.Parts[0].Quotas[0].ID,
		"codes":         1,
		"seats_each":    2,
	}
	printing := req{operation: "printPaperSheet", auth: bearer(b.publisher), path: at, body: body}
	s := must[api.IssuedPaperSheet](t, b, 201, printing)
	if len(s.Codes) != 1 || s.Details.Codes != 1 || s.Details.SeatsEach != 2 ||
		!strings.HasSuffix(s.ClaimURL, "/paper") {
		t.Fatalf("%+v", s)
	}
	if r := b.do(t, printing); r.code != "paper_seats_too_few" || r.StatusCode != http.StatusConflict {
		t.Errorf("three seats, two set aside, two more: %d %s", r.StatusCode, r.raw)
	}
	good := must[api.PaperGood](
		t,
		b,
		200,
		req{operation: "lookAtPaperCode", body: obj{"paper_code": strings.ToLower(s.Codes[0])}},
	)
	if good.EventID != e.ID || good.Seats != 2 {
		t.Errorf("%+v", good)
	}
	// The public sees nothing of the pool.
	for _, q := range must[api.Event](t, b, 200, req{operation: "getEvent", path: at}).Occurrences[0].Parts[0].Quotas {
		if q.Channel == "paper" {
			t.Error("the pool is published")
		}
	}
	take := obj{"paper_code": s.Codes[0], "seats": 2, "secret": "7BEBM6F474KRN78C7XN5T5G7MC", "nickname": "すみれ"}
	mine := must[api.IssuedTicket](t, b, 201, req{operation: "takeByPaperCode", body: take})
	again := must[api.IssuedTicket](t, b, 201, req{operation: "takeByPaperCode", body: take})
	if mine.Ticket.ID != again.Ticket.ID || mine.Ticket.Seats != 2 {
		t.Errorf("%+v, again %+v", mine, again)
	}
	for what, c := range map[string]struct {
		body   obj
		status int
		code   string
	}{
		"used":     {obj{"paper_code": s.Codes[0]}, 409, "paper_code_used"},
		"mistyped": {obj{"paper_code": "7BEB"}, 422, "paper_code_mistyped"},
		"made up":  {obj{"paper_code": "7BEB-M6F4-74KR"}, 404, "paper_code_unknown"},
		"no seats": {obj{"paper_code": s.Codes[0], "seats": 0}, 422, "invalid_request"},
	} {
		if r := b.do(
			t,
			req{operation: "takeByPaperCode", body: c.body},
		); r.StatusCode != c.status || r.code != c.code ||
			len(r.raw)%1024 != 0 {
			t.Errorf("%s: %d %s", what, r.StatusCode, r.raw)
		}
	}
	body["codes"], body["seats_each"] = 1, 1
	page := b.send(
		t,
		http.MethodPost,
		contract.Base+"/organizations/toshima/events/"+e.ID.String()+"/paper-sheets?format=html",
		printing,
	) // the contract's validator reads no HTML
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(page.raw)))
	if err != nil || page.StatusCode != 201 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") ||
		page.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s %v", page.StatusCode, page.Header, err)
	}
	code := doc.Find(".code").Text()
	if doc.Find("li.strip svg path").AttrOr("d", "") == "" || len(code) != 14 ||
		!strings.Contains(doc.Text(), "講演会と相談会") {
		t.Errorf("the page: %s", page.raw)
	}
	must[api.PaperGood](t, b, 200, req{operation: "lookAtPaperCode", body: obj{"paper_code": code}})
	sheets := must[api.PaperSheetPage](t, b, 200, req{operation: "listPaperSheets", auth: bearer(b.editor), path: at})
	if len(sheets.Items) != 2 || sheets.Items[0].Used+sheets.Items[1].Used != 1 {
		t.Errorf("%+v", sheets)
	}
	for _, sheet := range sheets.Items {
		must[struct{}](
			t,
			b,
			204,
			req{
				operation: "revokePaperSheet",
				auth:      bearer(b.publisher),
				path:      map[string]string{"event_id": e.ID.String(), "sheet_id": sheet.ID.String()},
			},
		)
	}
	if r := b.do(
		t,
		req{operation: "lookAtPaperCode", body: obj{"paper_code": code}},
	); r.StatusCode != http.StatusGone ||
		r.code != "paper_code_over" {
		t.Errorf("revoked: %d %s", r.StatusCode, r.raw)
	}
	if log := b.log.String(); strings.Contains(log, code) || strings.Contains(log, s.Codes[0]) {
		t.Error("the log knows the codes")
	}
}
