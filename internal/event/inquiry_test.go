package event_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// shared is an event of kiyose on which bunkyo stands, and a partner group that has not answered
// yet.
func (w *town) shared(days ...int) event.Event {
	w.Helper()
	in := gathering("合同女子会", days...)
	in.Organisers = []event.OrganiserInput{
		{
			Organization: "kiyose",
			Role:         event.Host,
		},
		{Organization: "bunkyo", Role: event.Host},
		{Organization: "rakunokai", Role: event.Cooperator},
	}
	e := w.publish("kiyose", in)
	return must[event.Event](w.T)(w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 0))
}

// asked gives what an organiser is asked about, as the owner sees it.
func (w *town) asked(e event.Event, slug string) *event.Inquiry {
	w.Helper()
	now := must[event.Event](w.T)(w.events.ForStaff(w.ctx, w.by["kiyose"].Organization, e.ID))
	for _, o := range now.Organisers {
		if o.Organization.Slug == slug {
			return o.AskedAgain
		}
	}
	w.Fatalf("%s is no organiser", slug)
	return nil
}

func (w *town) worker() *postgres.DB {
	w.Helper()
	db := testkit.Open(w, postgres.Options{URL: w.bundle.LoginURL, Worker: 2, Clock: w.clock})
	return db
}

// [S5] Whoever said yes is asked again about what its name stands for, and about nothing else.
func TestASubstantialChangeAsksAgain(t *testing.T) {
	t.Parallel()
	free, website, title, same, text := 0, "https://example.jp/", "別の会", "合同女子会", "くわしく"
	supporters := event.Supporters
	tags := []event.AudienceTag{"women", "family"}
	kind := event.Kind("lecture")
	at := func(hour int) *time.Time { v := day(7, hour, 0); return &v }
	place := func(change func(p *event.Place)) *event.Place {
		p := event.Place{Kind: event.InPerson, Name: "市民センター", AreaCode: "132217"}
		change(&p)
		return &p
	}
	for name, tt := range map[string]struct {
		event event.Change
		date  event.OccurrenceChange
		want  []string
	}{
		"title":      {event: event.Change{Title: &title}, want: []string{"title"}},
		"kind":       {event: event.Change{Kind: &kind}, want: []string{"kind"}},
		"audience":   {event: event.Change{AudienceTags: &tags}, want: []string{"audience"}},
		"visibility": {event: event.Change{Visibility: &supporters}, want: []string{"visibility"}},
		"fee":        {event: event.Change{Fee: &event.Fee{Yen: &free}}, want: []string{"fee"}},
		"website":    {event: event.Change{Website: &website}, want: []string{"website"}},
		"time":       {date: event.OccurrenceChange{EndsAt: at(17)}, want: []string{"time"}},
		"place": {
			date: event.OccurrenceChange{Place: place(func(p *event.Place) { p.Name = "図書館" })},
			want: []string{"place"},
		},
		"way": {
			date: event.OccurrenceChange{Place: place(func(p *event.Place) { p.Kind = event.Both })},
			want: []string{"participation"},
		},
		"same values": {
			event: event.Change{Title: &same},
			date:  event.OccurrenceChange{Place: place(func(*event.Place) {})},
		},
		"other words":    {event: event.Change{Summary: &text, Description: &text, Assurance: &event.Assurance{}}},
		"note and doors": {date: event.OccurrenceChange{Note: &text, DoorsAt: at(13)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			e := w.shared(7)
			must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], e.ID, tt.event))
			must[event.Event](t)(w.events.ChangeOccurrence(w.ctx, w.by["kiyose"], e.ID, e.Occurrences[0].ID, tt.date))
			q := w.asked(e, "bunkyo")
			switch {
			case tt.want == nil && q != nil:
				t.Errorf("asked about %v", q.Fields)
			case tt.want != nil && (q == nil || !slices.Equal(q.Fields, tt.want)):
				t.Errorf("asked about %+v, want %v", q, tt.want)
			}
			if q := w.asked(e, "rakunokai"); q != nil {
				t.Errorf("who never said yes is asked again: %+v", q)
			}
			if q := w.asked(e, "kiyose"); q != nil {
				t.Errorf("the owner is asked about its own change: %+v", q)
			}
		})
	}
}

