package feed_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// follower is a calendar that keeps a feed and asks whether it changed, by the validators it was
// given.
type follower struct {
	path          string
	byTag, byDate bool
	tag, date     string
	text          string
	unchanged     int // answers 304
}

// poll asks once and reports whether the calendar now holds what the feed says.
func (f *follower) poll(t *testing.T, server http.Handler) bool {
	t.Helper()
	var header []string
	if f.byTag && f.tag != "" {
		header = append(header, "If-None-Match", f.tag)
	}
	if f.byDate && f.date != "" {
		header = append(header, "If-Modified-Since", f.date)
	}
	r := get(t, server, "GET", f.path, header...)
	switch text := body(t, r); r.StatusCode {
	case http.StatusOK:
		f.text, f.tag, f.date = text, r.Header.Get("ETag"), r.Header.Get("Last-Modified")
	case http.StatusNotModified:
		f.unchanged++
	default:
		t.Fatalf("%s: %d", f.path, r.StatusCode)
	}
	return f.text == body(t, get(t, server, "GET", f.path))
}

// followers of a feed: by tag alone, by date alone, and by both.
func followers(paths ...string) (all []*follower) {
	for _, path := range paths {
		all = append(
			all,
			&follower{path: path, byTag: true},
			&follower{path: path, byDate: true},
			&follower{path: path, byTag: true, byDate: true},
		)
	}
	return all
}

func (f *follower) String() string {
	return f.path + " by tag " + strconv.FormatBool(f.byTag) + " by date " + strconv.FormatBool(f.byDate)
}

// told gives a document's Last-Modified, which must be there.
func told(t *testing.T, server http.Handler, path string) time.Time {
	t.Helper()
	r := get(t, server, "HEAD", path)
	at, err := http.ParseTime(r.Header.Get("Last-Modified"))
	if err != nil {
		t.Fatalf("%s: Last-Modified %q", path, r.Header.Get("Last-Modified"))
	}
	return at
}

func (b *bench) change(e event.Event, c event.Change) {
	b.Helper()
	if _, err := b.events.Change(b.Context(), b.author, e.ID, c); err != nil {
		b.Fatal(err)
	}
}

