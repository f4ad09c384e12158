package site_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

func (b *tab) says(expression string) string {
	b.Helper()
	said, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	b.must(err)
	return said
}

func TestBrowserFindsBoardsAccessible(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	f, r := k.lend()
	calendar := "/facilities/" + f.ID.String() + "/calendar"
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		for _, path := range []string{
			calendar + "?date=2026-12-16",
			calendar + "?view=day&date=2026-12-16",
			"/rooms/" + r.ID.String() + "?date=2026-12-16",
			"/rooms/free?day=2026-12-16&part=afternoon",
		} {
			b.open(path)
			b.axe(fmt.Sprintf("%s at %d", path, width))
		}
		b.quiet("カナリア")
		b.open("/rooms/free?day=2026-12-16&part=night&equipment=piano")
		b.axe(fmt.Sprintf("a search given back at %d", width))
	}
}

// The timeline comes when it is asked for, by keyboard too, stands in the table's place and goes
// again; nothing of it meets the pages' policy.
func TestBrowserPutsTheTimelineInTheTablesPlace(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	f, _ := k.lend()
	path := "/facilities/" + f.ID.String() + "/calendar"
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open(path + "?date=2026-12-16")
		if got := b.says(`document.querySelector("[data-timeline], script[src*=timeline]")`); got != "null" {
			t.Errorf("a month has a timeline: %s", got)
		}
		b.open(path + "?view=week&date=2026-12-16")
		if got := b.says(
			`performance.getEntriesByType("resource").some((r) => r.name.includes("event-calendar"))`,
		); got != "false" {
			t.Error("the library comes unasked")
		}
		b.must(
			chromedp.Do(
				b.ctx,
				chromedp.Focus(chromedp.CSS("[data-timeline] button")),
				chromedp.KeyEvent(kb.Enter),
				chromedp.WaitVisible(chromedp.CSS(".ec .span-free")),
			),
		)
		if got := b.says(`document.querySelector("[data-timeline-table]").hidden`); got != "true" {
			t.Error("table and timeline stand beside each other")
		}
		if got := b.says(
			`[...document.querySelectorAll(".ec-event")].map((e) => e.textContent.trim()).join("|")`,
		); !strings.Contains(got, "空き") ||
			strings.Contains(got, "カナリア") {
			t.Errorf("the timeline says %q", got)
		}
		b.axe(fmt.Sprintf("the timeline at %d", width))
		b.must(
			chromedp.Do(
				b.ctx,
				chromedp.KeyEvent(kb.Enter),
				chromedp.WaitVisible(chromedp.CSS("[data-timeline-table]")),
			),
		)
		if got := b.says(
			`document.querySelector("[data-timeline-place]").hidden +
			  " " + document.querySelector("[data-timeline] button").getAttribute("aria-pressed")`,
		); got != "true false" {
			t.Errorf("back at the table: %s", got)
		}
		b.quiet("カナリア")
	}

	// Without what it is drawn from, and without script, the table stays.
	b := newTab(t, chromium, base, 1280)
	b.open(path + "?view=day&date=2026-12-16")
	k.exec("update facility set status = 'draft' where id = $1", f.ID)
	b.click("[data-timeline] button")
	b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("[data-timeline-said]:not(:empty)"))))
	if got := b.says(
		`document.querySelector("[data-timeline-table]").hidden +
		  " " + document.querySelector("[data-timeline-place]").hidden`,
	); got != "false true" {
		t.Errorf("after a failure: %s", got)
	}
	k.exec("update facility set status = 'open' where id = $1", f.ID)
	plain := newTab(t, chromium, base, 360)
	_, err := chromedp.Call(
		plain.ctx,
		emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true},
	)
	plain.must(err)
	plain.open(path + "?view=week&date=2026-12-16")
	plain.fill("#date", "2026-12-23")
	plain.press(".board-jump button")
	plain.expect("#period", "12月21日（月）〜12月27日（日）")
	plain.press(".board-views li:last-child a")
	plain.expect("#period", "2026年12月")
	plain.open("/rooms/free")
	plain.fill("#day", "2026-12-16")
	plain.press(".filter-form button[type=submit]")
	plain.press(".empty .chips a")
	plain.expect("#found", "1部屋が空いています")
	plain.press("article.card a")
	plain.expect("h1", "全面")
	plain.quiet("カナリア")
}

// What is kept for a draw leads to it from the boards and from the timeline, by keyboard too, and
// keeps the pages' rules.
func TestBrowserGoesFromABoardToTheDraw(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	hall, r, _ := k.draws()
	calendar, at := "/facilities/"+hall.FacilityID.String()+"/calendar", "/rounds/"+r.ID.String()
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open(calendar + "?date=2027-02-10")
		b.axe(fmt.Sprintf("a month with a draw at %d", width))
		b.open("/rooms/free?day=2027-02-10&part=morning")
		b.axe(fmt.Sprintf("a search with a draw at %d", width))
		b.open(calendar + "?view=day&date=2027-02-10")
		b.axe(fmt.Sprintf("a day with a draw at %d", width))
		b.click("[data-timeline] button")
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".ec-event a[href='"+at+"']"))))
		b.axe(fmt.Sprintf("the timeline with a draw at %d", width))
		b.must(
			chromedp.Do(b.ctx, chromedp.Focus(chromedp.CSS(".ec-event a[href='"+at+"']")), chromedp.KeyEvent(kb.Enter)),
		)
		b.expect(".notice-title", "申込みを受け付けています")
	}
}
