package report

import (
	"errors"
	"math"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// quiet takes the noise away, so that a test can tell what comes out.
func (k *kit) quiet() {
	k.Helper()
	k.exec("create or replace function report_noise() returns integer language sql as 'select 0'")
}

func figureOf(d Date, q event.Question, answer string) *Figure {
	for _, b := range d.Breakdown {
		for _, a := range b.Answers {
			if b.Question == q && a.Answer == answer {
				return &a.Figure
			}
		}
	}
	return nil
}

func TestFiguresComeOutTwiceAndStay(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	e := k.gathering(june)
	k.takeMany(e, 14, someone)
	k.takeMany(e, 9, other)
	cancelled := k.take(e, ticket.Answers{})
	k.take(e, ticket.Answers{})
	if _, err := k.tickets.Cancel(t.Context(), cancelled); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{june.Add(-time.Hour), june.Add(AfterClosing - time.Second)} {
		if n := k.freezeAt(at); n != 0 {
			t.Fatalf("%d figures came out at %s", n, at)
		}
	}
	if n := k.freezeAt(june.Add(AfterClosing)); n != 1 {
		t.Fatalf("%d dates came out when registration closed, want 1", n)
	}
	first := k.report("kita", e.ID)
	d := first.Dates[0]
	if len(first.Dates) != 1 || *d.Registered != (Figure{Value: 25}) || d.Came != nil ||
		*d.BrokenDownIn != e.OccurrenceID {
		t.Errorf("after closing %+v", d)
	}
	for _, c := range []struct {
		q      event.Question
		answer string
		want   Figure
	}{
		{event.AskAge, "30s", Figure{Value: 15}},
		{event.AskAge, "40s", Figure{Value: 10}},
		{event.AskAge, "50s", Figure{Few: 1}},
		{event.AskAge, Unknown, Figure{Few: 1}},
		{event.AskGender, "woman", Figure{Value: 15}},
		{event.AskGender, Unknown, Figure{Value: 10}},
		{event.AskHome, ticket.Elsewhere, Figure{Value: 15}},
		{event.AskHome, k.code["kita"], Figure{Few: 1}}, {event.AskHome, k.code["minami"], Figure{Few: 1}},
	} {
		if got := figureOf(d, c.q, c.answer); got == nil || *got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.q, c.answer, got, c.want)
		}
	}
	if figureOf(d, event.AskHome, k.code["nishi"]) != nil {
		t.Error("a town without an agreement has a line of its own")
	}
	if got := k.raw(e.OccurrenceID); len(got) != 0 {
		t.Errorf("the counters are still there: %v", got)
	}

	// Later answers never come out, and what came out stays, whatever happens to the tickets.
	k.collector.Count(e.OccurrenceID, someone)
	k.exec("update ticket set status = 'cancelled' where event_id = $1", e.ID)
	k.exec(
		`insert into door_arrival (organization_id, event_id, occurrence_id, quota_id, seats)
			values ($1, $2, $3, $4, 11)`,
		e.OrganizationID,
		e.ID,
		e.OccurrenceID,
		e.Quota(),
	)
	k.exec(
		`insert into door_counter (organization_id, event_id, occurrence_id, part_id) values ($1, $2, $3, $4)`,
		e.OrganizationID,
		e.ID,
		e.OccurrenceID,
		e.Parts[0].ID,
	)
	for _, n := range []int{5, 9, 2} { // three left before the end
		k.exec("update door_counter set count = $2 where occurrence_id = $1", e.OccurrenceID, n)
	}
	if n := k.freezeAt(e.EndsAt.Add(AfterEnd - time.Second)); n != 0 {
		t.Fatalf("%d dates came out before the doors had shut", n)
	}
	if n := k.freezeAt(e.EndsAt.Add(AfterEnd)); n != 1 {
		t.Fatalf("%d dates came out at the end, want 1", n)
	}
	if n := k.freezeAt(e.EndsAt.Add(48 * time.Hour)); n != 0 {
		t.Fatalf("%d dates came out once more", n)
	}
	last := k.report("kita", e.ID).Dates[0]
	if last.Came == nil || *last.Came != (Figure{Value: 20}) {
		t.Errorf("11 tickets and 9 people came: %+v", last.Came)
	}
	if last.Came = nil; !reflect.DeepEqual(last, d) {
		t.Errorf("what came out changed:\n%+v\n%+v", d, last)
	}
	if got := k.raw(e.OccurrenceID); len(got) != 0 {
		t.Errorf("a late answer was counted: %v", got)
	}
}

