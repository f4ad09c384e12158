package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

func TestTakeSeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	show := k.get("/events/" + e.ID.String())
	if show.Header().Get("Cache-Control") != "no-store" || show.Header().Get("ETag") != "" {
		t.Errorf("a page with a fresh secret may be kept: %v", show.Header())
	}
	if one, two := k.hiddenSecret(e), k.hiddenSecret(e); one == two {
		t.Error("two readers got the same secret")
	}
	code := k.hiddenSecret(e)
	form := formOf("secret", code, "quota_id", quotaOf(e), "seats", "2", "nickname", " はる ")
	var pages, nexts []string
	for range 2 {
		a := k.post("/events/"+e.ID.String()+"/tickets", form)
		if a.Code != http.StatusCreated || a.Header().Get("Cache-Control") != "no-store" ||
			a.Header().Get("Location") != "" {
			t.Fatalf("take = %d %v", a.Code, a.Header())
		}
		// Each page brings a code of its own, for who wants a new one.
		next := a.doc.Find("form[action='/t/rotate'] input[name=next]").AttrOr("value", "")
		if len(next) != 26 || slices.Contains(nexts, next) {
			t.Errorf("next code = %q", next)
		}
		nexts = append(nexts, next)
		pages = append(pages, strings.ReplaceAll(a.Body.String(), next, ""))
		for selector, want := range map[string]string{
			"h1": "席がとれています", "title": "参加票", "dt:contains(席) + dd": "2席", "dt:contains(呼び名) + dd": "はる",
			"dt:contains(日時) + dd": "12月16日（水） 13:30〜16:30",
		} {
			if got := text(a.doc.Find(selector)); got != want {
				t.Errorf("%s = %q, want %q", selector, got, want)
			}
		}
		groups := strings.Fields(text(a.doc.Find("#code")))
		if len(groups) != 5 || strings.Join(groups, "") != code || len(groups[0]) != 5 || len(groups[4]) != 6 {
			t.Errorf("code = %v", groups)
		}
		if a.doc.Find(`.qr svg path[d^="M4 4h7v1h-7z"]`).Length() != 1 {
			t.Error("no two-dimensional code")
		}
		if robots := a.doc.Find(`meta[name="robots"]`).AttrOr("content", ""); !strings.Contains(robots, "noindex") {
			t.Errorf("robots = %q", robots)
		}
	}
	if pages[0] != pages[1] {
		t.Error("the same secret twice gave two different tickets")
	}
	if got := k.seatsTaken(e); got != 2 {
		t.Errorf("%d seats taken, want 2", got)
	}
	// Back to the page, another number: told, and the form is ready for a request of its own.
	form.Set("seats", "1")
	a := k.post("/events/"+e.ID.String()+"/tickets", form)
	if fresh := a.doc.Find(
		`form.seat-form input[name="secret"]`,
	).AttrOr(
		"value",
		"",
	); a.Code != http.StatusUnprocessableEntity || fresh == code ||
		len(fresh) != 26 {
		t.Errorf("the secret for something else = %d, next secret %q", a.Code, fresh)
	}
}

func (k *kit) seatsTaken(e event.Event) (n int) {
	k.Helper()
	if err := k.bundle.Pool(
		k,
	).QueryRow(
		k.Context(),
		"select sum(taken) from quota_counter where event_id = $1",
		e.ID,
	).Scan(
		&n,
	); err != nil {
		k.Fatal(err)
	}
	return n
}

