package site_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Every page stands before anything was entered.
func TestPagesOfAnEmptyInstallation(t *testing.T) {
	t.Parallel()
	k := empty(t)
	for _, path := range []string{
		"/",
		"/events",
		"/events?audience=supporter",
		"/t",
		"/promises",
		"/facilities",
		"/koyomi",
		"/problems/quota_full",
		"/problems/ticket_code_length",
	} {
		k.page(path)
	}
	if got := text(k.page("/events").Find(".found-count")); got != "0件の集まり" {
		t.Errorf("count = %q", got)
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	doc := k.page("/")
	card := doc.Find("article.card").First()
	for selector, want := range map[string]string{
		".card-title a": e.Title, "time .unseen": "12月16日（水）", ".roles dt": "主催", ".roles dd": "文京区",
		".facts li:nth-child(1)": "時間： 13:30〜16:30", ".facts li:nth-child(2)": "場所： 文京区 区民センター 会議室A",
	} {
		if got := text(card.Find(selector)); got != strings.ReplaceAll(want, "： ", "：") {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if got := text(card.Find(".badges")); got != "席をとる余裕あり無料" {
		t.Errorf("badges = %q", got)
	}
	if n := doc.Find("#towns ~ .names a").Length(); n != 8 {
		t.Errorf("%d organizations, want 8", n)
	}
	if n := doc.Find(".kinds a").Length(); n != 9 {
		t.Errorf("%d kinds", n)
	}
	if got := doc.Find(`a[href="/events?partnership=ux-joshikai"]`).Length(); got != 1 {
		t.Errorf("%d links to the partnership's events", got)
	}
	if got := doc.Find(
		`link[rel="alternate"][type="text/calendar"]`,
	).AttrOr(
		"href",
		"",
	); got != baseURL+"/feeds/all.ics" {
		t.Errorf("feed = %q", got)
	}
	if got := doc.Find(`.feed a.btn`).AttrOr("href", ""); got != "webcal://tonarimachi.example/feeds/all.ics" {
		t.Errorf("feed = %q", got)
	}
	weekend := doc.Find(`.quick a:contains("今週末")`).AttrOr("href", "")
	if weekend != "/events?from=2026-11-22&to=2026-11-22" {
		t.Errorf("weekend seen on its Sunday = %q", weekend)
	}
}

func TestSevenHostsInOrder(t *testing.T) {
	t.Parallel()
	k := setup(t)
	in := meeting(func(in *event.Input) {
		in.Title, in.Kind, in.AudienceTags = "ひきこもりUX女子会", "joshikai", []event.AudienceTag{"women"}
		for _, town := range towns {
			in.Organisers = append(in.Organisers, event.OrganiserInput{Organization: town.slug, Role: event.Host})
		}
		in.Organisers = append(in.Organisers, event.OrganiserInput{Organization: "rakunokai", Role: event.Cooperator})
	})
	e := k.publish("kiyose", in)
	var want []string
	for _, town := range towns {
		want = append(want, town.name)
	}
	doc := k.page("/events/" + e.ID.String())
	got := doc.Find(".deeds > div").First().Find("li").Map(func(_ int, s *goquery.Selection) string { return text(s) })
	if !slices.Equal(got, want) {
		t.Errorf("hosts = %v, want %v", got, want)
	}
	if got := text(doc.Find(".deeds > div:nth-child(2)")); got != "協力NPO法人 楽の会リーラ" {
		t.Errorf("second role = %q", got)
	}
	for _, town := range towns {
		if n := k.page("/organizations/" + town.slug).Find("article.card").Length(); n != 1 {
			t.Errorf("%s lists it %d times", town.slug, n)
		}
	}
}

// An organiser that did not say yes is not credited.
func TestUnapprovedOrganiserIsNotTold(t *testing.T) {
	t.Parallel()
	k := setup(t)
	in := meeting(func(in *event.Input) {
		in.Organisers = []event.OrganiserInput{
			{Organization: "bunkyo", Role: event.Host},
			{Organization: "hino", Role: event.Host},
		}
	})
	e, err := k.events.Create(t.Context(), k.by["bunkyo"], in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.events.Publish(t.Context(), k.by["bunkyo"], e.ID); err != nil {
		t.Fatal(err)
	}
	if got := text(k.page("/events/" + e.ID.String()).Find(".deeds")); got != "主催文京区" {
		t.Errorf("organisers = %q", got)
	}
}

func TestEventPage(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	doc := k.page("/events/" + e.ID.String())
	for selector, want := range map[string]string{
		"h1":                            e.Title,
		"title":                         e.Title + "｜となりまち",
		".key-facts dd strong":          "12月16日（水）13:30〜16:30",
		".seat .btn":                    "席をとる",
		"form.seat-form > .hint":        "名前、電話番号、メールアドレスは聞きません。受付は12月16日（水）13:30までです。とったあとで、いつでもとりやめられます。",
		".seat select option[selected]": "1人",
	} {
		if got := text(doc.Find(selector)); got != want {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if got := text(
		doc.Find(".safety"),
	); !strings.Contains(got, "呼び名だけで大丈夫です") || !strings.Contains(got, "文京区 生活福祉課") ||
		!strings.Contains(got, "取材は入りません") {
		t.Errorf("assurances = %q", got)
	}
	if strings.Contains(text(doc.Find("main")), "20席") || strings.Contains(text(doc.Find("main")), "定員") {
		t.Error("the page tells how many seats there are")
	}
	if got := doc.Find(".seat select option").Length(); got != 3 {
		t.Errorf("%d choices of seats, want 3", got)
	}
	for _, bad := range []string{
		"/events/" + strings.ToUpper(e.ID.String()),
		"/events/x",
		"/events/00000000-0000-4000-8000-000000000000",
		"/organizations/nowhere",
		"/nowhere",
		"/problems/nowhere",
		"/static/x/y.css",
	} {
		if a := k.get(bad); a.Code != http.StatusNotFound || a.doc == nil {
			t.Errorf("GET %s = %d", bad, a.Code)
		}
	}
}

// Who copies the price into the note has it told once; any other note stands below it.
func TestThePriceIsToldOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for note, want := range map[string]string{"500円": "500円", "お茶つき": "500円お茶つき", "": "500円"} {
		e := k.publish("bunkyo", meeting(func(in *event.Input) { in.Fee = event.Fee{Yen: new(500), Note: note} }))
		if got := text(
			k.page("/events/" + e.ID.String()).Find(".key-facts div:has(dt:contains('参加費')) dd"),
		); strings.ReplaceAll(
			got,
			" ",
			"",
		) != want {
			t.Errorf("the note %q: %q, want %q", note, got, want)
		}
	}
}

func TestStatesOfDates(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		first := in.Occurrences[0]
		for _, days := range []int{7, 14, 21} {
			next := first
			next.StartsAt, next.EndsAt = first.StartsAt.AddDate(0, 0, days), first.EndsAt.AddDate(0, 0, days)
			in.Occurrences = append(in.Occurrences, next)
		}
	}))
	author, ctx := k.by["bunkyo"], t.Context()
	starts, ends := e.Occurrences[0].StartsAt.AddDate(0, 0, 1), e.Occurrences[0].EndsAt.AddDate(0, 0, 1)
	if _, err := k.events.ChangeOccurrence(
		ctx,
		author,
		e.ID,
		e.Occurrences[0].ID,
		event.OccurrenceChange{StartsAt: &starts, EndsAt: &ends},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := k.events.CancelOccurrence(ctx, author, e.ID, e.Occurrences[1].ID, "台風のため"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.events.PostponeOccurrence(ctx, author, e.ID, e.Occurrences[2].ID, ""); err != nil {
		t.Fatal(err)
	}
	doc := k.page("/events/" + e.ID.String())
	panels := doc.Find(".occurrences > section")
	for i, want := range []string{"日程が変わりました変わる前は、12月16日（水）13:30からの予定でした。", "この日は中止になりました台風のため", "この日は延期になりました", ""} {
		got := text(panels.Eq(i).Find(".notice").First())
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("date %d says %q, want %q", i, got, want)
		}
		if forms := panels.Eq(i).Find("form").Length(); forms != 0 != (i == 0 || i == 3) {
			t.Errorf("date %d has %d forms", i, forms)
		}
	}
	if got := text(k.page("/events").Find(".row .badge").First()); got != "日程変更" {
		t.Errorf("mark in the list = %q", got)
	}
	if _, err := k.events.Cancel(ctx, author, e.ID, "会場の都合です"); err != nil {
		t.Fatal(err)
	}
	a := k.get("/events/" + e.ID.String())
	if got := text(
		a.doc.Find(".notice-stop").First(),
	); !strings.HasPrefix(got, "この集まりは中止になりました会場の都合です") ||
		a.doc.Find("main form").Length() != 0 {
		t.Errorf("cancelled event says %q", got)
	}
	if a.Header().Get("Cache-Control") != "no-cache" || a.Header().Get("ETag") == "" {
		t.Errorf("a page without forms: %v", a.Header())
	}
	row := k.page("/events").Find(".row").First()
	if !row.HasClass("off") || text(row.Find(".badge-stop").First()) != "中止" {
		t.Errorf("cancelled in the list: %s", text(row))
	}
}

func TestSeriesAndItsOpenMonths(t *testing.T) {
	t.Parallel()
	k := setup(t)
	in := meeting(func(in *event.Input) { in.Title, in.Occurrences = "月例会", nil })
	e, err := k.events.Create(t.Context(), k.by["rakunokai"], in)
	if err != nil {
		t.Fatal(err)
	}
	e, err = k.events.CreateSeries(t.Context(), k.by["rakunokai"], e.ID, event.SeriesInput{
		Rule:       "FREQ=MONTHLY;BYDAY=3SA,4SA",
		RuleText:   "毎月 第3または第4土曜日の午後",
		Choose:     event.ChooseOne,
		FirstMonth: "2026-11",
		Template: event.Template{
			StartsTime: "13:30",
			EndsTime:   "16:00",
			Place:      event.Place{Kind: event.InPerson, Name: "巣鴨の会場"},
		},
	})
	if err != nil {
		t.Fatalf("%v %+v", err, err)
	}
	if _, err = k.events.DecideMonth(
		t.Context(),
		k.by["rakunokai"],
		e.Series.ID,
		clock.NewDate(2026, time.December, 1),
		event.MonthChoice{Dates: []clock.Date{clock.NewDate(2026, time.December, 19)}},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := k.events.Publish(t.Context(), k.by["rakunokai"], e.ID); err != nil {
		t.Fatal(err)
	}
	doc := k.page("/events/" + e.ID.String())
	if got := text(
		doc.Find(".pending"),
	); got != "11月は日程調整中です 2027年1月は日程調整中です 2027年2月は日程調整中です" &&
		got != "11月は日程調整中です2027年1月は日程調整中です2027年2月は日程調整中です" {
		t.Errorf("open months = %q", got)
	}
	if got := text(
		doc.Find(".key-facts > div").First(),
	); !strings.Contains(got, "12月19日（土）13:30〜16:00") ||
		!strings.Contains(got, "毎月 第3または第4土曜日の午後") {
		t.Errorf("when = %q", got)
	}
	if got := text(doc.Find(".open-door")); !strings.HasPrefix(got, "予約はいりません。") {
		t.Errorf("way of taking part = %q", got)
	}
	if got := doc.Find(
		".feed a.btn",
	).AttrOr(
		"href",
		"",
	); got != "webcal://tonarimachi.example/feeds/series/"+e.Series.ID.String()+".ics" {
		t.Errorf("feed = %q", got)
	}
}

func TestSupportersStandApart(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.publish("toshima", meeting(func(in *event.Input) { in.Title = "みんなの居場所" }))
	e := k.publish("toshima", meeting(func(in *event.Input) {
		in.Title, in.Kind, in.Visibility, in.AudienceTags = "支援講演会", "lecture", event.Supporters, []event.AudienceTag{
			"supporter",
		}
	}))
	for path, want := range map[string]string{
		"/":                          "みんなの居場所",
		"/events":                    "みんなの居場所",
		"/events?audience=supporter": "支援講演会",
		"/events?kind=lecture":       "",
	} {
		if got := text(k.page(path).Find(".card-title a, .row-title a")); got != want {
			t.Errorf("%s lists %q, want %q", path, got, want)
		}
	}
	doc := k.page("/events?audience=supporter")
	if got := text(doc.Find("h1")); got != "支援する方のための研修・講演" {
		t.Errorf("h1 = %q", got)
	}
	doc = k.page("/organizations/toshima")
	if got := text(
		doc.Find("#next ~ .cards .card-title"),
	) + "/" + text(
		doc.Find("#supporters ~ .cards .card-title"),
	); got != "みんなの居場所/支援講演会" {
		t.Errorf("organization page lists %q", got)
	}
	if got := doc.Find(`a[href="/organizations/rakunokai"]`).Length(); got == 0 {
		t.Error("the municipality's partner groups are not named")
	}
	if got := text(k.page("/events/" + e.ID.String()).Find("main .notice-title").First()); got != "支援者向けの催しです" {
		t.Errorf("notice = %q", got)
	}
}

// What staff typed is text on every page, whatever it holds.
func TestHostileTitles(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> '&amp; {{.}}`
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Title, in.Summary, in.Audience, in.Description = hostile, hostile, hostile, hostile+"\n\n"+hostile
		at := &in.Occurrences[0]
		at.Place.Name, at.Place.Address, at.Note = hostile, hostile, hostile
		in.Occurrences[0].Parts[0].Name, in.Occurrences[0].Parts[0].Quotas[0].Name = hostile, hostile
	}))
	for _, path := range []string{"/", "/events", "/events/" + e.ID.String(), "/organizations/bunkyo"} {
		doc := k.page(path)
		if doc.Find("img, main script").Length() > 0 {
			t.Errorf("%s: the title became markup", path)
		}
		if !strings.Contains(doc.Text(), hostile) {
			t.Errorf("%s: the title is not shown as it is", path)
		}
	}
	code := k.take(e, `<b>"'&`)
	if got := text(k.post("/t", formOf("secret", code)).doc.Find("dt:contains(呼び名) + dd")); got != `<b>"'&` {
		t.Errorf("nickname = %q", got)
	}
}

func TestConditionalPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for _, path := range []string{"/", "/events", "/organizations/bunkyo", "/promises"} {
		first := k.get(path)
		if first.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: Cache-Control = %q", path, first.Header().Get("Cache-Control"))
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		r.Header.Set("If-None-Match", first.Header().Get("ETag"))
		if again := k.do(r); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s with its ETag = %d", path, again.Code)
		}
	}
	k.publish("bunkyo", meeting(nil))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/events", http.NoBody)
	r.Header.Set("If-None-Match", k.get("/").Header().Get("ETag"))
	if a := k.do(r); a.Code != http.StatusOK {
		t.Errorf("a changed list = %d", a.Code)
	}
}