func TestSmallDatesWaitForCompany(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	march := clock.NewDate(2027, time.March, 6).At(14, 0)
	e := k.gathering(june)
	second, third, ofMarch, ofApril := k.date(
		e,
		june.AddDate(0, 1, 0),
	), k.date(
		e,
		june.AddDate(0, 2, 0),
	), k.date(
		e,
		march,
	), k.date(
		e,
		march.AddDate(0, 1, 0),
	)
	k.takeMany(e, 9, someone)
	k.takeMany(second, 10, someone)
	k.takeMany(third, 1, someone)
	k.takeMany(ofMarch, 19, other)
	k.takeMany(ofApril, 19, other)
	batch := func() map[string]int {
		count := map[string]int{}
		for _, d := range k.report("kita", e.ID).Dates {
			if d.BrokenDownIn != nil {
				count[clock.DateOf(d.StartsAt).String()] = len(d.Breakdown)
			}
		}
		return count
	}
	k.freezeAt(june.Add(time.Hour))
	k.freezeAt(second.StartsAt.Add(time.Hour))
	if got := batch(); len(got) != 0 {
		t.Fatalf("19 people were broken down: %v", got)
	}
	if got := k.report("kita", e.ID).Dates[1]; *got.Registered != (Figure{Value: 10}) {
		t.Errorf("their number is %+v", got.Registered)
	}
	k.freezeAt(third.StartsAt.Add(time.Hour))
	if got := batch(); !reflect.DeepEqual(got, map[string]int{"2026-06-20": 0, "2026-07-20": 0, "2026-08-20": 4}) {
		t.Fatalf("with the twentieth: %v", got)
	}
	d := k.report("kita", e.ID).Dates[0]
	if got := figureOf(d, event.AskAge, "30s"); *got != (Figure{Value: 20}) {
		t.Errorf("the three dates together: %+v", got)
	}
	// March is the fiscal year's end: 19 in March and 19 in April never meet, and what was out is
	// not out again.
	k.freezeAt(ofMarch.StartsAt.Add(time.Hour))
	k.freezeAt(ofApril.StartsAt.Add(time.Hour))
	if got := batch(); len(got) != 3 {
		t.Errorf("two fiscal years were put together: %v", got)
	}
	if y := k.year(
		"kita",
		2026,
	); y.Total.Dates != 4 || y.Total.DatesBrokenDown != 3 ||
		y.Total.Registered != (Figure{Value: 40, Few: 1}) {
		t.Errorf("fiscal 2026: %+v", y.Total)
	}
	if y := k.year(
		"kita",
		2027,
	); y.Total.Dates != 1 || y.Total.DatesBrokenDown != 0 || y.From.String() != "2027-04-01" ||
		y.To.String() != "2028-03-31" {
		t.Errorf("fiscal 2027: %+v", y)
	}
	// What never met is forgotten in the end.
	k.clock.Set(ofApril.EndsAt.Add(401 * 24 * time.Hour))
	if _, err := Freeze(t.Context(), k.db); err != nil {
		t.Fatal(err)
	}
	if n := k.number("select count(*) from answer_counter"); n != 0 {
		t.Errorf("%d counters are left", n)
	}
}

