package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// inLine gives the code of a ticket that waits with a contact for the one seat that holder has.
func (k *kit) inLine() (e event.Event, holder, waiting string) {
	k.Helper()
	e = k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Parts[0].WaitingList, in.Occurrences[0].Parts[0].Quotas[0].Capacity = true, 1
	}))
	holder = k.take(e, "")
	id := e.Occurrences[0].Parts[0].Quotas[0].ID
	code, t, err := k.tickets.Take(
		k.Context(),
		ticket.Request{EventID: e.ID, QuotaID: id, Seats: 1, Wait: ticket.WaitQuota},
	)
	if err != nil {
		k.Fatal(err)
	}
	k.exec(
		`insert into contact_key (organization_id, event_id, occurrence_id, public_key)
			select organization_id, event_id, occurrence_id, convert_to(repeat('k', 1216), 'UTF8') from ticket
			  where id = $1
		on conflict do nothing`,
		t.ID,
	)
	k.exec(
		`insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed)
			select organization_id, event_id, id, occurrence_id, convert_to(repeat('s', 2160), 'UTF8') from ticket
			  where id = $1`,
		t.ID,
	)
	return e, holder, code.Reveal()
}

func (k *kit) word(code string) string {
	k.Helper()
	return text(k.post("/t", formOf("secret", code)).doc.Find("h1"))
}

func TestAnOfferHasTwoButtons(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, holder, waiting := k.inLine()
	if got := text(k.post("/t", formOf("secret", waiting)).doc.Find(".ticket-top")); !strings.Contains(got, "おたずねします") {
		t.Errorf("who waits with a contact reads %q", got)
	}
	if a := k.post(
		"/t/confirm",
		formOf("secret", waiting),
	); a.Code != http.StatusConflict ||
		text(a.doc.Find("h1")) != "キャンセル待ちをしています" {
		t.Errorf("yes before anything was offered = %d %s", a.Code, text(a.doc.Find("h1")))
	}
	k.post("/t/cancel", formOf("secret", holder))
	a := k.post("/t", formOf("secret", waiting))
	ask := a.doc.Find("section.notice:has(#ask-title)")
	if text(a.doc.Find("h1")) != "席が空きました" || !strings.Contains(text(ask), "11月23日（月）12:00までに") ||
		ask.Find("form[action='/t/confirm'] button").Length() != 1 ||
		ask.Find("form[action='/t/cancel'] button").Length() != 1 {
		t.Fatalf("an offer shows %s", text(a.doc.Find("main")))
	}
	size := a.Body.Len()
	for range 2 {
		a = k.post("/t/confirm", formOf("secret", waiting))
		if a.Code != http.StatusOK || text(a.doc.Find("h1")) != "席がとれています" || a.doc.Find("#ask-title").Length() != 0 ||
			a.Body.Len() != size {
			t.Errorf("accepted = %d %s, %d and %d bytes", a.Code, text(a.doc.Find("h1")), a.Body.Len(), size)
		}
	}
	if r := k.get("/t/confirm"); r.Code != http.StatusSeeOther || r.Header().Get("Location") != "/t" {
		t.Errorf("a reload in the address bar = %d", r.Code)
	}
}

func TestAnOfferThatLapsed(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, holder, waiting := k.inLine()
	k.post("/t/cancel", formOf("secret", holder))
	k.clock.Advance(24 * time.Hour)
	// The worker has not been round.
	a := k.post("/t", formOf("secret", waiting))
	if text(a.doc.Find("h1")) != "お返事の期限がすぎました" || a.doc.Find("#ask-title").Length() != 0 {
		t.Errorf("past its time an offer shows %s", text(a.doc.Find("main")))
	}
	if a := k.post(
		"/t/confirm",
		formOf("secret", waiting),
	); a.Code != http.StatusConflict ||
		text(a.doc.Find("h1")) != "この席は、ほかの方にまわりました" {
		t.Errorf("a late yes = %d %s", a.Code, text(a.doc.Find("h1")))
	}
	unknown, err := secret.NewTicket(k.options.Random)
	if err != nil {
		t.Fatal(err)
	}
	if a := k.post(
		"/t/confirm",
		url.Values{"secret": {unknown.Reveal()}},
	); a.Code != http.StatusNotFound &&
		a.Code != http.StatusUnprocessableEntity {
		t.Errorf("a yes from nobody = %d", a.Code)
	}
}

func TestAskedWhetherStillComing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, holder, _ := k.inLine()
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-47 * time.Hour))
	db := testkit.Open(t, postgres.Options{URL: k.bundle.LoginURL, Worker: 1, Clock: k.clock})
	if n, err := ticket.AskStillComing(t.Context(), db); err != nil || n != 1 {
		t.Fatalf("%d were asked, %v", n, err)
	}
	a := k.post("/t", formOf("secret", holder))
	if text(a.doc.Find("h1")) != "席がとれています" ||
		!strings.Contains(text(a.doc.Find("section.notice:has(#ask-title)")), "お返事がなくても、席はそのままです") {
		t.Errorf("asked: %s", text(a.doc.Find("main")))
	}
	if a := k.post(
		"/t/confirm",
		formOf("secret", holder),
	); a.Code != http.StatusOK || a.doc.Find("#ask-title").Length() != 0 ||
		k.word(holder) != "席がとれています" {
		t.Errorf("yes = %d", a.Code)
	}
}