func TestHeadWorks(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	server := httptest.NewServer(k.echo)
	t.Cleanup(server.Close)
	for _, path := range []string{
		"/",
		"/events",
		"/events/" + e.ID.String(),
		"/organizations/bunkyo",
		"/t",
		"/promises",
		"/robots.txt",
		"/favicon.ico",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		w, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if w.StatusCode != http.StatusOK || w.ContentLength <= 0 {
			t.Errorf("HEAD %s = %d, %d bytes", path, w.StatusCode, w.ContentLength)
		}
	}
}

func TestErrorPagesAreJapanese(t *testing.T) {
	t.Parallel()
	k := setup(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nowhere", http.NoBody)
	r.Header.Set("Accept-Language", "en")
	a := k.do(r)
	if a.Code != http.StatusNotFound || text(a.doc.Find("h1")) != "ページが見つかりませんでした" ||
		strings.Contains(text(a.doc.Find("main")), "page") {
		t.Errorf("%d %s", a.Code, text(a.doc.Find("main")))
	}
	if a := k.get("/problems/quota_full"); !strings.Contains(text(a.doc.Find("main")), "席が残っていません") {
		t.Errorf("problem page says %q", text(a.doc.Find("main")))
	}
	if got := k.get("/robots.txt").Body.String(); !strings.Contains(got, "Disallow: /t\n") {
		t.Errorf("robots.txt = %q", got)
	}
}

func TestOrganizationThatLeft(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.publish("kiyose", meeting(nil))
	k.exec("update organization set closed_at = '2026-11-20 10:00+09' where slug = 'rakunokai'")
	k.clock.Advance(10 * time.Second)
	doc := k.page("/organizations/rakunokai")
	if got := text(
		doc.Find(".notice"),
	); !strings.Contains(got, "参加を終えました") ||
		!strings.Contains(got, "11月20日（金）までの参加でした") {
		t.Errorf("its page says %q", got)
	}
	if doc.Find(".feed").Length() != 0 || strings.Contains(text(doc.Find("main")), "これからの集まり") {
		t.Errorf("its page offers what there is no more: %s", text(doc.Find("main")))
	}
	for _, target := range []string{"/", "/organizations/toshima"} {
		if k.page(target).Find(`a[href="/organizations/rakunokai"]`).Length() != 0 {
			t.Errorf("%s leads to it", target)
		}
	}
}