// exec changes the database at the time of the fake clock, as a service would, and tells the feeds
// as the change channel does.
func (b *bench) exec(statement string, args ...any) {
	b.Helper()
	err := pgx.BeginFunc(b.Context(), b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(
			b.Context(),
			"select set_config('app.now', $1, true)",
			b.clock.Now().Format(time.RFC3339Nano),
		); err != nil {
			return err
		}
		_, err := tx.Exec(b.Context(), statement, args...)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if b.feeds != nil {
		b.feeds.Changed()
	}
}

func ptr[T any](v T) *T { return &v }

// Whatever takes an entry out of a feed or changes it moves the feed's Last-Modified, which only
// rises, so that a calendar that asks by date alone follows as well as one that asks by tag. [I4]
// [F13] [I6] [I7]
func TestLastModifiedRisesWithEveryChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("合同女子会", 7, 14)
	in.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.Host},
	}
	e := b.publish(in)
	b.publish(gathering("べつの集まり", 9))
	both := in.Organisers
	feeds := []string{
		"/feeds/all.ics",
		"/feeds/organizations/kiyose.ics",
		"/feeds/organizations/bunkyo.ics",
		"/feeds/partnerships/ux.ics",
		"/feeds/kinds/joshikai.ics",
		"/feeds/kinds/ibasho.ics",
		"/feeds/events/" + e.ID.String() + ".ics",
		"/feeds/all.ics?audience=women",
		"/feeds/all.ics?exclude_organization=bunkyo",
		"/feeds/organizations/kiyose.ics?place=in_person",
	}
	all := followers(feeds...)
	moved := clock.DateOf(noon).AddDays(15).At(10, 0)
	steps := []struct {
		what string
		do   func()
	}{
		{"a host says yes", func() { must(t, second(b.events.Decide(t.Context(), b.other, e.ID, true, 0))) }},
		{"another kind", func() { b.change(e, event.Change{Kind: ptr(event.Kind("ibasho"))}) }},
		{"a title", func() { b.change(e, event.Change{Title: ptr("居場所の日")}) }},
		{"other tags", func() { b.change(e, event.Change{AudienceTags: ptr([]event.AudienceTag{"young"})}) }},
		{"a date moved", func() {
			must(
				t,
				second(
					b.events.ChangeOccurrence(
						t.Context(),
						b.author,
						e.ID,
						e.Occurrences[1].ID,
						event.OccurrenceChange{StartsAt: &moved},
					),
				),
			)
		}},
		{"a date put off", func() {
			must(t, second(b.events.PostponeOccurrence(t.Context(), b.author, e.ID, e.Occurrences[1].ID, "")))
		}},
		{
			"a host declines after all",
			func() { must(t, second(b.events.Decide(t.Context(), b.other, e.ID, false, 0))) },
		},
		{"that host says yes again", func() { must(t, second(b.events.Decide(t.Context(), b.other, e.ID, true, 0))) }},
		{"a host is taken away", func() { b.change(e, event.Change{Organisers: ptr(both[:1])}) }},
		{"for supporters only", func() { b.change(e, event.Change{Visibility: ptr(event.Supporters)}) }},
		{"for all again", func() { b.change(e, event.Change{Visibility: ptr(event.Public)}) }},
		{
			"its organization is renamed",
			func() { b.exec("update organization set name = '清瀬のまち' where slug = 'kiyose'") },
		},
		{"the partnership is renamed", func() { b.exec("update partnership set name = '広域の連携' where slug = 'ux'") }},
		{"a town leaves the partnership", func() {
			b.exec(
				"delete from partnership_member m using organization o where o.id = m.organization_id and o.slug = " +
					"'kiyose'",
			)
		}},
		{"for partners only", func() { b.change(e, event.Change{Visibility: ptr(event.Partners)}) }},
		{"for all once more", func() { b.change(e, event.Change{Visibility: ptr(event.Public)}) }},
		{"cancelled", func() { must(t, second(b.events.Cancel(t.Context(), b.author, e.ID, "雪のため"))) }},
	}
	b.clock.Advance(time.Minute)
	last := map[string]time.Time{}
	look := func(what string) {
		t.Helper()
		for _, f := range all {
			if !f.poll(t, b.server) {
				t.Errorf("%s: %s keeps what the feed no longer says", what, f)
			}
		}
		for _, path := range feeds {
			at := told(t, b.server, path)
			if at.Before(last[path]) || at.After(b.clock.Now()) {
				t.Errorf("%s: Last-Modified of %s went from %s to %s", what, path, last[path], at)
			}
			last[path] = at
		}
	}
	look("at first")
	for _, step := range steps {
		b.clock.Advance(time.Minute)
		step.do()
		look(step.what)
		look(step.what + ", asked again")
	}
	b.clock.Advance(24 * time.Hour)
	look("a day later")
	for _, f := range all {
		if f.unchanged < len(steps) {
			t.Errorf("%s: 304 only %d times", f, f.unchanged)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Last-Modified has whole seconds: a second change within one second is not lost to calendars that
// ask by date alone. [I5]
func TestSecondChangeInOneSecond(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	all := followers("/feeds/all.ics", "/feeds/events/"+e.ID.String()+".ics")
	lost := 0
	for n := range 20 {
		b.change(e, event.Change{Title: ptr("女子会" + strconv.Itoa(n))})
		for _, f := range all {
			if !f.poll(t, b.server) {
				lost++
			}
		}
		if n%5 == 4 {
			b.clock.Advance(300 * time.Millisecond)
		}
	}
	if lost > 0 {
		t.Errorf("%d changes were lost", lost)
	}
	// Soon after, the date is told again, and is good for 304.
	b.clock.Advance(30 * time.Second)
	for range 2 {
		for _, f := range all {
			if f.unchanged = 0; !f.poll(t, b.server) {
				t.Errorf("%s is behind", f)
			}
		}
	}
	for _, f := range all {
		if f.unchanged == 0 {
			t.Errorf("%s is never told 304", f)
		}
	}
	// A date that was not told by the feed is no reason to keep anything.
	if r := get(
		t,
		b.server,
		"GET",
		"/feeds/all.ics",
		"If-Modified-Since",
		told(t, b.server, "/feeds/all.ics").Add(time.Second).Format(http.TimeFormat),
	); r.StatusCode != 200 {
		t.Errorf("a date of its own: %d", r.StatusCode)
	}
}

// A burst drives the stamps ahead of the clock by no more than two minutes.
func TestStampsStayNearTheClock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	const changes = 140
	for n := range changes {
		b.exec("update event set title = $2 where id = $1", e.ID, "女子会"+strconv.Itoa(n))
	}
	var ahead bool
	if err := b.pool.QueryRow(
		t.Context(),
		"select max(at) > max(heard) + interval '122 seconds' from feed_stamp",
	).Scan(
		&ahead,
	); err != nil ||
		ahead {
		t.Errorf("far ahead: %v, %v", ahead, err)
	}
}

// Two transactions may end in the other order than they began: the one that began first and ends
// last is not lost. [I5]
func TestCommitsInTheOtherOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.publish(gathering("女子会", 7)), b.publish(gathering("居場所", 8))
	const path = "/feeds/all.ics"
	f := &follower{path: path, byDate: true}
	b.clock.Advance(time.Minute)
	tx, err := b.pool.Begin(t.Context())
	must(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), "select set_config('app.now', $1, true)", b.clock.Now().Format(time.RFC3339Nano))
	must(t, err)
	_, err = tx.Exec(t.Context(), "update event set title = '女子会（はやい）' where id = $1", first.ID)
	must(t, err)
	b.change(second, event.Change{Title: ptr("居場所（おそい）")})
	f.poll(t, b.server)
	must(t, tx.Commit(t.Context()))
	b.feeds.Changed()
	if !f.poll(t, b.server) || !strings.Contains(f.text, "女子会（はやい）") {
		t.Error("the change that was committed last is lost")
	}
}

