package event_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func TestLifeOfAnEvent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	kiyose := w.by["kiyose"]
	draft := must[event.Event](t)(w.events.Create(w.ctx, kiyose, gathering("女子会", 7, 14)))
	if draft.Status != event.Draft || len(draft.Occurrences) != 2 || len(draft.Occurrences[0].Parts[0].Quotas) != 1 {
		t.Fatalf("draft = %+v", draft)
	}
	if got := w.titles(search.Filter{}); len(got) != 0 {
		t.Fatalf("a draft is listed: %v", got)
	}
	if _, err := w.events.Published(w.ctx, draft.ID); !errors.Is(err, event.ErrUnknown) {
		t.Fatalf("a draft can be read: %v", err)
	}
	must[event.Event](t)(w.events.Submit(w.ctx, kiyose, draft.ID))
	must[event.Event](t)(w.events.Publish(w.ctx, kiyose, draft.ID))
	if _, err := w.events.Publish(w.ctx, kiyose, draft.ID); !errors.Is(err, event.ErrStatus) {
		t.Errorf("published twice: %v", err)
	}
	shown := must[event.Event](t)(w.events.Published(w.ctx, draft.ID))
	if q := shown.Occurrences[0].Parts[0].Quotas[0]; !q.Accepting || q.Capacity != 10 {
		t.Errorf("quota of a published event = %+v", q)
	}
	if err := w.events.Delete(w.ctx, kiyose, draft.ID); !errors.Is(err, event.ErrPublishedStays) {
		t.Errorf("a published event was deleted: %v", err)
	}

	title := "女子会 冬"
	changed := must[event.Event](t)(w.events.Change(w.ctx, kiyose, draft.ID, event.Change{Title: &title}))
	for i, o := range changed.Occurrences {
		if o.Sequence <= shown.Occurrences[i].Sequence {
			t.Errorf("SEQUENCE of date %d did not move: %d", i, o.Sequence)
		}
	}
	next := day(8, 10, 0)
	moved := must[event.Event](
		t,
	)(
		w.events.ChangeOccurrence(
			w.ctx,
			kiyose,
			draft.ID,
			shown.Occurrences[0].ID,
			event.OccurrenceChange{StartsAt: &next},
		),
	)
	first, second := moved.Occurrences[0], moved.Occurrences[1]
	if first.ID != shown.Occurrences[0].ID || first.MovedFrom == nil || !first.MovedFrom.Equal(day(7, 14, 0)) ||
		!first.EndsAt.Equal(day(8, 12, 0)) {
		t.Errorf("moved date = %+v", first)
	}
	if p := first.Parts[0]; !p.StartsAt.Equal(next) || p.Quotas[0].ID != shown.Occurrences[0].Parts[0].Quotas[0].ID {
		t.Errorf("the part did not move along: %+v", p)
	}
	if second.Sequence != changed.Occurrences[1].Sequence {
		t.Errorf("the other date's SEQUENCE moved: %d → %d", changed.Occurrences[1].Sequence, second.Sequence)
	}
	postponed := must[event.Event](t)(w.events.PostponeOccurrence(w.ctx, kiyose, draft.ID, second.ID, "会場の都合です"))
	if o := postponed.Occurrences[1]; o.Status != event.Postponed || o.Parts[0].Quotas[0].Accepting {
		t.Errorf("postponed date = %+v", o)
	}
	cancelled := must[event.Event](t)(w.events.Cancel(w.ctx, kiyose, draft.ID, "講師の都合です"))
	if cancelled.Status != event.Cancelled || cancelled.Occurrences[0].Parts[0].Quotas[0].Accepting {
		t.Errorf("cancelled event = %+v", cancelled)
	}
	if got := w.titles(search.Filter{}); !slices.Equal(got, []string{title}) {
		t.Errorf("a cancelled event must stay visible: %v", got)
	}
	copied := must[event.Event](t)(w.events.Copy(w.ctx, kiyose, draft.ID, 28))
	if copied.Status != event.Draft || !copied.Occurrences[0].StartsAt.Equal(day(36, 10, 0)) ||
		copied.Occurrences[0].Parts[0].Quotas[0].ID == first.Parts[0].Quotas[0].ID {
		t.Errorf("copy = %+v", copied)
	}
	if err := w.events.Delete(w.ctx, kiyose, copied.ID); err != nil {
		t.Errorf("delete a draft: %v", err)
	}
}

