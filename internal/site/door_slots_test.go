package site_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// consultationDoor is the door of a day of consultations: a lawyer's time for walk-ins, one booked,
// others free, and a table of three who may come together.
func (k *kit) consultationDoor() (e event.Event, link string) {
	k.Helper()
	e = k.consultation()
	o := e.Occurrences[0]
	part := o.Parts[3]
	if _, err := k.events.LayOutSlots(k.Context(), k.by["bunkyo"], e.ID, o.ID, part.ID, event.SlotPlan{
		Booths: []uuid.UUID{
			part.Booths[0].ID,
		},
		From:    slotDay.At(15, 0),
		To:      slotDay.At(15, 20),
		Minutes: 20,
		Parties: 3,
		WalkIns: 1,
	}); err != nil {
		k.Fatal(err)
	}
	form, ids := slotForm(k.page("/events/" + e.ID.String()))
	if a := k.post("/events/"+e.ID.String()+"/tickets", with(form, ids["弁護士 13:40〜14:10"])); a.Code != 201 {
		k.Fatalf("take = %d", a.Code)
	}
	k.clock.Set(o.StartsAt.Add(-time.Hour))
	issued, err := k.door.CreateLink(k.Context(), k.by["bunkyo"], e.ID, o.ID)
	if err != nil {
		k.Fatal(err)
	}
	return e, issued.Token.Reveal()
}

func doorRow(a answer, name string) (row *goquery.Selection, state string) {
	row = a.doc.Find(".door-slot").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return text(s.Find("[data-door-slot-time]"))+" "+text(s.Find("[data-door-slot-tables]")) == name
	})
	return row, text(row.Find(".badge"))
}

func TestDoorMarksSlots(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, link := k.consultationDoor()
	a := k.post("/door", formOf("link", link))
	if a.Code != 200 || a.doc.Find(".door-part").Length() != 4 || a.doc.Find(".door-slots").Length() != 1 ||
		a.doc.Find(".door-slot").Length() != 7 {
		t.Fatalf("open = %d %s", a.Code, text(a.doc.Find("main")))
	}
	for name, want := range map[string]string{
		"13:30〜14:00 相談員":     "空き（予約の枠）",
		"13:40〜14:10 弁護士":     "予約の方",
		"14:50〜15:20 弁護士":     "空き（当日受付）",
		"15:30〜16:20 相談員と弁護士": "空き（予約の枠）",
		"15:00〜15:20 相談員":     "空き（当日受付） 0/3組",
	} {
		row, got := doorRow(a, name)
		if got != want || row.Find("button").Length() != 2*strings.Count(want, "当日") {
			t.Errorf("%s: %q with %d buttons, want %q", name, got, row.Find("button").Length(), want)
		}
	}
	if got := a.doc.Find(".door-slot > div:first-child").Map(func(_ int, s *goquery.Selection) string {
		return text(s.Find("[data-door-slot-time]")) + text(s.Find("[data-door-slot-tables]"))
	}); !slices.IsSortedFunc(got, strings.Compare) {
		t.Errorf("by time and table: %v", got)
	}
	press := func(name, button, want string) {
		t.Helper()
		row, _ := doorRow(a, name)
		b := row.Find(
			"button:not([hidden])",
		).FilterFunction(
			func(_ int, s *goquery.Selection) bool { return strings.HasPrefix(text(s), button) },
		)
		form := fields(row.Closest("form"))
		form.Set(b.AttrOr("name", "no button"), b.AttrOr("value", ""))
		for range 2 { // the answer is reloaded
			if a = k.post("/door/slots", form); a.Code != 200 {
				t.Fatalf("mark = %d %s", a.Code, text(a.doc.Find("main")))
			}
		}
		if _, got := doorRow(a, name); got != want {
			t.Errorf("after %s at %s: %q, want %q", button, name, got, want)
		}
	}
	press("14:50〜15:20 弁護士", "すわった", "当日の方")
	if row, _ := doorRow(a, "14:50〜15:20 弁護士"); row.Find("button[hidden]").Length() != 1 {
		t.Error("more may sit down than fit")
	}
	press("14:50〜15:20 弁護士", "もどす", "空き（当日受付）")
	press("15:00〜15:20 相談員", "すわった", "当日の方 1/3組")
	press("15:00〜15:20 相談員", "すわった", "当日の方 2/3組")
	press("15:00〜15:20 相談員", "もどす", "当日の方 1/3組")
	if a.Body.Len() != 32<<10 {
		t.Errorf("%d bytes", a.Body.Len())
	}
}

func TestDoorRefusesMarks(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, link := k.consultationDoor()
	a := k.post("/door", formOf("link", link))
	id := func(name string) string {
		row, _ := doorRow(a, name)
		return row.AttrOr("data-door-slot", "")
	}
	booked, free := id("13:40〜14:10 弁護士"), id("14:50〜15:20 弁護士")
	for name, tt := range map[string]struct {
		mark, link string
		status     int
		target     bool
	}{
		"nothing":           {"", link, 404, true},
		"no number":         {free + ":many", link, 404, true},
		"less than none":    {free + ":-1", link, 404, true},
		"more than fit":     {free + ":2", link, 422, true},
		"far more":          {free + ":99999999999999999999", link, 404, true},
		"booked ahead":      {booked + ":1", link, 409, true},
		"not of this date":  {uuid.NewString() + ":1", link, 404, true},
		"without a link":    {free + ":1", "", 422, false},
		"with another link": {free + ":1", strings.Repeat("0", 26), 422, false},
	} {
		a := k.post("/door/slots", formOf("link", tt.link, "mark", tt.mark))
		if a.Code != tt.status || a.doc.Find("#errors a").Length() != 1 {
			t.Errorf("%s = %d %s", name, a.Code, text(a.doc.Find("#errors")))
		}
		if target := a.doc.Find(
			"#errors a",
		).AttrOr(
			"href",
			"#nothing",
		); a.doc.Find(target).Length() != 1 ||
			a.doc.Find(".door-slots").Not("template *").Length() == 1 != tt.target {
			t.Errorf("%s leads to %s", name, target)
		}
	}
	if _, state := doorRow(k.post("/door", formOf("link", link)), "14:50〜15:20 弁護士"); state != "空き（当日受付）" {
		t.Errorf("a refused mark counts: %q", state)
	}
	if a := k.get("/door/slots"); a.Code != 303 || a.Header().Get("Location") != "/door" {
		t.Errorf("GET = %d", a.Code)
	}
}