// [S5] It stays listed for 72 hours without an answer, and its answer ends the question.
func TestWhoIsAskedAgainStaysListedForThreeDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, worker := w.shared(14), w.worker()
	listed := func() bool { return len(w.titles(search.Filter{Organization: "bunkyo"})) == 1 }
	rename := func(title string) {
		must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], e.ID, event.Change{Title: &title}))
	}
	lapse := func() int { return must[int](t)(event.LapseQuestions(w.ctx, worker)) }

	rename("二つめの名前")
	if q := w.asked(e, "bunkyo"); q == nil || q.Revision != 1 || !q.AnswerBy.Equal(noon.Add(72*time.Hour)) {
		t.Fatalf("asked = %+v", q)
	}
	w.clock.Advance(71 * time.Hour)
	rename("三つめの名前")
	if q := w.asked(e, "bunkyo"); q == nil || q.Revision != 2 || !q.AnswerBy.Equal(noon.Add(72*time.Hour)) {
		t.Fatalf("a later change moved the day to answer by: %+v", q)
	}
	// What it has not seen it does not say yes to.
	if _, err := w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 1); !errors.Is(err, event.ErrAskedAnew) {
		t.Errorf("a yes to an older state: %v", err)
	}
	w.clock.Advance(time.Hour - time.Microsecond)
	if n := lapse(); n != 0 || !listed() {
		t.Fatalf("just before: %d lapsed, listed %t", n, listed())
	}
	w.clock.Advance(time.Microsecond)
	if !listed() {
		t.Error("reading changed the list")
	}
	if n := lapse(); n != 1 || listed() {
		t.Fatalf("at 72 hours: %d lapsed, listed %t", n, listed())
	}
	if n := lapse(); n != 0 {
		t.Errorf("lapsed twice: %d", n)
	}
	if got := w.titles(search.Filter{}); len(got) != 1 {
		t.Errorf("the event itself is gone: %v", got)
	}
	// The question stands until it is answered; a change meanwhile is one more.
	rename("四つめの名前")
	if _, err := w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 2); !errors.Is(err, event.ErrAskedAnew) {
		t.Errorf("a yes to an older state after the lapse: %v", err)
	}
	must[event.Event](t)(w.events.Decide(w.ctx, w.by["bunkyo"], e.ID, true, 3))
	if !listed() || w.asked(e, "bunkyo") != nil {
		t.Errorf("after its yes: listed %t, asked %+v", listed(), w.asked(e, "bunkyo"))
	}
	w.clock.Advance(72 * time.Hour)
	if n := lapse(); n != 0 || !listed() {
		t.Errorf("an answered question lapsed: %d, listed %t", n, listed())
	}
}

// [S5] What is over or called off needs no answer any more, and nobody's name goes.
func TestQuestionsEndWithTheEvent(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *town, e event.Event){
		"over": func(*town, event.Event) {},
		"cancelled": func(
			w *town,
			e event.Event,
		) {
			must[event.Event](w.T)(w.events.Cancel(w.ctx, w.by["kiyose"], e.ID, ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			days := 2
			if name == "cancelled" {
				days = 14
			}
			e, title := w.shared(days), "別の会"
			must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], e.ID, event.Change{Title: &title}))
			end(w, e)
			w.clock.Advance(72 * time.Hour)
			if n := must[int](t)(event.LapseQuestions(w.ctx, w.worker())); n != 1 || w.asked(e, "bunkyo") != nil {
				t.Fatalf("%d ended, asked %+v", n, w.asked(e, "bunkyo"))
			}
			now := must[event.Event](t)(w.events.ForStaff(w.ctx, w.by["kiyose"].Organization, e.ID))
			if got := now.CreditedTo(event.Host); len(got) != 2 {
				t.Errorf("hosts = %v", got)
			}
		})
	}
}

// [S5] The worker may take back what was not answered in time, and nothing else; an owner may not
// decide for a neighbour.
func TestTheDatabaseKeepsApprovals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e, worker := w.shared(14), w.worker()
	back := func(set string) int64 {
		var n int64
		err := worker.InWorker(w.ctx, func(tx *postgres.Tx) error {
			tag, err := tx.Pgx.Exec(
				w.ctx,
				"update event_organiser set "+set+" where event_id = $1 and organiser_id = $2",
				e.ID,
				w.by["bunkyo"].Organization,
			)
			n = tag.RowsAffected()
			return err
		})
		if err != nil {
			t.Logf("%s: %v", set, err)
			return 0
		}
		return n
	}
	title := "別の会"
	must[event.Event](t)(w.events.Change(w.ctx, w.by["kiyose"], e.ID, event.Change{Title: &title}))
	if n := back("approval = 'pending', decided_at = null"); n != 0 {
		t.Error("a question was lapsed before its time")
	}
	w.clock.Advance(72 * time.Hour)
	if n := back("approval = 'declined'"); n != 0 {
		t.Error("the worker decided for an organiser")
	}
	if n := back("approval = 'pending', decided_at = null"); n != 1 {
		t.Error("the worker can't take an unanswered approval back")
	}
	err := w.db.InOrganization(w.ctx, w.by["kiyose"].Organization, w.by["kiyose"].Actor, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(w.ctx, "delete from organiser_question where event_id = $1", e.ID)
		return err
	})
	if err == nil {
		t.Error("an owner took its own question away")
	}
}
