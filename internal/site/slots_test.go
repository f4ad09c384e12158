package site_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

var slotDay = clock.NewDate(2026, time.December, 16)

// consultation is a talk in two sittings and three tables: a counsellor, a lawyer with a walk-in
// time, and an hour with both together.
func (k *kit) consultation() event.Event {
	k.Helper()
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		seats := []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 40}}
		in.Occurrences[0].Parts = []event.PartInput{
			{
				Name:        "1回目",
				Reservation: event.Seat,
				Sitting:     "講演会",
				Quotas:      seats,
			},
			{Name: "2回目", Reservation: event.Seat, Sitting: "講演会", Quotas: seats},
			{Name: "休憩の部屋", Reservation: event.NoReservation},
			{
				Name:        "個別の相談",
				Reservation: event.Slot,
				Booths:      []event.BoothInput{{Name: "相談員", Offers: "くらしのこと"}, {Name: "弁護士", Offers: "法律のこと"}},
			},
		}
	}))
	o := e.Occurrences[0]
	part := o.Parts[3]
	for _, plan := range []event.SlotPlan{
		{
			Booths:  []uuid.UUID{part.Booths[0].ID},
			From:    slotDay.At(13, 30),
			To:      slotDay.At(14, 50),
			Minutes: 30,
			Pause:   20,
		},
		{
			Booths:  []uuid.UUID{part.Booths[1].ID},
			From:    slotDay.At(13, 40),
			To:      slotDay.At(15, 20),
			Minutes: 30,
			Pause:   5,
			WalkIns: 1,
		},
		{
			Booths:   []uuid.UUID{part.Booths[0].ID, part.Booths[1].ID},
			Together: true,
			From:     slotDay.At(15, 30),
			To:       slotDay.At(16, 20),
			Minutes:  50,
		},
	} {
		if _, err := k.events.LayOutSlots(k.Context(), k.by["bunkyo"], e.ID, o.ID, part.ID, plan); err != nil {
			k.Fatal(err)
		}
	}
	return e
}

// slotForm gives the hidden fields of the form for slots, and the ids of its times by table and
// time.
func slotForm(doc *goquery.Document) (form url.Values, ids map[string]string) {
	form, ids = url.Values{}, map[string]string{}
	f := doc.Find(".slot-table").Closest("form")
	f.Find(
		"input[type=hidden]",
	).Each(
		func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) },
	)
	f.Find(".slot-table fieldset").Each(func(_ int, group *goquery.Selection) {
		title := text(group.Find("legend b"))
		group.Find("input").Each(func(_ int, s *goquery.Selection) {
			ids[title+" "+text(s.Next().Find("span").First())] = s.AttrOr("value", "")
		})
	})
	return form, ids
}

func with(form url.Values, slots ...string) url.Values {
	form = url.Values{"secret": form["secret"], "slot_part": form["slot_part"], "change": form["change"]}
	form["slot_id"] = slots
	return form
}

func TestSlotsOnPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.consultation()
	path := "/events/" + e.ID.String()
	doc := k.page(path)
	form, ids := slotForm(doc)
	if len(ids) != 5 || doc.Find(".slot-table fieldset").Length() != 3 ||
		doc.Find(".slot-table input[type=checkbox]").Length() != 5 {
		t.Fatalf("times: %v in %s", ids, text(doc.Find(".slot-table")))
	}
	if got := text(doc.Find(".slot-shut")); got != "14:50〜15:20当日受付" {
		t.Errorf("kept for walk-ins: %q", got)
	}
	if doc.Find("form.seat-form").Length() != 3 || doc.Find(".open-door").Length() != 1 {
		t.Errorf("every way of taking part should stand side by side: %s", text(doc.Find(".part")))
	}
	if got := text(
		doc.Find(".part").Eq(1).Find(".notice"),
	); !strings.Contains(got, "同じ内容を2回ひらきます") ||
		!strings.Contains(got, "ここは2回目") {
		t.Errorf("sittings: %q", got)
	}

	// Nothing, and two at one time: the form comes back with what was chosen.
	a := k.post(path+"/tickets", with(form))
	if a.Code != http.StatusUnprocessableEntity || !strings.Contains(text(a.doc.Find("#errors")), "ひとつ以上") {
		t.Errorf("nothing chosen = %d %s", a.Code, text(a.doc.Find("#errors")))
	}
	a = k.post(path+"/tickets", with(form, ids["相談員 13:30〜14:00"], ids["弁護士 13:40〜14:10"], ids["相談員と弁護士 15:30〜16:20"]))
	if got := text(
		a.doc.Find("#errors"),
	); a.Code != http.StatusConflict ||
		!strings.Contains(got, "13:30〜14:00 相談員、13:40〜14:10 弁護士") {
		t.Errorf("two at one time = %d %s", a.Code, got)
	}
	if a.doc.Find(".slot-table input[checked]").Length() != 3 ||
		a.doc.Find(`.slot-table input[aria-invalid="true"]`).Length() != 2 {
		t.Errorf("what was chosen is gone: %s", text(a.doc.Find(".slot-table")))
	}
	if target := a.doc.Find("#errors a").AttrOr("href", ""); a.doc.Find(target).Find(".slot-table").Length() != 1 {
		t.Errorf("the summary leads to %q", target)
	}
	again, _ := slotForm(a.doc)
	if again.Get("secret") != form.Get("secret") {
		t.Error("the form came back with another secret")
	}

	// Two that fit, twice by an impatient finger.
	var pages []answer
	for range 2 {
		a = k.post(path+"/tickets", with(form, ids["弁護士 13:40〜14:10"], ids["相談員と弁護士 15:30〜16:20"]))
		if a.Code != http.StatusCreated || text(a.doc.Find("h1")) != "相談の時間がとれています" ||
			text(a.doc.Find("title")) != "参加票" {
			t.Fatalf("taken = %d %s", a.Code, text(a.doc.Find("main")))
		}
		pages = append(pages, a)
	}
	if got := text(a.doc.Find(".held-slots")); got != "13:40〜14:10 弁護士 （テーブル 2番） 15:30〜16:20 相談員と弁護士 （テーブル 1番と2番）" {
		t.Errorf("held: %q", got)
	}
	if n := pages[0].Body.Len(); n != 32<<10 || pages[1].Body.Len() != n {
		t.Errorf("%d bytes", n)
	}
	doc = k.page(path)
	if got := text(doc.Find(".slot-table")); strings.Count(got, "うまりました") != 2 {
		t.Errorf("after that: %s", got)
	}

	// Change: the counsellor's later time instead of the lawyer's.
	code := form.Get("secret")
	a = k.post("/t/slots", formOf("secret", code))
	change, free := slotForm(a.doc)
	if a.Code != http.StatusOK || len(free) != 3 || a.doc.Find(`input[name="give_back"]`).Length() != 2 ||
		a.Body.Len() != 32<<10 {
		t.Fatalf("change = %d %v, %d bytes", a.Code, free, a.Body.Len())
	}
	bad := with(change, free["弁護士 14:15〜14:45"], free["相談員 14:20〜14:50"])
	if a = k.post(
		"/t/slots",
		bad,
	); a.Code != http.StatusConflict && a.Code != http.StatusUnprocessableEntity || a.doc.Find(
		"#errors",
	).Length() != 1 ||
		a.doc.Find(".slot-table input[checked]").Length() != 2 {
		t.Errorf("a change that can't be = %d %s", a.Code, text(a.doc.Find("main")))
	}
	held := a.doc.Find(`input[name="give_back"]`).First().AttrOr("value", "")
	good := with(change, free["相談員 14:20〜14:50"])
	good.Set("give_back", held)
	for range 2 {
		if a = k.post(
			"/t/slots",
			good,
		); a.Code != http.StatusOK ||
			!strings.HasPrefix(text(a.doc.Find(".held-slots")), "14:20〜14:50 相談員") {
			t.Errorf("changed = %d %s", a.Code, text(a.doc.Find("main")))
		}
	}

	// The slip names nobody and nothing; the digits come the day before.
	slip := func() answer { return k.post("/t/slip", formOf("secret", code)) }
	a = slip()
	if main := text(
		a.doc.Find("main"),
	); a.Code != http.StatusOK || strings.Contains(
		main,
		e.Title,
	) || strings.Contains(main, "文京区 ") || strings.Contains(main, code) ||
		!strings.Contains(main, "14:20〜14:50 相談員 （テーブル 1番）") || !strings.Contains(main, "区民センター") ||
		a.doc.Find("#slip-code").Length() != 0 {
		t.Errorf("slip = %d %s", a.Code, main)
	}
	if strings.Contains(text(a.doc.Find("title, h1")), "相談") || a.Header().Get("Cache-Control") != "no-store" ||
		a.Body.Len() != 32<<10 {
		t.Errorf("slip: %s, %v, %d bytes", text(a.doc.Find("title, h1")), a.Header(), a.Body.Len())
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-3 * time.Hour))
	if got := strings.Join(strings.Fields(text(slip().doc.Find("#slip-code"))), ""); len(got) != 6 {
		t.Errorf("digits = %q", got)
	}

	// Given up: all of it.
	a = k.post("/t/cancel", formOf("secret", code))
	if text(a.doc.Find("h1")) != "参加をとりやめました" || a.doc.Find(".held-slots").Length() != 0 {
		t.Errorf("cancelled: %s", text(a.doc.Find("main")))
	}
	for _, path := range []string{"/t/slots", "/t/slip"} {
		if a := k.post(
			path,
			formOf("secret", code),
		); a.Code != http.StatusOK ||
			text(a.doc.Find("h1")) != "参加をとりやめました" {
			t.Errorf("%s of a cancelled ticket = %d", path, a.Code)
		}
		if a := k.post(path, formOf("secret", "ABC")); a.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s misspelt = %d", path, a.Code)
		}
		if a := k.get(path); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/t" {
			t.Errorf("GET %s = %d", path, a.Code)
		}
	}
	if got := k.seatsTaken(e); got != 0 {
		t.Errorf("%d places still taken", got)
	}
}