func TestEachOrganiserDecidesForItself(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := gathering("合同女子会", 7)
	in.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.Host},
		{Organization: "rakunokai", Role: event.Cooperator},
	}
	e := w.publish("kiyose", in)
	ask := func(slug string) []string { return w.titles(search.Filter{Organization: slug}) }
	if got := ask("bunkyo"); len(got) != 0 {
		t.Errorf("listed before it said yes: %v", got)
	}
	invited := must[search.StaffPage](
		t,
	)(
		w.search.ListForStaff(w.ctx, w.by["bunkyo"].Organization, search.StaffFilter{Scope: search.ScopeInvited}),
	)
	if len(invited.Items) != 1 {
		t.Fatalf("invited = %d", len(invited.Items))
	}
	if _, err := w.events.Decide(w.ctx, w.by["toshima"], e.ID, true, 0); !errors.Is(err, event.ErrNotInvited) {
		t.Errorf("an organization that was not asked said yes: %v", err)
	}
	if _, err := w.events.Decide(w.ctx, w.by["kiyose"], e.ID, false, 0); !errors.Is(err, event.ErrOwnerDecides) {
		t.Errorf("the owner declined: %v", err)
	}
	before := must[event.Event](t)(w.events.Published(w.ctx, e.ID))
	must[event.Event](t)(w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 0))
	must[event.Event](t)(w.events.Decide(w.ctx, w.by["rakunokai"], e.ID, false, 0))
	if got := ask("bunkyo"); !slices.Equal(got, []string{"合同女子会"}) {
		t.Errorf("bunkyo's list = %v", got)
	}
	if got := ask("rakunokai"); len(got) != 0 {
		t.Errorf("listed though it declined: %v", got)
	}
	after := must[event.Event](t)(w.events.Published(w.ctx, e.ID))
	if got := after.CreditedTo(event.Host); len(got) != 2 || got[0].Slug != "kiyose" || got[1].Slug != "bunkyo" {
		t.Errorf("hosts = %v", got)
	}
	if after.Occurrences[0].Sequence <= before.Occurrences[0].Sequence {
		t.Error("a new host did not move SEQUENCE")
	}
	// A neighbour may see, not change.
	title := "乗っ取り"
	if _, err := w.events.Change(
		w.ctx,
		w.by["bunkyo"],
		e.ID,
		event.Change{Title: &title},
	); !errors.Is(
		err,
		event.ErrNotOwner,
	) {
		t.Errorf("a neighbour changed the event: %v", err)
	}
	if _, err := w.events.Cancel(w.ctx, w.by["bunkyo"], e.ID, ""); !errors.Is(err, event.ErrNotOwner) {
		t.Errorf("a neighbour cancelled the event: %v", err)
	}
	// A new role asks again.
	organisers := []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.CoHost},
	}
	changed := must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], e.ID, event.Change{Organisers: &organisers}))
	if len(changed.Organisers) != 2 || changed.Organisers[1].Approval != event.Pending {
		t.Errorf("organisers after the change = %+v", changed.Organisers)
	}
}

func TestRowsOfOthersStayClosed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	draft := must[event.Event](t)(w.events.Create(w.ctx, w.by["kiyose"], gathering("ひみつ", 7)))
	title := "x"
	if _, err := w.events.Change(
		w.ctx,
		w.by["bunkyo"],
		draft.ID,
		event.Change{Title: &title},
	); !errors.Is(
		err,
		event.ErrUnknown,
	) {
		t.Errorf("a foreign draft is not unknown: %v", err)
	}
	if _, err := w.events.ForStaff(w.ctx, w.by["bunkyo"].Organization, draft.ID); !errors.Is(err, event.ErrUnknown) {
		t.Errorf("a foreign draft can be read: %v", err)
	}
	// Nobody can say yes for a neighbour, not even in SQL.
	in := gathering("合同", 7)
	in.Organisers = []event.OrganiserInput{{Organization: "bunkyo", Role: event.Host}}
	e := must[event.Event](t)(w.events.Create(w.ctx, w.by["kiyose"], in))
	err := w.db.InOrganization(w.ctx, w.by["kiyose"].Organization, w.by["kiyose"].Actor, func(tx *tx) error {
		return tx.Gorm.Exec(
			"update event_organiser set approval = 'approved', decided_at = now() where event_id = ? and "+
				"organiser_id = ?",
			e.ID,
			w.by["bunkyo"].Organization,
		).Error
	})
	if err == nil || !strings.Contains(err.Error(), "approval belongs to the organiser") {
		t.Errorf("the owner approved for its neighbour: %v", err)
	}
	err = w.db.InOrganization(w.ctx, w.by["bunkyo"].Organization, w.by["bunkyo"].Actor, func(tx *tx) error {
		return tx.Gorm.Exec("update event_organiser set role = 'supporter' where event_id = ?", e.ID).Error
	})
	if err == nil || !strings.Contains(err.Error(), "role and order belong to the owner") {
		t.Errorf("a neighbour changed its role: %v", err)
	}
}

