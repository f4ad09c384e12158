package site_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// baking is an event whose three seats are drawn by lot five days before, a day after applications
// close.
func baking(change func(*event.PartInput)) event.Input {
	return meeting(func(in *event.Input) {
		closes := in.Occurrences[0].StartsAt.AddDate(0, 0, -6)
		draws := closes.AddDate(0, 0, 1)
		in.Title = "パンを焼く会"
		part := &in.Occurrences[0].Parts[0]
		part.Reservation, part.ClosesAt, part.DrawsAt = event.Lottery, &closes, &draws
		part.Quotas[0].Capacity, part.Quotas[0].MaxSeats = 3, 4
		if change != nil {
			change(part)
		}
	})
}

// rounds lets the worker come round.
func (k *kit) rounds() func() {
	k.Helper()
	db := testkit.Open(k, postgres.Options{URL: k.bundle.LoginURL, Worker: 1, Clock: k.clock})
	return func() {
		k.Helper()
		if _, err := draw.Lots(k.Context(), db); err != nil {
			k.Fatal(err)
		}
	}
}

func TestALotteryOnPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	round := k.rounds()
	e := k.publish("bunkyo", baking(nil))
	part := e.Occurrences[0].Parts[0]
	at, draw := "/events/"+e.ID.String(), "/events/"+e.ID.String()+"/draws/"+part.ID.String()
	says := func(path string, wants ...string) {
		t.Helper()
		got := text(k.page(path).Find("main"))
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, got)
			}
		}
	}
	says(at, "抽選に申し込む", "早い者勝ちではありません。12月10日（木）13:30までに申し込んだ方のなかから、12月11日（金）13:30に抽選します。", "いっしょに当たるか")
	says(draw, "申し込みを受け付けています", "12月10日（木）13:30に受付が終わると", "抽選が終わると出ます。")
	if link := k.page(at).Find("a[href='" + draw + "']"); link.Length() != 1 {
		t.Errorf("%d links to the draw", link.Length())
	}
	commitment := k.page(draw).Find(".sums code").First().Text()

	open := func(code string) string {
		t.Helper()
		a := k.post("/t", url.Values{"secret": {code}})
		if a.Code != http.StatusOK {
			t.Fatalf("open = %d", a.Code)
		}
		return text(a.doc.Find("main"))
	}
	var codes []string
	for range 5 {
		codes = append(codes, k.take(e, "はる"))
	}
	if got := open(
		codes[0],
	); !strings.Contains(
		got,
		"抽選を待っています",
	) || !strings.Contains(got, "12月11日（金）13:30に抽選します") || !strings.Contains(got, "待つのをやめる") ||
		strings.Contains(got, "席がとれています") {
		t.Errorf("applied:\n%s", got)
	}
	large := k.post(at+"/tickets", url.Values{"secret": {k.hiddenSecret(e)}, "quota_id": {quotaOf(e)}, "seats": {"4"}})
	if got := text(
		large.doc.Find("main"),
	); large.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(got, "3人まで") {
		t.Errorf("a group of four for three seats: %d %s", large.Code, got)
	}
	if got := text(
		k.post("/t/cancel", url.Values{"secret": {codes[4]}}).doc.Find("main"),
	); !strings.Contains(
		got,
		"とりやめました",
	) {
		t.Errorf("withdrawn:\n%s", got)
	}

	k.clock.Set(*part.ClosesAt)
	says(at, "申し込みの受付は終わりました。12月11日（金）13:30に抽選して、結果は参加票に出ます。")
	says(draw, "まもなく一覧が決まって")
	round()
	says(draw, "申し込みの一覧が決まりました", "4件の申し込みがありました。席は、会場が3席です。")
	k.clock.Set(*part.DrawsAt)
	if got := open(codes[0]); !strings.Contains(got, "まもなく抽選の結果が出ます") {
		t.Errorf("due:\n%s", got)
	}
	round()
	says(at, "抽選の結果は、申し込んだときの参加票に出ます。")
	says(draw, "抽選が終わりました", "当選", "席なし")
	if k.page(draw).Find(".sums code").First().Text() != commitment {
		t.Error("the commitment changed")
	}
	rows := k.page(draw).Find(".table tbody tr")
	if rows.Length() != 4 {
		t.Errorf("%d rows, want 4", rows.Length())
	}
	outcomes := map[string]int{}
	for _, code := range codes[:4] {
		got := open(code)
		number := k.post("/t", url.Values{"secret": {code}}).doc.Find(".lot-number").Text()
		row := text(
			rows.FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), number) }),
		)
		switch {
		case strings.Contains(got, "抽選に当たりました。席がとれています") && strings.Contains(row, "当選"):
			outcomes["won"]++
		case strings.Contains(got, "今回は、抽選で席がとれませんでした") && strings.Contains(row, "席なし"):
			outcomes["lost"]++
		default:
			t.Errorf("%s:\n%s", row, got)
		}
	}
	if outcomes["won"] != 3 || outcomes["lost"] != 1 {
		t.Errorf("%v", outcomes)
	}
	file := k.get(draw + "/list.txt")
	sum := sha256.Sum256(file.Body.Bytes())
	if digest := k.page(
		draw,
	).Find(
		".sums code",
	).Eq(
		1,
	).Text(); file.Code != http.StatusOK ||
		digest != hex.EncodeToString(sum[:]) {
		t.Errorf("the file's sum is %x, the page says %s", sum, digest)
	}

	k.exec("update ticket set secret_mac = null, nickname = null, calendar_mac = null, day_code_mac = null")
	says(draw, "約束どおり一覧を消しました")
	if a := k.get(draw + "/list.txt"); a.Code != http.StatusNotFound {
		t.Errorf("the file of an erased list: %d", a.Code)
	}
	for _, path := range []string{
		at + "/draws/" + e.ID.String(),
		at + "/draws/x",
		at + "/draws/" + strings.ToUpper(part.ID.String()),
	} {
		if a := k.get(path); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Code)
		}
	}
}

