package site_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// What a booking tells its two towns, and nobody else.
const (
	secretTitle = "カナリアの会合"
	secretNote  = "カナリアの連絡"
)

// lend books the hall for bunkyo on 16 December from 13 to 16, with a note, and gives the facility
// and its room.
func (k *kit) lend() (venue.Facility, venue.Room) {
	k.Helper()
	f, r := k.hall()
	day := clock.NewDate(2026, time.December, 16)
	by := staff.Author{Organization: k.by["bunkyo"].Organization, Actor: k.by["bunkyo"].Actor}
	b, err := k.bookings.Place(
		k.Context(),
		by,
		booking.Request{RoomID: r.ID, StartsAt: day.At(13, 0), EndsAt: day.At(16, 0), Title: secretTitle},
	)
	if err != nil {
		k.Fatal(err)
	}
	if _, err := k.bookings.AddNote(k.Context(), by, b.ID, secretNote); err != nil {
		k.Fatal(err)
	}
	return f, r
}

// tellsNothing holds that an answer says when, and never who or what for.
func tellsNothing(t *testing.T, name string, a answer) {
	t.Helper()
	for _, secret := range []string{"カナリア", "文京区", "bunkyo", "booking"} {
		body := strings.ReplaceAll(a.Body.String(), `value="131059"`, "") // the list of towns to search in
		body = strings.ReplaceAll(body, ">文京区</option>", "")
		if strings.Contains(body, secret) {
			t.Errorf("%s tells %q", name, secret)
		}
	}
}

func TestFacilityCalendar(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f, r := k.lend()
	path := "/facilities/" + f.ID.String() + "/calendar"
	month := k.get(path + "?date=2026-12-16")
	tellsNothing(t, "the month", month)
	doc := month.doc
	if got := text(doc.Find("h1")); got != "区民センター<b>の空き状況" {
		t.Errorf("heading %q", got)
	}
	if got := text(doc.Find("h2#period")); got != "2026年12月" {
		t.Errorf("period %q", got)
	}
	if n := doc.Find("table.board-table thead th[scope=col]").Length(); n != 32 {
		t.Errorf("%d columns", n)
	}
	row := doc.Find("table.board-table tbody tr")
	if row.Length() != 1 || text(row.Find("th[scope=row] a")) != "全面" ||
		!strings.HasPrefix(row.Find("th a").AttrOr("href", ""), "/rooms/"+r.ID.String()+"?") {
		t.Errorf("rows: %s", text(row))
	}
	for day, want := range map[int]string{6: "休み", 16: "一部空き", 17: "空き"} {
		if got := text(row.Find("td").Eq(day - 1).Find(".unseen")); got != want {
			t.Errorf("the %dth is %q, want %q", day, got, want)
		}
	}
	if cells := row.Find("td"); cells.Length() != 31 || cells.Find(".mark[aria-hidden=true]").Length() != 31 {
		t.Errorf("%d cells", cells.Length())
	}
	if href := doc.Find(
		".board-steps a",
	).Last().AttrOr(
		"href",
		"",
	); !strings.Contains(href, "date=2027-01-01") ||
		!strings.Contains(href, "view=month") {
		t.Errorf("the next month: %s", href)
	}
	week := k.get(path + "?view=week&date=2026-12-16")
	tellsNothing(t, "the week", week)
	if got := text(week.doc.Find("h2#period")); got != "12月14日（月）〜12月20日（日）" {
		t.Errorf("the week is %q", got)
	}
	if got := text(
		week.doc.Find("tbody td").Eq(2),
	); !strings.Contains(got, "9:00〜13:00 空き") ||
		!strings.Contains(got, "16:00〜21:30 空き") {
		t.Errorf("Wednesday is %q", got)
	}
	day := k.get(path + "?view=day&date=2026-12-06")
	tellsNothing(t, "the day", day)
	if got := text(
		day.doc.Find(".board-list li.panel"),
	); !strings.Contains(got, "休み") ||
		!strings.Contains(got, "臨時のお休みです") {
		t.Errorf("the day is %q", got)
	}
	if k.get(path).Header().Get("ETag") == "" {
		t.Error("no validator")
	}
	again := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?date=2026-12-16", http.NoBody)
	again.Header.Set("If-None-Match", month.Header().Get("ETag"))
	if got := k.do(again); got.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", got.Code)
	}
	for query, typed := range map[string]string{
		"?date=2026-13-01":           "2026-13-01",
		"?date=<b>x":                 "<b>x",
		"?date=1999-01-01&view=week": "1999-01-01",
		"?date=2199-01-01":           "2199-01-01",
	} {
		a := k.get(path + strings.ReplaceAll(query, "<", "%3C"))
		if a.Code != http.StatusUnprocessableEntity || a.doc.Find("#date").AttrOr("value", "") != typed ||
			a.doc.Find(`#errors a[href="#date"]`).Length() != 1 ||
			a.doc.Find(`#date[aria-invalid="true"]`).Length() != 1 {
			t.Errorf("%s: %d, %q", query, a.Code, a.doc.Find("#date").AttrOr("value", ""))
		}
	}
	for query, status := range map[string]int{
		"?view=year":       200,
		"?page=x":          200,
		"?page=1":          200,
		"?date=2028-11-30": 200,
	} {
		if a := k.get(path + query); a.Code != status {
			t.Errorf("%s: %d", query, a.Code)
		}
	}
	for _, gone := range []string{
		"/facilities/x/calendar",
		"/facilities/" + uuid.NewString() + "/calendar",
		"/facilities/" + uuid.NewString() + "/calendar.json?from=2026-12-01&days=1",
	} {
		if a := k.get(gone); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", gone, a.Code)
		}
	}
	if href := k.page("/facilities/" + f.ID.String()).Find(`main a[href="` + path + `"]`); href.Length() != 1 {
		t.Error("the facility does not lead to its calendar")
	}
}