// What was once listed stays as an empty calendar; what never was is unknown. [I6]
func TestWithdrawnFeedsAreEmpty(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	monthly, err := b.events.Create(t.Context(), b.author, gathering("毎月の会"))
	must(t, err)
	monthly, err = b.events.CreateSeries(
		t.Context(),
		b.author,
		monthly.ID,
		event.SeriesInput{RuleText: "不定期", Choose: event.ChooseFree, FirstMonth: "2026-12",
			Template: event.Template{StartsTime: "13:30", EndsTime: "16:00", Place: event.Place{Kind: event.InPerson}}},
	)
	must(t, err)
	draft, err := b.events.Create(t.Context(), b.author, gathering("下書き", 3))
	must(t, err)
	of := func(e event.Event) string { return "/feeds/events/" + e.ID.String() + ".ics" }
	series := "/feeds/series/" + monthly.Series.ID.String() + ".ics"
	status := func(path string, want int) {
		t.Helper()
		if r := get(t, b.server, "GET", path); r.StatusCode != want || strings.Contains(body(t, r), "VEVENT") {
			t.Errorf("%s: %d, want %d without entries", path, r.StatusCode, want)
		}
	}
	status(of(draft), 404)
	status(series, 404)
	must(t, second(b.events.Publish(t.Context(), b.author, monthly.ID)))
	status(series, 200)
	b.change(e, event.Change{Visibility: ptr(event.Partners)})
	b.change(monthly, event.Change{Visibility: ptr(event.Partners)})
	status(of(e), 200)
	status(series, 200)
	// Taken out of the database altogether, which no service does.
	b.exec("delete from event where id = $1", e.ID)
	status(of(e), 200)
	status("/feeds/events/"+uuid.NewString()+".ics", 404)
}

