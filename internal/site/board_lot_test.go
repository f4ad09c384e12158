package site_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// A time that is kept for a draw leads to the draw, on every board, in the data of the timeline and
// in the search.
func TestATimeKeptForADrawLeadsToIt(t *testing.T) {
	t.Parallel()
	k := setup(t)
	hall, r, run := k.draws()
	at := "/rounds/" + r.ID.String()
	calendar := "/facilities/" + hall.FacilityID.String() + "/calendar"
	ways := func(s *goquery.Selection) int { return s.Find("a[href='" + at + "']").Length() }
	month := k.page(calendar + "?date=2027-02-10")
	rows := month.Find("table.board-table tbody tr")
	if rows.Length() != 4 {
		t.Fatalf("%d rooms", rows.Length())
	}
	rows.Each(func(_ int, row *goquery.Selection) {
		name, want := text(row.Find("th a")), 28
		if strings.HasPrefix(row.Find("th a").AttrOr("href", ""), "/rooms/"+hall.Tea.String()) {
			want = 0 // no floor of the draw
		}
		if n := ways(row); n != want {
			t.Errorf("the month leads from %s %d times to the draw, want %d", name, n, want)
		}
		if n := row.Find("a[href='" + at + "']:not([tabindex])").Length(); n != min(want, 1) {
			t.Errorf("the keyboard stops %d times at the draw in the row of %s", n, name)
		}
	})
	if got := text(rows.Find("td a[href='" + at + "'] .unseen").First()); got != "抽選のページ" {
		t.Errorf("the way is called %q", got)
	}
	for path, want := range map[string]int{
		calendar + "?view=week&date=2027-02-10":          3 * 7,
		calendar + "?view=day&date=2027-02-10":           3,
		calendar + "?view=day&date=2027-03-01":           0,
		"/rooms/" + hall.A.String() + "?date=2027-02-10": 7, "/rooms/" + hall.Tea.String() + "?date=2027-02-10": 0,
	} {
		board := k.page(path).Find(".cell, .board-list, .room-table")
		if n := ways(board); n != want || want > 0 && text(board.Find("a.slot-word").First()) != "抽選のページ" {
			t.Errorf(
				"%s leads %d times to the draw, want %d: %s",
				path,
				n,
				want,
				text(board.Find("a.slot-word").First()),
			)
		}
	}
	var data struct {
		Spans []struct{ Room, URL, Text string }
	}
	if err := json.Unmarshal(k.get(calendar+".json?from=2027-02-10&days=1").Body.Bytes(), &data); err != nil {
		t.Fatal(err)
	}
	for _, s := range data.Spans {
		if lot := strings.Contains(s.Text, "抽選"); lot != (s.URL == at) || lot == (s.Room == hall.Tea.String()) {
			t.Errorf("the timeline: %+v", s)
		}
	}
	for query, want := range map[string]int{
		"day=2027-02-10&part=morning":                    1,
		"day=2027-02-10&from=13:00&to=15:00&capacity=50": 1,
		"day=2027-02-10&part=morning&capacity=5000":      0,
		"day=2027-03-01&part=morning":                    0,
	} {
		page := k.page("/rooms/free?" + query)
		if n := ways(page.Find("section[aria-labelledby=draws]")); n != want || page.Find("#draws").Length() != want {
			t.Errorf("?%s leads %d times to the draw, want %d", query, n, want)
		}
	}
	k.clock.Set(r.ClosesAt)
	run()
	k.clock.Set(r.DrawsAt)
	run()
	k.clock.Set(r.AcceptUntil)
	for _, path := range []string{calendar + "?date=2027-02-10", "/rooms/free?day=2027-02-10&part=morning"} {
		if n := ways(k.page(path).Find("main")); n != 0 {
			t.Errorf("%s still leads to a draw that is over", path)
		}
	}
}