func TestFacilityCalendarData(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f, r := k.lend()
	path := "/facilities/" + f.ID.String() + "/calendar.json"
	a := k.get(path + "?from=2026-12-06&days=11")
	if a.Code != http.StatusOK || !strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") ||
		a.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", a.Code, a.Header())
	}
	tellsNothing(t, "the data", a)
	var data struct {
		From  string
		Days  int
		Rooms []struct{ ID, Name, Lines, Href string }
		Spans []struct{ Room, Start, End, State, Text string }
	}
	if err := json.Unmarshal(a.Body.Bytes(), &data); err != nil {
		t.Fatal(err)
	}
	if len(data.Rooms) != 1 || data.Rooms[0].ID != r.ID.String() || data.Rooms[0].Name != "全面" || data.Days != 11 {
		t.Errorf("rooms: %+v", data)
	}
	first, last := data.Spans[0], data.Spans[len(data.Spans)-1]
	if first.Start != "2026-12-06T00:00:00" || first.State != "off" || !strings.HasPrefix(first.Text, "休み") ||
		last.Start != "2026-12-16T16:00:00" ||
		last.End != "2026-12-16T21:30:00" ||
		last.State != "free" {
		t.Errorf("spans: %+v … %+v", first, last)
	}
	again := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?from=2026-12-06&days=11", http.NoBody)
	again.Header.Set("If-None-Match", a.Header().Get("ETag"))
	if got := k.do(again); got.Code != http.StatusNotModified || got.Body.Len() != 0 {
		t.Errorf("asked again: %d", got.Code)
	}
	for query, status := range map[string]int{
		"":                                422,
		"?from=x&days=1":                  422,
		"?from=2026-12-06":                422,
		"?from=2026-12-06&days=0":         422,
		"?from=2026-12-06&days=32":        422,
		"?from=1999-12-06&days=1":         422,
		"?from=2026-12-06&days=31&page=9": 200,
	} {
		if got := k.get(path + query); got.Code != status {
			t.Errorf("%q: %d, want %d", query, got.Code, status)
		}
	}
}