// property gives a line of the only entry of a feed.
func (b *bench) property(path string, name ics.ComponentProperty) string {
	b.Helper()
	entries := calendar(b.T, body(b.T, get(b.T, b.server, "GET", path))).Events()
	if len(entries) != 1 {
		b.Fatalf("%s: %d entries", path, len(entries))
	}
	if p := entries[0].GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

// A rename moves all that shows the name, in the transaction of the rename. [I7]
func TestRenamesMoveWhatShowsThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("女子会", 7)
	in.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.CoHost},
	}
	e := b.publish(in)
	must(t, second(b.events.Decide(t.Context(), b.other, e.ID, true, 0)))
	alone := b.publish(gathering("ひとりの会", 8))
	b.clock.Advance(time.Minute)
	path := "/feeds/events/" + e.ID.String() + ".ics"
	// Straight from the table: the service holds back what any open transaction of the server may
	// still join.
	hear := func() (ids []uuid.UUID) {
		rows, err := b.pool.Query(
			t.Context(),
			"select event_id from event_change where xid = (select max(xid) from event_change)",
		)
		must(t, err)
		ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		must(t, err)
		return ids
	}
	for _, c := range []struct{ statement, shows string }{
		{"update organization set name = '清瀬のまち' where slug = 'kiyose'", "主催：清瀬のまち"},
		{"update organization set name = '文京のまち' where slug = 'bunkyo'", "共催：文京のまち"},
	} {
		sequence, stamp := b.property(
			path,
			ics.ComponentPropertySequence,
		), b.property(
			path,
			ics.ComponentPropertyDtstamp,
		)
		before := map[string]time.Time{}
		for _, p := range []string{
			path,
			"/feeds/all.ics",
			"/feeds/organizations/bunkyo.ics",
			"/feeds/kinds/joshikai.ics",
		} {
			before[p] = told(t, b.server, p)
		}
		b.clock.Advance(time.Minute)
		b.exec(c.statement)
		if got := b.property(
			path,
			ics.ComponentPropertyDescription,
		); !strings.Contains(
			strings.ReplaceAll(got, "\\n", "\n"),
			c.shows,
		) {
			t.Errorf("%s: %q", c.statement, got)
		}
		if b.property(path, ics.ComponentPropertySequence) <= sequence ||
			b.property(path, ics.ComponentPropertyDtstamp) <= stamp {
			t.Errorf("%s: SEQUENCE or DTSTAMP stand", c.statement)
		}
		for p, at := range before {
			if !told(t, b.server, p).After(at) {
				t.Errorf("%s: Last-Modified of %s stands", c.statement, p)
			}
		}
		if ids := hear(); !slices.Contains(ids, e.ID) ||
			slices.Contains(ids, alone.ID) == strings.Contains(c.statement, "bunkyo") {
			t.Errorf("%s: mirrors hear of %v", c.statement, ids)
		}
	}
	if text := body(
		t,
		get(t, b.server, "GET", "/feeds/organizations/kiyose.ics"),
	); !strings.Contains(
		text,
		"X-WR-CALNAME:清瀬のまち｜となりまち\r\n",
	) {
		t.Errorf("the calendar is called by its old name:\n%s", text)
	}
	before := told(t, b.server, "/feeds/all.ics")
	b.clock.Advance(time.Minute)
	b.exec("update organization set introduction = 'ようこそ', website = 'https://example.jp' where slug = 'kiyose'")
	if !told(t, b.server, "/feeds/all.ics").Equal(before) {
		t.Error("what no calendar shows of an organization moves them")
	}
}

// A change that no calendar shows moves nothing of calendars; the API's mirrors hear of it. One
// that changes nothing moves nothing at all. [I11]
func TestChangesThatNoCalendarShows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("女子会", 7)
	in.Occurrences[0].Parts = []event.PartInput{
		{
			Name:        "第1部",
			Reservation: event.Seat,
			Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 5}},
		},
	}
	e := b.publish(in)
	o := e.Occurrences[0]
	path := "/feeds/events/" + e.ID.String() + ".ics"
	parts := func(edit func(p *event.PartInput)) event.OccurrenceChange {
		p := o.PartInputs()
		edit(&p[0])
		return event.OccurrenceChange{Parts: &p}
	}
	state := func() string {
		r := get(t, b.server, "GET", path)
		return b.property(
			path,
			ics.ComponentPropertySequence,
		) + " " + b.property(
			path,
			ics.ComponentPropertyDtstamp,
		) + " " + r.Header.Get(
			"ETag",
		) + " " + r.Header.Get(
			"Last-Modified",
		) +
			" " + told(
			t,
			b.server,
			"/feeds/all.ics",
		).String()
	}
	var known uint64
	heard := func() bool { // straight from the table, see above
		was := known
		must(t, b.pool.QueryRow(t.Context(), "select max(xid)::text::bigint from event_change").Scan(&known))
		return known > was
	}
	heard()
	occurrence := func(c event.OccurrenceChange) func() {
		return func() { must(t, second(b.events.ChangeOccurrence(t.Context(), b.author, e.ID, o.ID, c))) }
	}
	for _, c := range []struct {
		what        string
		do          func()
		calendar    bool
		mirrorsHear bool
	}{
		{"nothing", func() { b.change(e, event.Change{Title: ptr("女子会"), Summary: ptr("お茶を飲みながら")}) }, false, false},
		{"no organiser", func() {
			b.change(
				e,
				event.Change{Organisers: ptr([]event.OrganiserInput{{Organization: "kiyose", Role: event.Host}})},
			)
		}, false, false},
		{
			"nothing of a date",
			occurrence(event.OccurrenceChange{StartsAt: &o.StartsAt, Parts: ptr(o.PartInputs())}),
			false,
			false,
		},
		{
			"what helps people",
			func() { b.change(e, event.Change{Assurance: &event.Assurance{ListenOnlyOK: ptr(true)}}) },
			false,
			true,
		},
		{
			"questions",
			func() { b.change(e, event.Change{Questions: ptr([]event.Question{event.AskAge})}) },
			false,
			true,
		},
		{"the long text", func() { b.change(e, event.Change{Description: ptr("くわしくは")}) }, false, true},
		{
			"a table",
			occurrence(parts(func(p *event.PartInput) { p.Booths = []event.BoothInput{{Name: "相談の席"}} })),
			false,
			true,
		},
		{"who is asked and says nothing yet", func() {
			b.change(
				e,
				event.Change{
					Organisers: ptr([]event.OrganiserInput{
						{Organization: "kiyose", Role: event.Host},
						{Organization: "bunkyo", Role: event.CoHost},
					}),
				},
			)
		}, false, false},
		{"a part's name", occurrence(parts(func(p *event.PartInput) { p.Name = "午前の部" })), true, true},
		{"a fee", func() { b.change(e, event.Change{Fee: &event.Fee{Yen: ptr(100)}}) }, true, true},
		{"a note", occurrence(event.OccurrenceChange{Note: ptr("スリッパをお持ちください")}), true, true},
	} {
		b.clock.Advance(time.Minute)
		before := state()
		c.do()
		if moved := state() != before; moved != c.calendar {
			t.Errorf("%s: calendars moved: %v\n%s\n%s", c.what, moved, before, state())
		}
		if got := heard(); got != c.mirrorsHear {
			t.Errorf("%s: mirrors hear: %v", c.what, got)
		}
	}
}