func TestWhoReadsFigures(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	k.host(e.ID, "minami", "co_host")
	k.host(e.ID, "wa", "cooperator")
	k.takeMany(e, 30, someone)
	k.freezeAt(june.Add(time.Hour))
	if a, b := k.report(
		"kita",
		e.ID,
	), k.report(
		"minami",
		e.ID,
	); !reflect.DeepEqual(a, b) ||
		len(a.Dates[0].Breakdown) != 4 {
		t.Errorf("hosts read different figures:\n%+v\n%+v", a, b)
	}
	for _, slug := range []string{"wa", "nishi"} {
		if _, err := k.service.Event(t.Context(), k.town[slug], e.ID); !errors.Is(err, event.ErrUnknown) {
			t.Errorf("%s: %v", slug, err)
		}
		if y := k.year(slug, 2026); len(y.Events) != 0 || y.Total.Dates != 0 {
			t.Errorf("%s reads %+v", slug, y)
		}
		for _, table := range []string{"report_release", "report_figure"} {
			var n int
			tx, err := k.admin.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), "set local role tnm_staff"); err != nil {
				t.Fatal(err)
			}
			err = tx.QueryRow(
				t.Context(),
				"with s as materialized (select set_config('app.organization', $1, true)) select (select count(*) "+
					"from "+table+") from s",
				k.town[slug].String(),
			).Scan(
				&n,
			)
			if _ = tx.Rollback(t.Context()); err != nil || n != 0 {
				t.Errorf("%s reads %d rows of %s, %v", slug, n, table, err)
			}
		}
	}
}

func TestOutsideIsFromEachOnesOwnTown(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	e := k.gathering(june)
	k.host(e.ID, "minami", "host")
	k.host(e.ID, "wa", "co_host")
	for home, n := range map[string]int{
		k.code["kita"]:   30,
		k.code["minami"]: 10,
		k.code["nishi"]:  5,
		ticket.Elsewhere: 5,
		"":               20,
	} {
		k.takeMany(e, n, ticket.Answers{Home: home})
	}
	k.freezeAt(june.Add(time.Hour))
	for slug, want := range map[string]struct{ outside, percent int }{
		"kita":   {20, 40},
		"wa":     {20, 40},
		"minami": {40, 80},
	} {
		y := k.year(slug, 2026)
		if len(y.Events) != 1 || y.Events[0].ID != e.ID || y.Events[0].Owner.Slug != "kita" {
			t.Fatalf("%s: %+v", slug, y.Events)
		}
		for _, f := range []Figures{y.Total, y.Events[0].Figures} {
			if f.Outside == nil || *f.Outside != (Figure{Value: want.outside}) || *f.OutsidePercent != want.percent {
				t.Errorf("%s: %+v from elsewhere, %v %%", slug, f.Outside, f.OutsidePercent)
			}
		}
	}
}

func TestWhatIsNotFrozen(t *testing.T) {
	t.Parallel()
	k := setup(t)
	open, draft, off := k.gathering(june), k.gathering(june), k.gathering(june)
	k.gathering(june.AddDate(0, -3, 0)) // long past
	k.exec("update part set reservation = 'none' where id = $1", open.Parts[0].ID)
	k.exec("update event set status = 'draft', published_at = null where id = $1", draft.ID)
	k.exec("update occurrence set status = 'cancelled', cancelled_at = now() where id = $1", off.OccurrenceID)
	k.freezeAt(june.Add(24 * time.Hour))
	if n := k.number("select count(*) from report_release where event_id <> $1", open.ID); n != 0 {
		t.Errorf("%d figures of dates that nobody could take part in, or that are long past", n)
	}
	if d := k.report("kita", open.ID).Dates; len(d) != 1 || d[0].Registered != nil || d[0].Came != nil {
		t.Errorf("a date without registration at which nobody counted: %+v", d)
	}
}