func TestRoomBoard(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r := k.lend()
	path := "/rooms/" + r.ID.String()
	week := k.get(path + "?date=2026-12-16")
	tellsNothing(t, "the room", week)
	rows := week.doc.Find("table.room-table tbody tr")
	if rows.Length() != 7 || text(rows.Eq(2).Find("th time")) != "12月16日（水）" ||
		!strings.Contains(text(rows.Eq(2).Find("td")), "16:00〜21:30 空き") {
		t.Errorf("the week: %s", text(rows))
	}
	if n := k.page(path + "?view=month&date=2027-02-10").Find("table.room-table tbody tr").Length(); n != 28 {
		t.Errorf("February has %d days", n)
	}
	if got := text(
		k.page(path + "?date=2027-06-16").Find("table.room-table tbody tr").Eq(2).Find("td"),
	); !strings.Contains(got, "受付前") ||
		!strings.Contains(got, "受付は") {
		t.Errorf("half a year ahead: %q", got)
	}
	a := k.get(path + "?date=tomorrow")
	if a.Code != http.StatusUnprocessableEntity || a.doc.Find("#date").AttrOr("value", "") != "tomorrow" ||
		a.doc.Find(`#errors a[href="#date"]`).Length() != 1 {
		t.Errorf("a wrong date: %d", a.Code)
	}
	k.exec("update room set status = 'closed', closed_on = '2026-11-01' where id = $1", r.ID)
	if a := k.get(path); a.Code != http.StatusOK || a.doc.Find("#board").Length() != 0 {
		t.Error("a closed room has a board")
	}
}

func TestRoomsFree(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r := k.lend()
	fresh := k.page("/rooms/free")
	if fresh.Find(`form[action="/rooms/free"]`).Length() != 1 || fresh.Find(".card").Length() != 0 ||
		fresh.Find("#errors").Length() != 0 ||
		fresh.Find(`input[name=part][value=afternoon][checked]`).Length() != 1 {
		t.Error("the form is not there by itself")
	}
	if n := fresh.Find(
		`input[type=checkbox][name=area], fieldset input[name=area]`,
	).Length(); n != 0 ||
		fresh.Find("select#area option").Length() != len(towns)+1 {
		t.Error("towns are not in a list to choose from")
	}
	found := k.get("/rooms/free?day=2026-12-16&part=morning&capacity=30&partnership=ux-joshikai&area=131164")
	tellsNothing(t, "the search", found)
	card := found.doc.Find("article.card")
	if card.Length() != 1 || !strings.HasPrefix(card.Find("a").AttrOr("href", ""), "/rooms/"+r.ID.String()+"?") ||
		!strings.Contains(text(card), "9:00〜12:00") ||
		!strings.Contains(text(card), "区民センター<b>") {
		t.Errorf("found: %s", text(card))
	}
	if got := text(found.doc.Find("#found")); got != "1部屋が空いています" {
		t.Errorf("count: %q", got)
	}
	if v := found.doc.Find(
		"#capacity",
	).AttrOr(
		"value",
		"",
	); v != "30" ||
		found.doc.Find(`#area option[selected]`).AttrOr("value", "") != "131164" {
		t.Errorf("the form forgets: %q", v)
	}
	timed := k.page("/rooms/free?day=2026-12-16&from=09:30&to=12:30")
	if timed.Find("article.card").Length() != 1 {
		t.Error("nothing at 9:30")
	}
	none := k.get("/rooms/free?day=2026-12-16&part=afternoon&capacity=30&equipment=&layout=")
	tellsNothing(t, "a search in vain", none)
	near := none.doc.Find(".empty .chips a")
	if none.Code != http.StatusOK || near.Length() != 6 || !strings.HasPrefix(text(near.First()), "12月16日（水） 午前（1部屋）") {
		t.Errorf("near: %s", text(near))
	}
	if n := k.page(near.First().AttrOr("href", "")).Find("article.card").Length(); n != 1 {
		t.Errorf("the first way leads to %d rooms", n)
	}
	both := k.page("/rooms/free?day=2026-12-16&part=morning&from=13:00&to=14:00")
	if both.Find("article.card").Length() != 1 || both.Find("#from").AttrOr("value", "") != "" {
		t.Error("times count though a part of the day was chosen")
	}
	if got := text(
		k.page("/rooms/free?day=2026-12-16&part=morning&capacity=5000").Find(".empty"),
	); strings.Contains(
		got,
		"近い日",
	) {
		t.Errorf("ways out that lead nowhere: %s", got)
	}
	for query, field := range map[string]string{
		"part=morning":                                 "day",
		"day=16.12.2026&part=morning":                  "day",
		"day=2026-11-01&part=morning":                  "day",
		"day=2199-01-01&part=morning":                  "day",
		"day=2026-12-16&part=night":                    "part-0",
		"day=2026-12-16":                               "from",
		"day=2026-12-16&from=9&to=12:00":               "from",
		"day=2026-12-16&from=12:00&to=11:00":           "to",
		"day=2026-12-16&part=morning&capacity=many":    "capacity",
		"day=2026-12-16&part=morning&capacity=0":       "capacity",
		"day=2026-12-16&part=morning&capacity=100001":  "capacity",
		"day=2026-12-16&part=morning&area=999":         "area",
		"day=2026-12-16&part=morning&partnership=none": "partnership",
		"day=2026-12-16&part=morning&layout=x":         "layout",
		"day=2026-12-16&part=morning&equipment=x":      "equipment-0",
		"day=2026-12-16&part=morning&barrier_free=x":   "barrier-0", "capacity=3": "day",
	} {
		a := k.get("/rooms/free?" + query)
		if a.Code != http.StatusUnprocessableEntity || a.doc.Find(`#errors a[href="#`+field+`"]`).Length() != 1 {
			t.Errorf("%s: %d, %s", query, a.Code, text(a.doc.Find("#errors")))
		}
	}
	typed := k.get(
		"/rooms/free?" + url.Values{"day": {"<b>"}, "part": {"morning"}, "capacity": {"\"><script>"}}.Encode(),
	)
	if typed.doc.Find("#day").AttrOr("value", "") != "<b>" ||
		typed.doc.Find("#capacity").AttrOr("value", "") != `"><script>` {
		t.Error("what was typed is lost")
	}
	if a := k.get("/rooms/free?day=2026-12-16&part=morning&cursor=x"); a.Code != http.StatusBadRequest {
		t.Errorf("a bad cursor: %d", a.Code)
	}
}

func TestRoomsFreeByPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f, r := k.hall()
	k.exec(`with made as (
		insert into room (organization_id, facility_id, status, open_to, name, capacity, uses, terms, position)
		select r.organization_id, r.facility_id, 'draft', 'everyone', '部屋' || n, n, r.uses, r.terms, n
		  from room r, generate_series(1, 30) n where r.id = $1 returning organization_id, facility_id, id)
		insert into room_space (organization_id, facility_id, room_id, space_id)
		  select m.organization_id, m.facility_id, m.id, s.space_id from made m, room_space s where s.room_id = $1`,
		r.ID,
	)
	k.exec("update room set status = 'open' where facility_id = $1 and status = 'draft'", f.ID)
	seen := map[string]bool{}
	next := "/rooms/free?day=2026-12-16&part=morning"
	for pages := 1; next != ""; pages++ {
		a := k.get(next)
		a.doc.Find("article.card h3").Each(func(_ int, s *goquery.Selection) { seen[text(s)] = true })
		if next = a.doc.Find(".pager a").AttrOr("href", ""); next == "" && pages != 2 {
			t.Errorf("%d pages", pages)
		}
		if a.Header().Get("ETag") == "" { // [S18]
			t.Errorf("page %d can't be asked for again: %v", pages, a.Header())
		}
	}
	if len(seen) != 31 {
		t.Errorf("%d rooms on all pages", len(seen))
	}
	month := k.page("/facilities/" + f.ID.String() + "/calendar")
	more := month.Find(".pager a").AttrOr("href", "")
	if month.Find("tbody tr").Length() != 30 || k.page(more).Find("tbody tr").Length() != 1 {
		t.Error("the thirty-first room is lost")
	}
}
