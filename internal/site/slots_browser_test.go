package site_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// Slots narrow with script and wide without: chosen, taken, changed, and as a slip.
func TestBrowserSlots(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := k.consultation()
	chromium := browser.Open(t)
	// first time of a table, then that of another
	for _, way := range []struct{ width, take, add int64 }{{360, 1, 2}, {1280, 3, 1}} {
		width := way.width
		b := newTab(t, chromium, base, width)
		b.open("/events/" + e.ID.String())
		scripted := width == 360
		if !scripted { // axe is a script: it looks before scripts are off
			b.axe("slots on a wide screen")
			_, err := chromedp.Call(
				b.ctx,
				emulation.SetScriptExecutionDisabled,
				emulation.SetScriptExecutionDisabledParams{Value: true},
			)
			b.must(err)
			b.open("/events/" + e.ID.String())
		}
		look := func(what string) {
			if scripted {
				b.axe(what)
			}
		}
		look("slots on a phone")
		b.click(fmt.Sprintf(".slot-group:nth-of-type(%d) li:first-child input", way.take))
		if status := b.press("form:has(.slot-table) button[type=submit]"); status != 201 {
			t.Fatalf("take at %d = %d", width, status)
		}
		b.expect("h1", "相談の時間がとれています")
		code := b.text("#code")
		look("ticket with slots")
		b.press("form[action='/t/slots'] button")
		b.expect("h1", "時間を変える")
		look("changing slots")
		b.click(fmt.Sprintf("#s3-slots .slot-group:nth-of-type(%d) li:first-child input", way.add))
		b.press("form.slot-change button[type=submit]")
		b.press("form[action='/t/slip'] button")
		b.expect("h1", "当日の控え")
		look("slip")
		b.quiet(code)
	}
}