// Many workers at once bring each figure out once.
func TestFreezingIsDoneOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	dates := 12
	e := k.gathering(june)
	k.takeMany(e, 5, someone)
	for i := 1; i < dates; i++ {
		k.takeMany(k.date(e, june.Add(time.Duration(i)*time.Minute)), 5, someone)
	}
	k.clock.Set(june.Add(24 * time.Hour))
	k.flush()
	var all sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 8 {
		all.Go(func() {
			n, err := Freeze(t.Context(), k.db)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	all.Wait()
	if total != 2*dates {
		t.Errorf("%d figures came out, want %d", total, 2*dates)
	}
	// 60 people in dates of five: three batches of twenty, no date in two.
	if n := k.number("select count(distinct broken_down_in) from report_release where kind = 'closed'"); n != 3 {
		t.Errorf("%d batches", n)
	}
	if n := k.number("select count(distinct occurrence_id) from report_figure"); n != 3 {
		t.Errorf("%d breakdowns", n)
	}
}

func TestDatabaseAndCodeRoundAlike(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for n := -40; n < 400; n++ {
		if got := k.number("select report_rounded($1)", n); got != Rounded(n) {
			t.Errorf("%d is rounded to %d in the database, %d here", n, got, Rounded(n))
		}
	}
	for n, want := range map[int]int{0: 0, 1: 0, 7: 0, 8: 10, 12: 10, 13: 15, 22: 20, 23: 25} {
		if Rounded(n) != want {
			t.Errorf("%d is rounded to %d, want %d", n, Rounded(n), want)
		}
	}
}

// The noise has the shape that the bound rests on: k with the probability 2^-|k| / 3. Seven
// standard deviations: by chance it fails once in 10^11 runs.
func TestTheNoiseIsAsWide(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const draws = 60_000
	rows, err := k.admin.Query(
		t.Context(),
		"select report_noise(), count(*) from generate_series(1, $1) group by 1",
		draws,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := map[int]int{}
	for rows.Next() {
		var noise, n int
		if err := rows.Scan(&noise, &n); err != nil {
			t.Fatal(err)
		}
		seen[noise] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for noise := -6; noise <= 6; noise++ {
		p := noiseProbability(noise)
		mean, deviation := draws*p, math.Sqrt(draws*p*(1-p))
		if math.Abs(float64(seen[noise])-mean) > 7*deviation {
			t.Errorf("noise of %d came %d times, want about %.0f", noise, seen[noise], mean)
		}
	}
}

func TestHomesInTheDatabaseAreThoseInCode(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for _, hosts := range [][]string{{}, {"minami"}, {"nishi"}, {"wa"}} {
		e := k.gathering(june)
		if len(hosts) > 0 && hosts[0] == "wa" {
			k.exec("delete from event_organiser where event_id = $1", e.ID)
		}
		for _, h := range hosts {
			k.host(e.ID, h, "co_host")
		}
		view, err := k.directory.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events := event.NewService(k.db, k.directory, nil)
		published, err := events.Published(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		here := map[string]bool{}
		for _, ref := range Homes(view, &published) {
			here[ref.Code] = true
			if ref.Kind != organization.Municipality {
				t.Errorf("%s is no town", ref.Slug)
			}
		}
		rows, err := k.admin.Query(t.Context(), "select report_homes($1)", e.ID)
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for rows.Next() {
			var code string
			if err := rows.Scan(&code); err != nil {
				t.Fatal(err)
			}
			there[code] = true
		}
		if err := rows.Err(); err != nil || !reflect.DeepEqual(here, there) || !here[k.code["kita"]] ||
			here[k.code["nishi"]] != (len(hosts) > 0 && hosts[0] == "nishi") {
			t.Errorf("with %v: %v here, %v in the database, %v", hosts, here, there, err)
		}
	}
}

// A party that holds three slots of a consultation is one registration.
func TestSlotsAreNotCountedTwice(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := testkit.NewEvent(
		t,
		k.admin,
		k.town["kita"],
		testkit.EventOptions{
			StartsAt: june,
			Parts:    []testkit.PartOptions{{Reservation: "slot", Quotas: []testkit.QuotaOptions{{Capacity: 40}}}},
		},
	)
	k.host(e.ID, "kita", "host")
	slot := e.Slot(t, k.admin, june, 30*time.Minute)
	k.exec("update quota_counter set capacity = 40, taken = 10 where event_id = $1", e.ID)
	if n := k.number("select count(*) from quota_counter where quota_id = $1 and taken = 10", slot); n != 1 {
		t.Fatal("no slot is taken")
	}
	parties := k.number(
		"select sum(taken) from quota_counter c where event_id = $1 and not exists (select from slot s where "+
			"s.quota_id = c.quota_id)",
		e.ID,
	)
	k.freezeAt(june.Add(AfterClosing))
	if d := k.report("kita", e.ID).Dates; len(d) != 1 || d[0].Registered.Value != Rounded(parties) || parties%10 != 0 {
		t.Errorf("registered: %+v, want %d", d, parties)
	}
}