func TestWhatBecomesOfADrawThatIsPutOffOrCancelled(t *testing.T) {
	t.Parallel()
	k := setup(t)
	round := k.rounds()
	e := k.publish("bunkyo", baking(func(p *event.PartInput) { p.WaitingList = true }))
	draw := "/events/" + e.ID.String() + "/draws/" + e.Occurrences[0].Parts[0].ID.String()
	code := k.take(e, "")
	says := func(want string) {
		t.Helper()
		if got := text(k.post("/t", url.Values{"secret": {code}}).doc.Find("main")); !strings.Contains(got, want) {
			t.Errorf("the ticket lacks %q:\n%s", want, got)
		}
	}
	if _, err := k.events.PostponeOccurrence(t.Context(), k.by["bunkyo"], e.ID, e.Occurrences[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	says("申し込みはそのままです")
	if got := text(
		k.page(draw).Find("main"),
	); !strings.Contains(got, "集まりが延期になりました") ||
		!strings.Contains(got, "この順番でキャンセル待ちになります") {
		t.Errorf("put off:\n%s", got)
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(time.Hour))
	round()
	if _, err := k.events.CancelOccurrence(
		t.Context(),
		k.by["bunkyo"],
		e.ID,
		e.Occurrences[0].ID,
		"オーブンの故障です",
	); err != nil {
		t.Fatal(err)
	}
	round()
	says("この集まりは中止になりました")
	if got := text(
		k.page(draw).Find("main"),
	); !strings.Contains(got, "この抽選は行いません") ||
		strings.Contains(got, "抽選が終わりました") {
		t.Errorf("cancelled:\n%s", got)
	}
}

func TestBrowserAppliesForADraw(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	round := k.rounds()
	e := k.publish("bunkyo", baking(nil))
	part := e.Occurrences[0].Parts[0]
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open("/events/" + e.ID.String())
		b.axe("an open lottery")
		b.fill("#f1-seats", "2")
		if status := b.press("#f1 button[type=submit]"); status != http.StatusCreated {
			t.Fatalf("applying = %d", status)
		}
		b.expect("h1", "抽選を待っています")
		b.axe("applied")
		code := b.text("#code")
		b.press(".ticket a[href*='/draws/']")
		b.expect("h1", "抽選のしくみと結果")
		b.axe("an open draw")
		b.quiet(code)
	}
	k.clock.Set(*part.DrawsAt)
	round()
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open("/events/" + e.ID.String())
		b.axe("a closed lottery")
		b.press(".seat a[href*='/draws/']")
		b.click("details.fold summary")
		b.axe("a drawn draw")
		b.expect(".notice-title", "抽選が終わりました")
	}
}