// Who changes times from a busy network waits as who takes them; what was chosen stays on the page.
func TestChangingSlotsWaits(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.consultation()
	path := "/events/" + e.ID.String()
	form, ids := slotForm(k.page(path))
	if a := k.post(path+"/tickets", with(form, ids["相談員 13:30〜14:00"])); a.Code != http.StatusCreated {
		t.Fatalf("take = %d", a.Code)
	}
	k.behind()
	for range 10 {
		if _, err := k.options.Guard.(*admission.Service).Admit(
			t.Context(),
			netip.MustParseAddr("192.0.2.1"),
			admission.Request{Event: uuid.New(), Quota: uuid.New(), Seats: 2},
			"",
		); err != nil {
			t.Fatal(err)
		}
	}
	change := formOf("secret", form.Get("secret"), "change", "1", "slot_id", ids["弁護士 14:15〜14:45"])
	a := k.post("/t/slots", change)
	kept := sent(a)
	if a.Code != http.StatusForbidden || a.doc.Find("#proof-form").AttrOr("action", "") != "/t/slots" ||
		kept.Get("slot_id") != change.Get("slot_id") ||
		kept.Get("change") != "1" {
		t.Fatalf("from a busy network = %d %v", a.Code, kept)
	}
	wait, err := strconv.Atoi(a.doc.Find("#proof-form").AttrOr("data-wait-in", ""))
	if err != nil {
		t.Fatal(err)
	}
	k.clock.Advance(time.Duration(wait) * time.Second)
	if a = k.post("/t/slots", kept); a.Code != http.StatusOK || a.doc.Find(".held-slots li").Length() != 2 {
		t.Errorf("after waiting = %d %s", a.Code, text(a.doc.Find("main")))
	}
}

func TestRefusedSlots(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.consultation()
	path := "/events/" + e.ID.String() + "/tickets"
	form, ids := slotForm(k.page("/events/" + e.ID.String()))
	all := make([]string, 0, len(ids))
	for _, id := range ids {
		all = append(all, id)
	}
	for name, tt := range map[string]struct {
		slots  []string
		status int
	}{
		"no id":            {[]string{"x"}, 422},
		"unknown":          {[]string{uuid.NewString()}, 422},
		"one of two wrong": {[]string{all[0], uuid.NewString()}, 422},
		"every one":        {all, 409},
		"a hundred":        {slices.Repeat([]string{all[0]}, 100), 422},
		"a seat's":         {[]string{quotaOf(e)}, 201}, // a form of another program: what it names is a seat
	} {
		f := with(form, tt.slots...)
		f.Set("secret", k.hiddenSecret(e))
		if a := k.post(path, f); a.Code != tt.status && !(tt.status == 409 && a.Code == 422) {
			t.Errorf("%s = %d %s", name, a.Code, text(a.doc.Find("#errors")))
		}
	}
	// A seat's ticket has no slots to change.
	code := k.take(e, "")
	if a := k.post(
		"/t/slots",
		formOf("secret", code, "change", "1", "slot_id", all[0]),
	); a.Code != http.StatusOK ||
		text(a.doc.Find("h1")) != "席がとれています" {
		t.Errorf("slots on a seat's ticket = %d %s", a.Code, text(a.doc.Find("h1")))
	}
}
