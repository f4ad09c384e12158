package site_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// worker gives every date its key, as the worker does.
func (k *kit) worker() {
	k.Helper()
	keys, err := secret.NewKeys([]byte("the worker's one key, in tests of the site"))
	if err != nil {
		k.Fatal(err)
	}
	vault, err := contact.OpenVault(k.TempDir()+"/keys", keys, rand.Reader)
	if err != nil {
		k.Fatal(err)
	}
	db := testkit.Open(k, postgres.Options{URL: k.bundle.LoginURL, Worker: 2, Clock: k.clock})
	keeper := contact.NewKeeper(db, vault)
	if err := keeper.Start(k.Context(), true, false); err != nil {
		k.Fatal(err)
	}
	if _, err := keeper.MakeKeys(k.Context()); err != nil {
		k.Fatal(err)
	}
}

func (k *kit) contacts() (n int) {
	k.Helper()
	if err := k.bundle.Pool(k).QueryRow(k.Context(), "select count(*) from ticket_contact").Scan(&n); err != nil {
		k.Fatal(err)
	}
	return n
}

func TestContactOnTheForm(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	at := "/events/" + e.ID.String()
	if d := k.page(
		at,
	); d.Find(`input[name="mail"]`).Length() != 0 ||
		!strings.Contains(text(d.Find("form.seat-form details")), "まだ連絡先を預かれません") {
		t.Errorf("before there is a key: %s", text(d.Find("form.seat-form details")))
	}
	// A seat is given all the same, even to a form from before.
	early := k.post(
		at+"/tickets",
		formOf("secret", k.hiddenSecret(e), "quota_id", quotaOf(e), "mail", "sumire@example.jp"),
	)
	if early.Code != http.StatusCreated || text(early.doc.Find("h1")) != "席がとれています" ||
		!strings.Contains(text(early.doc.Find(".notice")), "連絡先は預かれませんでした") {
		t.Errorf("early = %d %s", early.Code, text(early.doc.Find(".notice")))
	}
	k.worker()
	// What stands under the form is true of its field for an address.
	if d := k.page(
		at,
	); d.Find(`form.seat-form input[name="mail"]`).Length() != 1 ||
		strings.Contains(text(d.Find("form.seat-form > .hint")), "メールアドレスは聞きません") ||
		!strings.Contains(text(d.Find("form.seat-form > .hint")), "名前と電話番号は聞きません。メールアドレスは、書かなくてもかまいません。") {
		t.Errorf("with a field for an address: %s", text(d.Find("form.seat-form > .hint")))
	}
	d := k.page(at)
	box := d.Find("form.seat-form details.fold")
	mail := box.Find(`input[name="mail"]`)
	if _, open := box.Attr(
		"open",
	); open || mail.AttrOr("type", "") != "email" ||
		mail.AttrOr("autocomplete", "") != "off" {
		t.Error("the field is not folded away, or is remembered")
	}
	if _, required := mail.Attr("required"); required {
		t.Error("an address is required")
	}
	code, before := k.hiddenSecret(e), k.seatsTaken(e)
	bad := k.post(at+"/tickets", formOf("secret", code, "quota_id", quotaOf(e), "nickname", "はる", "mail", "sumire＠"))
	field := bad.doc.Find(`input[name="mail"]`)
	if bad.Code != http.StatusUnprocessableEntity || field.AttrOr("value", "") != "sumire＠" ||
		field.AttrOr("aria-invalid", "") != "true" ||
		k.seatsTaken(e) != before {
		t.Errorf("bad = %d, value %q", bad.Code, field.AttrOr("value", ""))
	}
	if _, open := bad.doc.Find("form.seat-form details.fold").Attr("open"); !open {
		t.Error("the mistake is folded away")
	}
	if href := bad.doc.Find(
		"#errors a",
	).AttrOr(
		"href",
		"",
	); href != "#"+field.AttrOr("id", "?") ||
		bad.doc.Find(href).Length() != 1 {
		t.Errorf("the summary leads to %q", href)
	}
	if bad.doc.Find(`input[name="nickname"]`).AttrOr("value", "") != "はる" {
		t.Error("what else was typed is lost")
	}
	for range 2 {
		good := k.post(
			at+"/tickets",
			formOf("secret", code, "quota_id", quotaOf(e), "nickname", "はる", "mail", " ｓｕｍｉｒｅ@example.jp"),
		)
		if good.Code != http.StatusCreated || !strings.Contains(text(good.doc.Find("#contact summary")), "預かっています") ||
			strings.Contains(good.Body.String(), "sumire") {
			t.Errorf("good = %d %s", good.Code, text(good.doc.Find("#contact summary")))
		}
	}
	if k.contacts() != 1 || strings.Contains(k.logs.String(), "sumire") {
		t.Errorf("%d contacts; or the address stands in the log", k.contacts())
	}
}

func TestContactOnTheTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	code := k.take(e, "")
	keep := func(more ...string) answer {
		return k.post("/t/contact", formOf(append([]string{"secret", code, "contact", "keep"}, more...)...))
	}
	if a := keep(
		"mail",
		"sumire@example.jp",
	); a.Code != http.StatusConflict ||
		!strings.Contains(text(a.doc.Find(".notice")), "まだ連絡先を預かれません") {
		t.Errorf("without a key = %d %s", a.Code, text(a.doc.Find(".notice")))
	}
	k.worker()
	shown := k.post("/t", formOf("secret", code))
	push := shown.doc.Find("#contact form[data-push]")
	if _, hidden := push.Attr(
		"hidden",
	); !hidden || len(push.AttrOr("data-push", "")) != 87 ||
		push.Find(`button[type="submit"]`).Length() != 1 {
		t.Error("pushes are offered to those without script, or without a press")
	}
	for _, wrong := range [][]string{
		{"mail", "nowhere"},
		{},
		{"endpoint", "https://127.0.0.1/x", "p256dh", "x", "auth", "y"},
		{"endpoint", "https://inside.example/x", "p256dh", "x", "auth", "y"},
	} {
		if a := keep(
			wrong...); a.Code != http.StatusUnprocessableEntity || k.contacts() != 0 ||
			text(a.doc.Find("h1")) != "席がとれています" {
			t.Errorf("%q = %d", wrong, a.Code)
		} else if len(wrong) == 2 &&
			a.doc.Find("#contact-mail").AttrOr("value", "") != "nowhere" {
			t.Error("what was typed is lost")
		}
	}
	if a := keep(
		"mail",
		"sumire@example.jp",
	); a.Code != http.StatusOK || k.contacts() != 1 || strings.Contains(a.Body.String(), "sumire") ||
		a.Body.Len() != 32<<10 {
		t.Errorf("kept = %d, %d bytes", a.Code, a.Body.Len())
	}
	if a := k.post(
		"/t/contact",
		formOf("secret", code, "contact", "forget"),
	); a.Code != http.StatusOK || k.contacts() != 0 ||
		strings.Contains(text(a.doc.Find("#contact summary")), "預かっています") {
		t.Errorf("forgotten = %d", a.Code)
	}
	if a := k.post(
		"/t/contact",
		formOf("secret", "ABC", "contact", "forget"),
	); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("a misspelt code = %d", a.Code)
	}
	if a := k.get("/t/contact"); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/t" {
		t.Errorf("a reload = %d", a.Code)
	}
	w := k.get("/notify/worker.js")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") ||
		w.Header().Get("Cache-Control") != "no-cache" ||
		w.Header().Get("Service-Worker-Allowed") != "" {
		t.Errorf("worker = %d %v", w.Code, w.Header())
	}
	if p := text(
		k.page("/promises").Find("main"),
	); !strings.Contains(p, "7日後") || !strings.Contains(p, "届ける内容が見えます") ||
		!strings.Contains(p, "400日後") {
		t.Error("the promises say nothing of contacts")
	}
}