// Every column of an event, a date or a part either stands in calendars and moves SEQUENCE, or does
// neither: the rule in SQL and the texts in Go agree. [I11]
func TestSequenceMovesWithWhatCalendarsShow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("女子会", 7)
	in.Website = "https://example.jp/a"
	in.Occurrences[0].Place = event.Place{Kind: event.Both, Name: "市民センター"}
	in.Occurrences[0].Parts = []event.PartInput{{Name: "第1部", Reservation: event.NoReservation}}
	e := b.publish(in)
	path := "/feeds/events/" + e.ID.String() + ".ics"
	// What moves SEQUENCE though public calendars don't show it: tickets' own calendars and notices
	// do.
	tickets := []string{"part.place_note"}
	for _, set := range []string{
		"event.title = 'べつ'",
		"event.kind = 'salon'",
		"event.summary = 'べつ'",
		"event.description = 'べつ'",
		"event.audience = 'べつ'",
		"event.audience_tags = '{young}'",
		"event.nickname_ok = true",
		"event.wheelchair = true",
		"event.press = 'none'",
		"event.attending_offices = '{a}'",
		"event.questions = '{age}'",
		"event.fee_yen = 5",
		"event.fee_note = 'べつ'",
		"event.website = 'https://example.jp/b'",
		"occurrence.starts_at = o.starts_at - interval '1 hour'",
		"occurrence.ends_at = o.ends_at + interval '1 hour'",
		"occurrence.doors_at = o.starts_at - interval '5 minutes'",
		"occurrence.moved_from = o.starts_at - interval '9 days'",
		"occurrence.place_name = 'べつ'",
		"occurrence.place_address = 'べつ'",
		"occurrence.place_access = 'べつ'",
		"occurrence.area_code = '132217'",
		"occurrence.note = 'べつ'",
		"occurrence.place_kind = 'in_person'",
		"occurrence.status = 'postponed'",
		"part.name = 'べつ'",
		"part.description = 'べつ'",
		"part.starts_at = o.starts_at + interval '5 minutes'",
		"part.ends_at = o.ends_at - interval '5 minutes'",
		"part.place_note = 'べつ'",
		"part.audience = 'べつ'", "part.press = 'none'",
	} {
		table, rest, _ := strings.Cut(set, ".")
		column, _, _ := strings.Cut(rest, " ")
		key := map[string]string{"event": "id", "occurrence": "event_id", "part": "event_id"}[table]
		lines := func() (shown, sequence string) {
			var kept []string
			for line := range strings.SplitSeq(body(t, get(t, b.server, "GET", path)), "\r\n") {
				switch name, value, _ := strings.Cut(line, ":"); name {
				case "SEQUENCE":
					sequence = value
				case "DTSTAMP", "LAST-MODIFIED", "X-WR-CALNAME", "NAME":
				default:
					kept = append(kept, line)
				}
			}
			return strings.Join(kept, "\n"), sequence
		}
		shown, sequence := lines()
		b.exec("update "+table+" o set "+rest+" where "+key+" = $1", e.ID)
		after, moved := lines()
		switch {
		case shown != after && sequence == moved:
			t.Errorf("%s: shown, and SEQUENCE stands", set)
		case shown == after && sequence != moved && !slices.Contains(tickets, table+"."+column):
			t.Errorf("%s: not shown, and SEQUENCE moves", set)
		}
	}
}