func TestFullGivesTheFormBack(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) { in.Occurrences[0].Parts[0].Quotas[0].Capacity = 2 }))
	late := k.hiddenSecret(e)
	k.take(e, "")
	k.take(e, "")
	a := k.post(
		"/events/"+e.ID.String()+"/tickets",
		formOf("secret", late, "quota_id", quotaOf(e), "seats", "3", "nickname", "なつ"),
	)
	if a.Code != http.StatusConflict || a.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("full = %d %v", a.Code, a.Header())
	}
	form := a.doc.Find("form.seat-form")
	if form.Find(`[name="secret"]`).AttrOr("value", "") != late ||
		form.Find(`[name="nickname"]`).AttrOr("value", "") != "なつ" ||
		form.Find("option[selected]").AttrOr("value", "") != "3" ||
		form.Find(`[name="quota_id"]`).AttrOr("value", "") != quotaOf(e) {
		t.Errorf("what was typed is gone: %v", text(form))
	}
	if got := text(a.doc.Find("#errors")); !strings.Contains(got, "席が残っていません") {
		t.Errorf("summary = %q", got)
	}
	if target := a.doc.Find("#errors a").AttrOr("href", ""); a.doc.Find(target).AttrOr("tabindex", "") != "-1" {
		t.Errorf("the summary leads to %q, which takes no focus", target)
	}
	doc := k.page("/events/" + e.ID.String())
	if doc.Find("form.seat-form").Length() != 0 || !strings.Contains(text(doc.Find(".seat")), "満席") {
		t.Errorf("a full part shows %q", text(doc.Find(".seat")))
	}
}

