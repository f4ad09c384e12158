package event_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.publish("kiyose", gathering("清瀬の女子会", 3, 10, 17))

	lecture := gathering("文京の講演会", 5)
	lecture.Kind, lecture.AudienceTags, lecture.Summary = "lecture", []event.AudienceTag{
		"family",
		"supporter",
	}, "ＣＲＡＦＴ入門"
	lecture.Occurrences[0].Place = event.Place{Kind: event.Both, Name: "区民センター", AreaCode: "131059"}
	lecture.Occurrences[0].Parts[0] = event.PartInput{Reservation: event.NoReservation}
	w.publish("bunkyo", lecture)

	training := gathering("支援者の研修", 6)
	training.Kind, training.Visibility, training.AudienceTags = "training", event.Supporters, []event.AudienceTag{
		"supporter",
	}
	training.Occurrences[0].Place = event.Place{Kind: event.Online}
	w.publish("toshima", training)

	joint := gathering("合同の居場所", 4)
	joint.Kind, joint.AudienceTags = "ibasho", []event.AudienceTag{"anyone"}
	joint.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.Host},
	}
	joint.Occurrences[0].Place.AreaCode = "131059"
	e := w.publish("kiyose", joint)
	must[event.Event](t)(w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 0))

	at := func(days int) *time.Time { d := day(days, 0, 0); return &d }
	for name, c := range map[string]struct {
		filter search.Filter
		want   []string
	}{
		"all in date order, once each":  {search.Filter{}, []string{"清瀬の女子会", "合同の居場所", "文京の講演会"}},
		"from":                          {search.Filter{From: at(5)}, []string{"文京の講演会", "清瀬の女子会"}},
		"to":                            {search.Filter{To: at(4)}, []string{"清瀬の女子会"}},
		"organization":                  {search.Filter{Organization: "bunkyo"}, []string{"合同の居場所", "文京の講演会"}},
		"not in my town":                {search.Filter{ExcludeOrganization: "kiyose"}, []string{"合同の居場所", "文京の講演会"}},
		"not in the other town":         {search.Filter{ExcludeOrganization: "bunkyo"}, []string{"清瀬の女子会"}},
		"area":                          {search.Filter{Area: "131059"}, []string{"合同の居場所", "文京の講演会"}},
		"kind":                          {search.Filter{Kind: "lecture"}, []string{"文京の講演会"}},
		"women, and what is for anyone": {search.Filter{Audience: "women"}, []string{"清瀬の女子会", "合同の居場所"}},
		"supporters find theirs":        {search.Filter{Audience: "supporter"}, []string{"文京の講演会", "支援者の研修"}},
		"online":                        {search.Filter{Place: event.Online}, []string{"文京の講演会"}},
		"in person":                     {search.Filter{Place: event.InPerson}, []string{"清瀬の女子会", "合同の居場所", "文京の講演会"}},
		"no reservation":                {search.Filter{Reservation: event.NoReservation}, []string{"文京の講演会"}},
		"partnership":                   {search.Filter{Partnership: "ux"}, []string{"清瀬の女子会", "合同の居場所", "文京の講演会"}},
		"words, any width":              {search.Filter{Query: "craft 講演"}, []string{"文京の講演会"}},
		"two letters":                   {search.Filter{Query: "女子"}, []string{"清瀬の女子会"}},
		"no wildcards":                  {search.Filter{Query: "%"}, nil},
		"one a page":                    {search.Filter{Limit: 1}, []string{"清瀬の女子会", "合同の居場所", "文京の講演会"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.titles(c.filter); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	for name, f := range map[string]search.Filter{
		"unknown town":        {Organization: "nowhere"},
		"unknown kind":        {Kind: "x"},
		"unknown area":        {Area: "000000"},
		"hidden letters":      {Query: "a\u202e"},
		"unknown partnership": {Partnership: "x"}, "to before from": {From: at(5), To: at(3)},
	} {
		if _, err := w.search.List(w.ctx, f); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A search walks a bounded stretch of dates at a time; what lies beyond must be found all the same,
// rare or not.
func TestSearchBeyondItsBudget(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish("kiyose", gathering("ふつうの会", 1))
	_, err := w.bundle.Pool(t).Exec(w.ctx, `
		insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind)
		select organization_id, id, $2::timestamptz + g * interval '1 minute',
		  $2::timestamptz + g * interval '1 minute' + interval '1 hour', 'in_person'
		  from event, generate_series(1, 12000) g where id = $1`,
		e.ID, day(2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	w.publish("bunkyo", gathering("料理", 300))
	for _, q := range []string{"料理", "料"} {
		if got := w.titles(search.Filter{Query: q}); !slices.Equal(got, []string{"料理"}) {
			t.Errorf("%s: %v", q, got)
		}
	}
	w.publish("bunkyo", gathering("ボードゲーム", 301))
	page := must[search.Page](t)(w.search.List(w.ctx, search.Filter{Query: "ボードゲーム"}))
	if len(page.Items) != 1 {
		t.Errorf("a long word is not found at once: %d", len(page.Items))
	}

	rare := gathering("ほかの町の研修", 302)
	rare.Kind, rare.AudienceTags, rare.Occurrences[0].Parts[0] = "training", []event.AudienceTag{
		"supporter",
		"over_40",
	}, drawn(
		302,
	)
	w.publish("toshima", rare)
	for name, f := range map[string]search.Filter{
		"kind":                        {Kind: "training"},
		"organization":                {Organization: "toshima"},
		"audience":                    {Audience: "over_40"},
		"supporters":                  {Audience: "supporter"},
		"reservation":                 {Reservation: event.Lottery},
		"long word and kind":          {Query: "ほかの町", Kind: "training"},
		"long and short word":         {Query: "ほかの町 研修"},
		"short word and organization": {Query: "研修", Organization: "toshima"},
	} {
		page := must[search.Page](t)(w.search.List(w.ctx, f))
		if len(page.Items) != 1 || page.Next != nil || page.Items[0].Event.Title != "ほかの町の研修" {
			t.Errorf("%s: what is rare is not found at once: %d", name, len(page.Items))
		}
	}
	if page := must[search.Page](
		t,
	)(
		w.search.List(w.ctx, search.Filter{Query: "ふつうの会", Kind: "training"}),
	); len(page.Items) != 0 ||
		page.Next != nil {
		t.Errorf("what is not there: %d", len(page.Items))
	}
}

// What draft and withdrawn events say must not be found, though the look-up by words steps around
// row-level security.
func TestLookUpKeepsSecrets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	must[event.Event](t)(w.events.Create(w.ctx, w.by["kiyose"], gathering("ひみつの下書き", 3)))
	partners := gathering("ひみつの集まり", 3)
	partners.Visibility = event.Partners
	w.publish("kiyose", partners)
	shown := w.publish("kiyose", gathering("ひみつではない会", 3))
	rows, err := w.bundle.Pool(t).Query(w.ctx, "select event_search(array['%ひみつ%'], null, 10)")
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []uuid.UUID{shown.ID}) {
		t.Errorf("found %v", found)
	}
	// Quotes in a word stay in the word.
	for _, q := range []string{`ひみつ' or true --`, `\'%`, "ひみつ%"} {
		if got := w.titles(search.Filter{Query: q}); len(got) != 0 {
			t.Errorf("%s: %v", q, got)
		}
	}
}

func TestChangesForMirrors(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var ids []uuid.UUID
	for i := range 5 {
		ids = append(ids, w.publish("kiyose", gathering(fmt.Sprint("会", i), 3+i)).ID)
	}
	// A change shows once no older transaction of the server is open, and the tests beside this one
	// have some.
	follow := func(from search.ChangePosition, n int) (items []search.Changed, at search.ChangePosition) {
		t.Helper()
		for at = from; len(items) < n && w.ctx.Err() == nil; {
			page := must[search.ChangePage](t)(w.search.Changes(w.ctx, at, 3))
			if len(page.Items) > 3 || page.More && len(page.Items) < 3 {
				t.Fatalf("a page of %d, more %v", len(page.Items), page.More)
			}
			items, at = append(items, page.Items...), page.Next
		}
		return items, at
	}
	items, at := follow(search.ChangePosition{}, 5)
	for i, c := range items {
		if c.EventID != ids[i] || c.Event == nil {
			t.Errorf("change %d = %v", i, c.EventID)
		}
	}
	hidden := event.Partners
	must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], ids[0], event.Change{Visibility: &hidden}))
	gone, at := follow(at, 1)
	if gone[0].EventID != ids[0] || gone[0].Event != nil {
		t.Errorf("tombstone = %+v", gone)
	}
	selection := must[search.Selection](t)(w.search.Select(w.ctx, search.Selector{}))
	if !selection.ChangedAt.After(noon) {
		t.Errorf("changed at %v", selection.ChangedAt)
	}
	if again := must[search.ChangePage](t)(w.search.Changes(w.ctx, at, 3)); len(again.Items) != 0 || again.Next != at {
		t.Errorf("a mirror that is up to date = %+v", again)
	}
	// Who begins anew meets the withdrawn event once, as a tombstone.
	anew, _ := follow(search.ChangePosition{}, 5)
	if at := slices.IndexFunc(
		anew,
		func(c search.Changed) bool { return c.EventID == ids[0] },
	); at < 0 ||
		len(anew) > 6 {
		t.Errorf("from the beginning: %d changes", len(anew))
	}
}

func TestFeedWindows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.publish("kiyose", gathering("窓", -61, -60, 1, 400, 401))
	gone := w.publish("kiyose", gathering("中止", 20))
	must[event.Event](t)(w.events.Cancel(w.ctx, w.by["kiyose"], gone.ID, ""))
	count := func() (dates int) {
		for _, e := range must[search.Selection](t)(w.search.Select(
			w.ctx,
			search.Selector{Organization: "kiyose"},
		)).Events {
			dates += len(e.Occurrences)
		}
		return dates
	}
	if got := count(); got != 4 {
		t.Errorf("%d dates in the feed, want 4", got)
	}
	w.clock.Advance(31 * 24 * time.Hour)
	if got := count(); got != 3 {
		t.Errorf("%d dates a month later, want 3 without what was cancelled, with the one that came into sight", got)
	}
}
