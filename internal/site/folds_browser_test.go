package site_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// tabTo presses Tab until the focus is where it is wanted, as who has no mouse does.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 120 {
		at, err := chromedp.Run(
			b.ctx,
			chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector)),
		)
		b.must(err)
		if at {
			return
		}
		b.key(kb.Tab)
	}
	b.Fatalf("Tab never leads to %s", selector)
}

func (b *tab) key(keys string) {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(keys)))
}

// enter presses Enter on what leads to another page and gives its status.
func (b *tab) enter() int64 {
	b.Helper()
	w, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter))
	b.must(err)
	return w.Status
}

func (b *tab) yes(condition, what string) {
	b.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](condition))
	b.must(err)
	if !got {
		b.Errorf("%s: not so: %s", what, condition)
	}
}

// The folds of the form for seats, and an offer, by keyboard alone on a narrow screen and a wide
// one.
func TestBrowserFoldsAndOffers(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	asking := k.publish("bunkyo", meeting(func(in *event.Input) { in.Questions = event.Questions }))
	k.worker()
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open("/events/" + asking.ID.String())
		for _, control := range []string{`[name="mail"]`, `[name="age"]`} {
			fold := "form.seat-form details:has(" + control + ")"
			b.tabTo(fold + " > summary")
			b.yes(fmt.Sprintf("!document.querySelector(%q).open", fold), "before Enter")
			b.key(kb.Enter)
			b.yes(fmt.Sprintf("document.querySelector(%q).open", fold), "after Enter")
			b.tabTo(control)
		}
		b.axe(fmt.Sprintf("open folds at %d", width))
		b.tabTo("form.seat-form button[type=submit]")
		b.fill(`[name="mail"]`, "sumire@")
		b.must(
			chromedp.Do(
				b.ctx,
				chromedp.Evaluate[chromedp.Void](`document.querySelector("form.seat-form").noValidate = true`),
			),
		)
		if status := b.enter(); status != 422 {
			t.Errorf("no address at %d = %d", width, status)
		}
		b.yes(
			`document.querySelector("details:has([name=mail])").open &&
			  document.querySelector("[name=mail]").getAttribute("aria-invalid") === "true"`,
			"given back",
		)
		b.axe(fmt.Sprintf("folds given back at %d", width))
		b.tabTo("#errors a")
		b.key(kb.Enter)
		b.yes(`document.activeElement.name === "mail"`, "the summary leads to the field")

		_, holder, waiting := k.inLine()
		k.post("/t/cancel", formOf("secret", holder))
		b.open("/t#" + waiting)
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("#ask-title"))))
		b.expect("h1", "席が空きました")
		b.axe(fmt.Sprintf("an offer at %d", width))
		b.tabTo("form[action='/t/cancel'] button")
		b.open("/t#" + waiting)
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("#ask-title"))))
		b.tabTo("form[action='/t/confirm'] button")
		if status := b.enter(); status != 200 {
			t.Errorf("yes at %d = %d", width, status)
		}
		b.expect("h1", "席がとれています")
		b.axe(fmt.Sprintf("an accepted offer at %d", width))
	}
}

// pushStub stands for what a browser does with a push service, which no test reaches: whether
// notices are permitted, and what a subscription is.
const pushStub = `
	Notification.requestPermission = async () => %q;
	let stale = true;
	const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
	const manager = {
		getSubscription: async () => stale ? {
			options: { applicationServerKey: new Uint8Array([4, 2]).buffer },
			unsubscribe: async () => { stale = false; },
		} : null,
		subscribe: async ({ userVisibleOnly, applicationServerKey }) => {
			if (%t || stale || !userVisibleOnly || applicationServerKey.length !== 65) throw new Error("refused");
			return { endpoint: "https://push.example/send/1", getKey: (name) => bytes(name === "p256dh" ? %q : %q) };
		},
	};
	navigator.serviceWorker.register = async (path, { scope }) => {
		if (path !== "/notify/worker.js" || scope !== "/notify/") throw new Error("another worker");
		return { active: { state: "activated" }, pushManager: manager };
	};`

// The button for notices on this device: taken up, declined, and where there is no push service.
func TestBrowserSubscribesToPushes(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := k.publish("bunkyo", meeting(nil))
	k.worker()
	point, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	chromium := browser.Open(t)
	for _, tt := range []struct {
		permission string
		fails      bool
		kept       int
		said       string
	}{
		{"denied", false, 0, "通知が許可されていません。ブラウザの設定で変えられます。メールでも受けとれます。"},
		{"granted", true, 0, "この端末では、通知を使えないようです。メールでも受けとれます。"},
		{"granted", false, 1, ""},
	} {
		code := k.take(e, "")
		b := newTab(t, chromium, base, 360)
		_, err := chromedp.Call(
			b.ctx,
			page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{
				Source: fmt.Sprintf(
					pushStub,
					tt.permission,
					tt.fails,
					base64.StdEncoding.EncodeToString(point.PublicKey().Bytes()),
					base64.StdEncoding.EncodeToString(auth),
				),
			},
		)
		b.must(err)
		b.open("/t#" + code)
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("#contact"))))
		b.click("#contact > summary")
		b.axe("the contact's fold")
		if tt.said != "" {
			b.click("form[data-push] button")
			_, err := chromedp.Run(
				b.ctx,
				chromedp.Poll[bool](
					fmt.Sprintf(
						`document.querySelector("form[data-push] [role=status]").textContent === %q &&
						  !document.querySelector("form[data-push] button").disabled`,
						tt.said,
					),
				),
			)
			b.must(err)
			b.axe("after " + tt.permission)
		} else {
			if status := b.press("form[data-push] button"); status != 200 {
				t.Errorf("subscribed = %d", status)
			}
			b.yes(`document.querySelector("#contact > summary").textContent.includes("預かっています")`, "kept")
		}
		if got := k.contacts(); got != tt.kept {
			t.Errorf("%s: %d contacts, want %d", tt.permission, got, tt.kept)
		}
		b.quiet(code)
	}
}