func TestFullWithWaitingList(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Parts[0].WaitingList = true
		in.Occurrences[0].Parts[0].Quotas[0].Capacity = 1
	}))
	holder := k.take(e, "")
	doc := k.page("/events/" + e.ID.String())
	if got := text(doc.Find(".seat button")); got != "キャンセル待ちをする" {
		t.Fatalf("button = %q", got)
	}
	form := url.Values{}
	doc.Find(
		"form.seat-form input",
	).Each(
		func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) },
	)
	a := k.post("/events/"+e.ID.String()+"/tickets", form)
	if a.Code != http.StatusCreated || text(a.doc.Find("h1")) != "キャンセル待ちをしています" ||
		!strings.Contains(text(a.doc.Find(".ticket-top")), "12月15日（火）13:30まで") {
		t.Fatalf("standing in line = %d %s", a.Code, text(a.doc.Find(".ticket-top")))
	}
	k.post("/t/cancel", formOf("secret", holder))
	if a := k.post("/t", formOf("secret", form.Get("secret"))); text(a.doc.Find("h1")) != "席がとれています" {
		t.Errorf("after a seat came free: %s", text(a.doc.Find("h1")))
	}
	form.Set("secret", k.hiddenSecret(k.publish("bunkyo", meeting(nil))))
	form.Set("wait_for", "anything")
	if a := k.post("/events/"+e.ID.String()+"/tickets", form); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown line = %d", a.Code)
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	other := k.publish("bunkyo", meeting(nil))
	good := func(change ...string) url.Values {
		v := formOf("secret", k.hiddenSecret(e), "quota_id", quotaOf(e), "seats", "1", "nickname", "")
		for i := 0; i < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	path := "/events/" + e.ID.String() + "/tickets"
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		link   string
	}{
		"long nickname":       {good("nickname", strings.Repeat("あ", 21)), 422, "#f1-nickname"},
		"1,500 characters":    {good("nickname", strings.Repeat("長", 1500)), 422, "#f1-nickname"},
		"hidden characters":   {good("nickname", "はる\u202eなつ"), 422, "#f1-nickname"},
		"control characters":  {good("nickname", "a\x07b"), 422, "#f1-nickname"},
		"NUL":                 {good("nickname", "a\x00b"), 422, "#f1-nickname"},
		"invalid UTF-8":       {good("nickname", "\xff\xfe"), 422, "#f1-nickname"},
		"no seats":            {good("seats", "0"), 422, "#f1-seats"},
		"minus":               {good("seats", "-1"), 422, "#f1-seats"},
		"four of three":       {good("seats", "4"), 422, "#f1-seats"},
		"more than a number":  {good("seats", strings.Repeat("9", 10_000)), 422, "#f1-seats"},
		"words for a number":  {good("seats", "ふたり"), 422, "#f1-seats"},
		"no secret":           {good("secret", ""), 422, "#f1"},
		"a secret of no form": {good("secret", strings.Repeat("A", 10_000)), 422, "#f1"},
		"no quota":            {good("quota_id", ""), 422, "#join"},
		"a quota of no form":  {good("quota_id", strings.Repeat("x", 10_000)), 422, "#join"},
		"another event's":     {good("quota_id", quotaOf(other)), 422, "#join"},
		"nothing":             {url.Values{}, 422, "#join"},
	} {
		a := k.post(path, tt.form)
		if a.Code != tt.status {
			t.Errorf("%s = %d", name, a.Code)
			continue
		}
		if got := a.doc.Find("#errors li a").AttrOr("href", ""); got != tt.link {
			t.Errorf("%s: the summary leads to %q, want %q: %s", name, got, tt.link, text(a.doc.Find("#errors")))
		}
	}
	if got := k.seatsTaken(e); got != 0 {
		t.Errorf("%d seats taken by refused requests", got)
	}
	for name, body := range map[string]string{
		"broken escape": "secret=%zz",
		"semicolon":     "a;b",
		"too large":     "nickname=" + strings.Repeat("a", 2<<20),
	} {
		if a := k.postBody(path, body); a.Code < 400 || a.Code >= 500 || a.doc == nil {
			t.Errorf("%s = %d", name, a.Code)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"secret":"x"}`))
	r.Header.Set("Content-Type", "application/json")
	if a := k.do(r); a.Code != http.StatusUnsupportedMediaType {
		t.Errorf("JSON = %d", a.Code)
	}
	for from, to := range map[string]string{path: "/events/" + e.ID.String(), "/t/cancel": "/t", "/t/rotate": "/t"} {
		if a := k.get(from); a.Code != http.StatusSeeOther || a.Header().Get("Location") != to {
			t.Errorf("GET %s = %d to %q", from, a.Code, a.Header().Get("Location"))
		}
	}
	late := good()
	k.clock.Set(clock.NewDate(2026, time.December, 16).At(14, 0))
	if a := k.post(
		path,
		late,
	); a.Code != http.StatusConflict || a.doc.Find("form.seat-form").Length() != 0 ||
		text(a.doc.Find(".seat p")) != "受付は終わりました。" {
		t.Errorf("after closing = %d %s", a.Code, text(a.doc.Find(".seat")))
	}
}

func TestOpenCancelRotate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	code := k.take(e, "はる")
	typed := strings.ToLower(code[:5] + " " + code[5:10] + "－" + code[10:])
	a := k.post("/t", formOf("secret", typed))
	if a.Code != http.StatusOK || text(a.doc.Find("h1")) != "席がとれています" ||
		a.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("open = %d %s", a.Code, text(a.doc.Find("h1")))
	}
	if k.post("/t/calendar", formOf("secret", code, "calendar", "start")).Code != http.StatusOK {
		t.Fatal("no calendar")
	}
	a = k.post("/t", formOf("secret", code))
	if said := text(a.doc.Find("details:has(form[action='/t/rotate']) li")); !strings.Contains(said, "カレンダー") {
		t.Errorf("a new code says beforehand %q", said)
	}
	next := a.doc.Find("form[action='/t/rotate'] input[name=next]").AttrOr("value", "")
	if a = k.post("/t/rotate", formOf("secret", code, "next", code)); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("to the same code = %d", a.Code)
	}
	for range 3 { // loaded anew, and sent twice [R2]
		a = k.post("/t/rotate", formOf("secret", code, "next", next))
		if got := strings.Join(
			strings.Fields(text(a.doc.Find("#code"))),
			"",
		); a.Code != http.StatusOK || next == "" ||
			got != next {
			t.Fatalf("rotate = %d %q, want %q", a.Code, got, next)
		}
		if said := text(
			a.doc.Find(".notice"),
		); !strings.Contains(said, "新しい番号を控えて") ||
			!strings.Contains(said, "カレンダー") {
			t.Errorf("after a new code: %q", said)
		}
	}
	code = next
	a = k.post("/t/rotate", formOf("secret", code)) // from a page of the version before
	fresh := strings.Join(strings.Fields(text(a.doc.Find("#code"))), "")
	if a.Code != http.StatusOK || len(fresh) != 26 || fresh == code {
		t.Fatalf("rotate = %d %q", a.Code, fresh)
	}
	a = k.post("/t", formOf("secret", code))
	if a.Code != http.StatusNotFound || a.doc.Find("#code").AttrOr("value", "") != "" ||
		strings.Contains(a.Body.String(), code) {
		t.Errorf("the old code = %d", a.Code)
	}
	if got := a.doc.Find("#errors a").AttrOr("href", ""); got != "#code" {
		t.Errorf("the summary leads to %q", got)
	}
	for range 2 { // pressed twice
		a = k.post("/t/cancel", formOf("secret", fresh))
		if a.Code != http.StatusOK || text(a.doc.Find("h1")) != "参加をとりやめました" ||
			a.doc.Find("#code, form[action^='/t/']").Length() != 0 {
			t.Errorf("cancel = %d %s", a.Code, text(a.doc.Find("main")))
		}
	}
	if strings.Contains(a.Body.String(), "はる") {
		t.Error("a cancelled ticket still tells the nickname")
	}
	if got := k.seatsTaken(e); got != 0 {
		t.Errorf("%d seats still taken", got)
	}
	for typed, status := range map[string]int{
		"":                          422,
		"ABC":                       422,
		strings.Repeat("あ", 26):     422,
		strings.Repeat("A", 10_000): 422,
		"a\x00b":                    422,
		"\xff":                      422,
		strings.Repeat("7Z", 13):    0,
	} {
		for _, path := range []string{"/t", "/t/cancel", "/t/rotate", "/t/calendar"} {
			a := k.post(path, formOf("secret", typed))
			if status != 0 && a.Code != status || a.Code < 400 || a.Code >= 500 ||
				a.doc.Find("#code-form").Length() != 1 {
				t.Errorf("POST %s %.20q = %d", path, typed, a.Code)
			}
		}
	}
}

func TestPrivateCalendar(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	code := k.take(e, "")
	address := func(a answer) string { return a.doc.Find("#quiet-address").AttrOr("value", "") }
	a := k.post("/t", formOf("secret", code))
	if address(a) != "" || a.doc.Find("form[action='/t/calendar']").Length() != 1 {
		t.Errorf("a calendar nobody asked for: %q", address(a))
	}
	first := k.post("/t/calendar", formOf("secret", code, "calendar", "start"))
	if a := address(
		first,
	); first.Code != http.StatusOK || !strings.HasPrefix(a, baseURL+"/c/") || !strings.HasSuffix(a, ".ics") ||
		strings.Contains(a, code) {
		t.Fatalf("start = %d %q", first.Code, a)
	}
	if again := k.post("/t", formOf("secret", code)); address(again) != address(first) {
		t.Errorf("opened again: %q", address(again))
	}
	if renewed := k.post(
		"/t/calendar",
		formOf("secret", code, "calendar", "start"),
	); address(
		renewed,
	) == address(
		first,
	) {
		t.Error("the address stays when a new one is asked for")
	}
	if stopped := k.post(
		"/t/calendar",
		formOf("secret", code, "calendar", "stop"),
	); stopped.Code != http.StatusOK ||
		address(stopped) != "" {
		t.Errorf("stop = %d %q", stopped.Code, address(stopped))
	}
	k.post("/t/cancel", formOf("secret", code))
	if a := k.post(
		"/t/calendar",
		formOf("secret", code, "calendar", "start"),
	); a.Code != http.StatusOK || address(a) != "" ||
		text(a.doc.Find("h1")) != "参加をとりやめました" {
		t.Errorf("calendar of a cancelled ticket = %d %s", a.Code, text(a.doc.Find("h1")))
	}
}

func TestDayCodeComesTheDayBefore(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	code := k.take(e, "")
	digits := func() string { return text(k.post("/t", formOf("secret", code)).doc.Find("#day-code")) }
	if got := digits(); got != "" {
		t.Errorf("long before: %q", got)
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-3 * time.Hour))
	if got := digits(); len(got) != 6 || got != digits() {
		t.Errorf("on the day: %q", got)
	}
}

func TestTicketFollowsItsEvent(t *testing.T) {
	t.Parallel()
	k := setup(t)
	author, ctx := k.by["bunkyo"], t.Context()
	state := func(code string) (string, answer) {
		t.Helper()
		a := k.post("/t", formOf("secret", code))
		if a.Code != http.StatusOK {
			t.Fatalf("open = %d", a.Code)
		}
		return text(a.doc.Find("h1")), a
	}
	e := k.publish("bunkyo", meeting(nil))
	code := k.take(e, "")
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
	if word, a := state(
		code,
	); word != "席がとれています" || !strings.Contains(text(a.doc.Find(".notice-change")), "12月16日（水）13:30") ||
		!strings.Contains(text(a.doc.Find(".key-facts")), "12月17日（木）") {
		t.Errorf("moved: %s", text(a.doc.Find("main")))
	}
	if _, err := k.events.PostponeOccurrence(ctx, author, e.ID, e.Occurrences[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if word, a := state(code); word != "この集まりは延期になりました" || a.doc.Find("#code").Length() != 1 {
		t.Errorf("postponed: %s", word)
	}
	if _, err := k.events.Cancel(ctx, author, e.ID, "台風のため"); err != nil {
		t.Fatal(err)
	}
	if word, a := state(
		code,
	); word != "この集まりは中止になりました" || a.doc.Find("#code").Length() != 0 ||
		!strings.Contains(text(a.doc.Find("main")), "台風のため") {
		t.Errorf("cancelled: %s", text(a.doc.Find("main")))
	}

	e = k.publish("bunkyo", meeting(nil))
	code = k.take(e, "")
	k.exec("update event set visibility = 'partners' where id = $1", e.ID)
	if word, a := state(
		code,
	); word != "席がとれています" || a.doc.Find("h2 a").Length() != 0 ||
		a.doc.Find("form[action='/t/cancel']").Length() != 1 {
		t.Errorf("no longer listed: %s", text(a.doc.Find("main")))
	}
	k.exec("update event set visibility = 'public' where id = $1", e.ID)
	k.clock.Set(e.Occurrences[0].EndsAt.Add(time.Minute))
	if word, a := state(code); word != "この集まりは終わりました" || a.doc.Find("main form").Length() != 0 {
		t.Errorf("over: %s", text(a.doc.Find("main")))
	}
	if a := k.post(
		"/t/cancel",
		formOf("secret", code),
	); a.Code != http.StatusConflict ||
		text(a.doc.Find("h1")) != "この集まりは終わりました" {
		t.Errorf("cancelled too late = %d", a.Code)
	}
}

func TestOnlineSeatShowsItsWayIn(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Place.Kind = event.Both
		in.Occurrences[0].Parts[0].Quotas = append(
			in.Occurrences[0].Parts[0].Quotas,
			event.QuotaInput{Channel: event.ChannelOnline, Capacity: 10},
		)
		in.Occurrences[0].Parts[0].JoiningLink = &event.JoiningLinkInput{
			URL:  "https://meet.example/room",
			Note: "表示名は自由です。",
		}
	}))
	doc := k.page("/events/" + e.ID.String())
	if doc.Find("form.seat-form").Length() != 2 || strings.Contains(doc.Text(), "meet.example") {
		t.Fatalf("forms: %d", doc.Find("form.seat-form").Length())
	}
	second := doc.Find("form.seat-form").Eq(1)
	code := second.Find(`[name="secret"]`).AttrOr("value", "")
	a := k.post(
		"/events/"+e.ID.String()+"/tickets",
		formOf("secret", code, "quota_id", second.Find(`[name="quota_id"]`).AttrOr("value", "")),
	)
	if a.Code != http.StatusCreated || a.doc.Find(`a[href^="https://meet.example"]`).Length() != 0 ||
		!strings.Contains(text(a.doc.Find(".notice-good")), "入り口") {
		t.Errorf("long before: %d %s", a.Code, text(a.doc.Find(".notice-good")))
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-time.Hour))
	a = k.post("/t", formOf("secret", code))
	if a.doc.Find(`a[href="https://meet.example/room"][rel~="noreferrer"]`).Length() != 1 ||
		!strings.Contains(text(a.doc.Find(".notice-good")), "表示名は自由です。") {
		t.Errorf("an hour before: %s", text(a.doc.Find(".notice-good")))
	}
}

// The secret and the nickname stand on pages for their holder and nowhere else: in no log, header
// or address.
func TestSecretsStayOnThePage(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	const nickname = "かなりやカナリア"
	code := k.hiddenSecret(e)
	path := "/events/" + e.ID.String() + "/tickets"
	form := formOf("secret", code, "quota_id", quotaOf(e), "nickname", nickname)
	over := formOf("secret", code, "quota_id", quotaOf(e), "nickname", nickname, "seats", "99")
	unknown := formOf("secret", code, "quota_id", "x", "nickname", nickname)
	answers := []answer{
		k.post(
			path,
			over,
		),
		k.post(path, unknown),
		k.post(path, form),
		k.post("/t", formOf("secret", code)),
		k.post("/t", formOf("secret", code+"Z")),
		k.postBody(
			"/t",
			"secret="+code+"%zz",
		),
		k.post("/t/cancel", formOf("secret", code)),
		k.post("/t/rotate", formOf("secret", code)),
		k.post(path, over),
	}
	k.exec("alter table ticket rename to gone") // whatever fails inside must not tell either
	answers = append(
		answers,
		k.post("/t", formOf("secret", code)),
		k.post(path, formOf("secret", code, "quota_id", quotaOf(e), "nickname", nickname)),
		k.post("/t/cancel", formOf("secret", code)),
	)
	for _, a := range answers[len(answers)-3:] {
		if a.Code < 500 || strings.Contains(a.Body.String(), code) || strings.Contains(a.Body.String(), nickname) {
			t.Errorf("a failure = %d, or it tells what was typed", a.Code)
		}
	}
	canaries := []string{code, strings.ToLower(code), code[:5] + "-" + code[5:10], nickname, url.QueryEscape(nickname)}
	for i, a := range answers {
		for name, values := range a.Header() {
			for _, canary := range canaries {
				if strings.Contains(strings.Join(values, " "), canary) {
					t.Errorf("answer %d: header %s tells it", i, name)
				}
			}
		}
		if a.doc != nil {
			a.doc.Find("[href], [src], [action]").Each(func(_ int, s *goquery.Selection) {
				address := s.AttrOr("href", "") + s.AttrOr("src", "") + s.AttrOr("action", "")
				if strings.Contains(address, code) {
					t.Errorf("answer %d: an address holds the secret", i)
				}
			})
		}
	}
	logs := k.logs.String()
	if strings.Count(logs, `"msg":"request"`) < len(answers) {
		t.Fatalf("the log is not what was looked at: %s", logs)
	}
	for _, canary := range canaries {
		if strings.Contains(logs, canary) {
			t.Errorf("the log tells %q", canary)
		}
	}
}