func TestPartnersEventsAreNeverPublic(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := gathering("ネットワーク会議", 7)
	in.Visibility, in.Kind = event.Partners, "meeting"
	e := w.publish("toshima", in)
	if got := w.titles(search.Filter{}); len(got) != 0 {
		t.Errorf("listed: %v", got)
	}
	for _, s := range []search.Selector{{}, {Organization: "toshima"}, {Kind: "meeting"}} {
		if got := must[search.Selection](t)(w.search.Select(w.ctx, s)); len(got.Events) != 0 {
			t.Errorf("in feed %+v", s)
		}
	}
	if _, err := w.search.Select(w.ctx, search.Selector{Event: e.ID}); !errors.Is(err, search.ErrFeedUnknown) {
		t.Errorf("has a feed: %v", err)
	}
	if page := must[search.ChangePage](t)(w.search.Changes(w.ctx, search.ChangePosition{}, 10)); len(page.Items) != 0 {
		t.Errorf("in the change log: %+v", page.Items)
	}
	shown := must[search.StaffPage](
		t,
	)(
		w.search.ListForStaff(w.ctx, w.by["rakunokai"].Organization, search.StaffFilter{Scope: search.ScopePartners}),
	)
	if len(shown.Items) != 1 {
		t.Error("the partner group that toshima registered does not see it")
	}
	hidden := must[search.StaffPage](
		t,
	)(
		w.search.ListForStaff(w.ctx, w.by["kiyose"].Organization, search.StaffFilter{Scope: search.ScopePartners}),
	)
	if len(hidden.Items) != 0 {
		t.Error("a town outside the agreement sees it")
	}
}