// Late in a month most of it is over: it begins with this week, and what was before is one step
// away.
func TestThisMonthBeginsWithThisWeek(t *testing.T) {
	t.Parallel()
	k := setup(t) // Sunday 22 November
	f, r := k.hall()
	path := "/facilities/" + f.ID.String() + "/calendar"
	days := func(page *goquery.Document) (first string, n int) {
		heads := page.Find("table.board-table thead a")
		return text(heads.First()), heads.Length()
	}
	step := func(page *goquery.Document, name string) string {
		t.Helper()
		way := page.Find(
			".board-steps a",
		).FilterFunction(
			func(_ int, a *goquery.Selection) bool { return text(a) == name },
		)
		if way.Length() != 1 {
			t.Fatalf("%q is there %d times among %q", name, way.Length(), text(page.Find(".board-steps")))
		}
		return way.AttrOr("href", "")
	}
	const earlier = "今月のはじめから"
	now := k.page(path)
	if first, n := days(now); first != "16月" || n != 15 || text(now.Find("#period")) != "2026年11月（16日から）" {
		t.Errorf("this month begins with %s, %d days, as %q", first, n, text(now.Find("#period")))
	}
	if strings.Contains(text(now.Find(".board-steps")), "今月 ") {
		t.Error("this month leads to itself")
	}
	whole := k.page(step(now, earlier))
	if first, n := days(
		whole,
	); first != "1日" || n != 30 || text(whole.Find("#period")) != "2026年11月" ||
		strings.Contains(text(whole.Find(".board-steps")), earlier) {
		t.Errorf("the whole month begins with %s, %d days", first, n)
	}
	for _, page := range []*goquery.Document{now, whole} {
		october, december := k.page(step(page, "前の月")), k.page(step(page, "次の月"))
		if text(october.Find("#period")) != "2026年10月" || text(december.Find("#period")) != "2026年12月" {
			t.Errorf("around it: %q and %q", text(october.Find("#period")), text(december.Find("#period")))
		}
		for _, way := range []string{
			step(december, "前の月"),
			step(december, "今月"),
			step(october, "次の月"),
			step(october, "今月"),
		} {
			if got := text(k.page(way).Find("#period")); got != "2026年11月（16日から）" {
				t.Errorf("%s leads to %q", way, got)
			}
		}
	}
	for date, want := range map[string]int{
		"2026-11-30": 15,
		"2026-11-16": 15,
		"2026-11-15": 30,
		"2026-11-01": 30,
		"2026-12-31": 31,
	} {
		if _, n := days(k.page(path + "?date=" + date)); n != want {
			t.Errorf("%s shows %d days, want %d", date, n, want)
		}
	}
	room := k.page("/rooms/" + r.ID.String() + "?view=month")
	if rows := room.Find(
		".room-table tbody tr",
	); rows.Length() != 15 ||
		room.Find("a[href='/rooms/"+r.ID.String()+"?date=2026-11-01&view=month#board']").Length() != 1 {
		t.Errorf("the room's month has %d days", rows.Length())
	}
	k.clock.Set(noon.AddDate(0, 0, 5)) // Friday the 27th: a week is left, and the board goes on into December
	end := k.page(path)
	if first, n := days(
		end,
	); first != "23月" || n != 28 || text(end.Find("#period")) != "11月23日（月）〜12月20日（日）" ||
		text(end.Find("table.board-table thead a").Eq(8)) != "12/1火" {
		t.Errorf(
			"late in the month: from %s, %d days, %q, then %q",
			first,
			n,
			text(end.Find("#period")),
			text(end.Find("table.board-table thead a").Eq(8)),
		)
	}
	for name, want := range map[string]string{"前の月": "2026年10月", "次の月": "2026年12月", earlier: "2026年11月"} {
		if got := text(k.page(step(end, name)).Find("#period")); got != want {
			t.Errorf("%s leads to %q", name, got)
		}
	}
	k.clock.Set(noon.AddDate(0, 0, 9)) // Tuesday 1 December: the week began in November
	if first, n := days(k.page(path)); first != "1火" || n != 31 {
		t.Errorf("December begins with %s, %d days", first, n)
	}
}