func TestSeriesWithAChoice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	group := w.by["rakunokai"]
	e := must[event.Event](t)(w.events.Create(w.ctx, group, event.Input{Kind: "family", Title: "月例会"}))
	if _, err := w.events.Publish(w.ctx, group, e.ID); !errors.Is(err, event.ErrNoDates) {
		t.Errorf("published without any date: %v", err)
	}
	e = must[event.Event](t)(w.events.CreateSeries(w.ctx, group, e.ID, event.SeriesInput{
		Rule:       "FREQ=MONTHLY;BYDAY=3SA,4SA",
		RuleText:   "毎月 第3または第4土曜日の午後",
		Choose:     event.ChooseOne,
		FirstMonth: "2026-12",
		Template: event.Template{
			StartsTime: "13:30",
			EndsTime:   "16:00",
			Place:      event.Place{Kind: event.InPerson, Name: "巣鴨"},
		},
	}))
	december, january := clock.NewDate(2026, time.December, 1), clock.NewDate(2027, time.January, 1)
	if got := e.Series.Candidates(
		december,
	); len(got) != 2 || got[0] != clock.NewDate(2026, 12, 19) ||
		got[1] != clock.NewDate(2026, 12, 26) {
		t.Fatalf("candidates of December 2026 = %v", got)
	}
	must[event.Event](t)(w.events.Publish(w.ctx, group, e.ID))
	decide := func(month clock.Date, dates ...clock.Date) (event.Event, error) {
		return w.events.DecideMonth(
			w.ctx,
			group,
			e.Series.ID,
			month,
			event.MonthChoice{Dates: dates, Skipped: len(dates) == 0},
		)
	}
	if _, err := decide(december, clock.NewDate(2026, 12, 12)); !errors.Is(err, event.ErrDateNotOffered) {
		t.Errorf("a second Saturday passed: %v", err)
	}
	if _, err := decide(
		december,
		clock.NewDate(2026, 12, 19),
		clock.NewDate(2026, 12, 26),
	); !errors.Is(
		err,
		event.ErrChooseOne,
	) {
		t.Errorf("two dates passed: %v", err)
	}
	third := must[event.Event](t)(decide(december, clock.NewDate(2026, 12, 19)))
	fourth := must[event.Event](t)(decide(december, clock.NewDate(2026, 12, 26)))
	if len(fourth.Occurrences) != 1 || fourth.Occurrences[0].ID != third.Occurrences[0].ID ||
		fourth.Occurrences[0].MovedFrom == nil {
		t.Errorf("a month settled anew must move its date: %+v", fourth.Occurrences)
	}
	skipped := must[event.Event](t)(decide(january))
	if got := skipped.Series.OpenMonths(
		clock.DateOf(noon),
		2,
	); !slices.Equal(
		got,
		[]clock.Date{clock.NewDate(2027, 2, 1), clock.NewDate(2027, 3, 1)},
	) {
		t.Errorf("open months = %v", got)
	}
	if _, err := w.events.CreateSeries(
		w.ctx,
		group,
		e.ID,
		event.SeriesInput{
			RuleText:   "不定期",
			Choose:     event.ChooseFree,
			FirstMonth: "2026-12",
			Template: event.Template{
				StartsTime: "13:30",
				EndsTime:   "16:00",
				Place:      event.Place{Kind: event.InPerson},
			},
		},
	); !errors.Is(
		err,
		event.ErrSeriesExists,
	) {
		t.Errorf("a second series: %v", err)
	}
	if _, err := w.events.DecideMonth(
		w.ctx,
		w.by["kiyose"],
		e.Series.ID,
		december,
		event.MonthChoice{Skipped: true},
	); fault.KindOf(err) == fault.KindInternal ||
		err == nil {
		t.Errorf("a neighbour settled a month: %v", err)
	}
	selection := must[search.Selection](t)(w.search.Select(w.ctx, search.Selector{Series: e.Series.ID}))
	if len(selection.Events) != 1 || len(selection.Events[0].Occurrences) != 1 {
		t.Errorf("series feed = %+v", selection)
	}
}

// A series whose parts are drawn by lot and whose tables are known needs no hand on each date.
func TestSeriesWithADrawAndTables(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.by["kiyose"]
	e := must[event.Event](t)(w.events.Create(w.ctx, owner, event.Input{Kind: "consultation", Title: "毎月の相談会"}))
	days := func(n int) *int { return &n }
	series := func(change func(*event.Template)) event.SeriesInput {
		in := event.SeriesInput{
			Rule:       "FREQ=MONTHLY;BYDAY=3SA",
			RuleText:   "毎月 第3土曜日",
			Choose:     event.ChooseEvery,
			FirstMonth: "2027-01",
			Template: event.Template{
				StartsTime: "13:00", EndsTime: "17:00", Place: event.Place{Kind: event.InPerson, Name: "市民センター"},
				Parts: []event.PartTemplate{
					{
						Name:             "講演",
						Reservation:      event.Lottery,
						ClosesDaysBefore: days(10),
						DrawsDaysBefore:  days(7),
						Quotas:           []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 5}},
					},
					{
						Name:        "相談",
						Reservation: event.Slot,
						Booths:      []event.BoothInput{{Organization: "bunkyo", Offers: "くらし"}, {Name: "弁護士"}},
					},
				},
			},
		}
		change(&in.Template)
		return in
	}
	for name, tt := range map[string]struct {
		change func(*event.Template)
		field  string
		code   string
	}{
		"drawn while one can apply": {
			func(t *event.Template) { t.Parts[0].DrawsDaysBefore = days(11) },
			"parts.0.draws_at",
			"times_out_of_order",
		},
		"seats that are drawn": {
			func(t *event.Template) { t.Parts[0].Reservation = event.Seat },
			"parts.0.draws_at",
			"only_for_lottery",
		},
		"no end of applications": {
			func(t *event.Template) { t.Parts[0].ClosesDaysBefore = nil },
			"parts.0.closes_at",
			"required",
		},
		"long before": {
			func(t *event.Template) { t.Parts[0].DrawsDaysBefore = days(401) },
			"template.parts.0.draws_days_before",
			"too_big",
		},
		"a table of nobody": {
			func(t *event.Template) { t.Parts[1].Booths[1].Name = "" },
			"template.parts.1.booths.1.name",
			"required",
		},
		"a table of nobody's here": {
			func(t *event.Template) { t.Parts[1].Booths[0].Organization = "nowhere" },
			"template.parts.1.booths.0.organization",
			"organization_unknown",
		},
		"a table's very long welcome": {
			func(t *event.Template) { t.Parts[1].Booths[0].Offers = strings.Repeat("あ", 1001) },
			"template.parts.1.booths.0.offers",
			"too_long",
		},
	} {
		_, err := w.events.CreateSeries(w.ctx, owner, e.ID, series(tt.change))
		f, _ := fault.As(err)
		if f == nil ||
			!slices.ContainsFunc(
				f.Fields,
				func(at fault.Field) bool { return at.Name == tt.field && at.Code == tt.code },
			) {
			t.Errorf("%s: %v, want %s at %s", name, err, tt.code, tt.field)
		}
	}
	e = must[event.Event](t)(w.events.CreateSeries(w.ctx, owner, e.ID, series(func(*event.Template) {})))
	third := clock.NewDate(2027, 1, 16)
	e = must[event.Event](
		t,
	)(
		w.events.DecideMonth(
			w.ctx,
			owner,
			e.Series.ID,
			clock.NewDate(2027, 1, 1),
			event.MonthChoice{Dates: []clock.Date{third}},
		),
	)
	parts := e.Occurrences[0].Parts
	if d := parts[0].Draws(); !d.Equal(third.AddDays(-7).At(12, 0)) ||
		!parts[0].Closes().Equal(third.AddDays(-9).At(0, 0)) {
		t.Errorf("closes %v, drawn %v", parts[0].Closes(), d)
	}
	if b := parts[1].Booths; len(b) != 2 || b[0].By == nil || b[0].By.Slug != "bunkyo" || b[0].Offers != "くらし" ||
		b[1].Name != "弁護士" {
		t.Errorf("tables %+v", b)
	}
	o := e.Occurrences[0]
	slots := must[[]event.BoothSlot](t)(w.events.LayOutSlots(w.ctx, owner, e.ID, o.ID, parts[1].ID, event.SlotPlan{
		Booths: []uuid.UUID{
			parts[1].Booths[0].ID,
			parts[1].Booths[1].ID,
		},
		From:    o.StartsAt,
		To:      o.StartsAt.Add(time.Hour),
		Minutes: 30,
	}))
	if len(slots) != 4 {
		t.Errorf("%d slots", len(slots))
	}
	// Moved within its month, the date keeps its tables.
	moved := must[event.Event](
		t,
	)(
		w.events.ChangeSeries(
			w.ctx,
			owner,
			e.Series.ID,
			series(func(t *event.Template) { t.Parts[0].DrawsDaysBefore = nil }),
		),
	)
	if p := moved.Series.Template.Parts; p[0].DrawsDaysBefore != nil || len(p[1].Booths) != 2 ||
		!moved.Occurrences[0].Parts[0].Draws().Equal(parts[0].Draws()) {
		t.Errorf("changed: %+v", moved.Series.Template)
	}
}

func TestBadInputIsToldByField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, c := range map[string]struct {
		change func(*event.Input)
		field  string
		code   string
	}{
		"no title":     {func(in *event.Input) { in.Title = "" }, "title", "required"},
		"long title":   {func(in *event.Input) { in.Title = strings.Repeat("あ", 10000) }, "title", "too_long"},
		"bidi title":   {func(in *event.Input) { in.Title = "a\u202eb" }, "title", "hidden_characters"},
		"unknown kind": {func(in *event.Input) { in.Kind = "party" }, "kind", "unknown_value"},
		"ends before start": {
			func(in *event.Input) { in.Occurrences[0].EndsAt = day(6, 0, 0) },
			"occurrences.0.ends_at",
			"times_out_of_order",
		},
		"year 9999": {
			func(in *event.Input) { in.Occurrences[0].EndsAt = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) },
			"occurrences.0.starts_at",
			"year_out_of_range",
		},
		"part outside": {
			func(in *event.Input) { late := day(8, 0, 0); in.Occurrences[0].Parts[0].EndsAt = &late },
			"occurrences.0.parts.0.starts_at",
			"outside_occurrence",
		},
		"seat without quota": {
			func(in *event.Input) { in.Occurrences[0].Parts[0].Quotas = nil },
			"occurrences.0.parts.0.quotas",
			"required",
		},
		"unknown organiser": {func(in *event.Input) {
			in.Organisers = []event.OrganiserInput{{Organization: "nowhere", Role: event.Host}}
		}, "organisers.0.organization", "organization_unknown"},
		"organiser twice": {func(in *event.Input) {
			in.Organisers = []event.OrganiserInput{{"bunkyo", event.Host}, {"bunkyo", event.CoHost}}
		}, "organisers", "twice"},
		"unknown booth": {func(in *event.Input) {
			in.Occurrences[0].Parts[0].Booths = []event.BoothInput{{Organization: "nowhere"}}
		}, "occurrences.0.parts.0.booths.0.organization", "organization_unknown"},
		"link by http": {func(in *event.Input) {
			in.Occurrences[0].Parts[0].JoiningLink = &event.JoiningLinkInput{URL: "http://x.example/"}
		}, "occurrences.0.parts.0.joining_link.url", "not_an_address"},
		"wrong area": {
			func(in *event.Input) { in.Occurrences[0].Place.AreaCode = "132218" },
			"occurrences.0.place.area_code",
			"municipality_code_unknown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := gathering("女子会", 7)
			c.change(&in)
			_, err := w.events.Create(w.ctx, w.by["kiyose"], in)
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.KindInvalid {
				t.Fatalf("error = %v", err)
			}
			if !slices.ContainsFunc(
				f.Fields,
				func(field fault.Field) bool { return field.Name == c.field && field.Code == c.code },
			) {
				t.Errorf("fields = %+v, want %s: %s", f.Fields, c.field, c.code)
			}
		})
	}
	var stored int
	if err := w.bundle.Pool(t).QueryRow(w.ctx, "select count(*) from event").Scan(&stored); err != nil || stored != 0 {
		t.Errorf("%d events stored, %v", stored, err)
	}
}

func TestPartsAreReplacedAroundTickets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish("kiyose", gathering("女子会", 7))
	o := e.Occurrences[0]
	quota := o.Parts[0].Quotas[0]
	_, err := w.bundle.Pool(
		t,
	).Exec(
		w.ctx,
		`insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		select organization_id, event_id, occurrence_id, part_id, id, gen_random_uuid(), sha256('x'), 'confirmed', 3
		  from quota where id = $1`,
		quota.ID,
	)
	if err != nil {
		t.Fatal(err)
	}
	change := func(capacity int, id *uuid.UUID) error {
		parts := []event.PartInput{
			{
				ID:          &o.Parts[0].ID,
				Reservation: event.Seat,
				Quotas:      []event.QuotaInput{{ID: id, Channel: event.ChannelInPerson, Capacity: capacity}},
			},
		}
		_, err := w.events.ChangeOccurrence(w.ctx, w.by["kiyose"], e.ID, o.ID, event.OccurrenceChange{Parts: &parts})
		return err
	}
	if err := change(2, &quota.ID); !errors.Is(err, event.ErrBelowTaken) {
		t.Errorf("capacity below what is taken: %v", err)
	}
	if err := change(5, nil); !errors.Is(err, event.ErrTicketsHeld) {
		t.Errorf("a quota with tickets went: %v", err)
	}
	if err := change(4, &quota.ID); err != nil {
		t.Errorf("lower capacity that still fits: %v", err)
	}
	after := must[event.Event](t)(w.events.ForStaff(w.ctx, w.by["kiyose"].Organization, e.ID))
	if q := after.Occurrences[0].Parts[0].Quotas[0]; q.Capacity != 4 || q.Taken != 3 || q.Band() != event.BandFew {
		t.Errorf("quota = %+v, band %s", q, q.Band())
	}
	foreign := uuid.New()
	if err := change(4, &foreign); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a foreign quota id: %v", err)
	}
}
