package event

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// What an organiser's yes stands for is asked about again when it changes, and nothing else is.
func TestSubstanceOfAnEvent(t *testing.T) {
	t.Parallel()
	if answerWithin != 72*time.Hour {
		t.Errorf("an answer is waited for %v, want 72 hours", answerWithin)
	}
	now, date := morning.Add(-time.Hour), uuid.New()
	yen := func(n int) *int { return &n }
	month := clock.NewDate(2026, 12, 1)
	fresh := func() *Event {
		return &Event{
			Title: "集い", Kind: "ibasho", Audience: "どなたでも", AudienceTags: []AudienceTag{"anyone"},
			Visibility: Public, Fee: Fee{Yen: yen(0), Note: "資料代"}, Website: "https://example.jp/",
			Occurrences: []Occurrence{{
				ID: date, Status: Scheduled, StartsAt: morning, EndsAt: midday,
				Place: Place{Kind: InPerson, Name: "集会室", Address: "元町1", Access: "駅から5分", AreaCode: "132217"},
				Parts: []Part{{
					Name: "第1部", StartsAt: morning, EndsAt: midday, Audience: "本人", Reservation: Seat,
					JoiningLink: &JoiningLink{URL: "https://example.jp/a", Note: "入口"},
				}},
			}},
		}
	}
	// change makes a case of a change after which the event differs, and one of its first date.
	type change = func(before, after *Event)
	of := func(f func(*Event)) change { return func(_, after *Event) { f(after) } }
	ofDate := func(f func(*Occurrence)) change { return func(_, after *Event) { f(&after.Occurrences[0]) } }
	ofPart := func(f func(*Part)) change { return ofDate(func(o *Occurrence) { f(&o.Parts[0]) }) }
	another := Occurrence{ID: uuid.New(), Status: Scheduled, StartsAt: morning, EndsAt: midday}
	for _, c := range []struct {
		name string
		make change
		want []string
	}{
		{"nothing", of(func(*Event) {}), nil},
		{"title", of(func(e *Event) { e.Title = "別" }), []string{"title"}},
		{"kind", of(func(e *Event) { e.Kind = "salon" }), []string{"kind"}},
		{"audience", of(func(e *Event) { e.Audience = "別" }), []string{"audience"}},
		{"audience tags", of(func(e *Event) { e.AudienceTags = nil }), []string{"audience"}},
		{"visibility", of(func(e *Event) { e.Visibility = Partners }), []string{"visibility"}},
		{"the same fee", of(func(e *Event) { e.Fee.Yen = yen(0) }), nil},
		{"fee", of(func(e *Event) { e.Fee.Yen = yen(1) }), []string{"fee"}},
		{"no fee", of(func(e *Event) { e.Fee.Yen = nil }), []string{"fee"}},
		{"a fee where none was", func(before, _ *Event) { before.Fee.Yen = nil }, []string{"fee"}},
		{"no fee as before", func(before, after *Event) { before.Fee.Yen, after.Fee.Yen = nil, nil }, nil},
		{"words of the fee", of(func(e *Event) { e.Fee.Note = "別" }), []string{"fee"}},
		{"website", of(func(e *Event) { e.Website = "" }), []string{"website"}},
		{"description", of(func(e *Event) { e.Description, e.Summary = "別", "別" }), nil},
		{"much at once, sorted", of(func(e *Event) { e.Title, e.Kind, e.Fee.Note = "別", "salon", "別" }),
			[]string{"fee", "kind", "title"}},
		{"title twice", of(func(e *Event) { e.Title, e.Occurrences[0].Parts[0].Name = "別", "別" }), []string{"title"}},

		{"start", ofDate(func(o *Occurrence) { o.StartsAt = morning.Add(-1) }), []string{"time"}},
		{"end", ofDate(func(o *Occurrence) { o.EndsAt = midday.Add(1) }), []string{"time"}},
		{"place", ofDate(func(o *Occurrence) { o.Place.Name = "別" }), []string{"place"}},
		{"address", ofDate(func(o *Occurrence) { o.Place.Address = "別" }), []string{"place"}},
		{"area", ofDate(func(o *Occurrence) { o.Place.AreaCode = "131059" }), []string{"place"}},
		{"access", ofDate(func(o *Occurrence) { o.Place.Access = "別" }), nil},
		{"kind of place", ofDate(func(o *Occurrence) { o.Place.Kind = Both }), []string{"participation"}},
		{"one part more", ofDate(func(o *Occurrence) { o.Parts = append(o.Parts, Part{}) }), []string{"participation"}},
		{"no part", ofDate(func(o *Occurrence) { o.Parts = nil }), []string{"participation"}},
		{"name of a part", ofPart(func(p *Part) { p.Name = "別" }), []string{"title"}},
		{"start of a part", ofPart(func(p *Part) { p.StartsAt = morning.Add(1) }), []string{"time"}},
		{"end of a part", ofPart(func(p *Part) { p.EndsAt = midday.Add(-1) }), []string{"time"}},
		{"audience of a part", ofPart(func(p *Part) { p.Audience = "別" }), []string{"audience"}},
		{"way of taking part", ofPart(func(p *Part) { p.Reservation = Lottery }), []string{"participation"}},
		{"link", ofPart(func(p *Part) { p.JoiningLink = &JoiningLink{URL: "https://example.jp/b"} }),
			[]string{"participation"}},
		{"no link", ofPart(func(p *Part) { p.JoiningLink = nil }), []string{"participation"}},
		{"words of the link", ofPart(func(p *Part) { p.JoiningLink = &JoiningLink{URL: "https://example.jp/a"} }), nil},

		{"a date more", of(func(e *Event) { e.Occurrences = append(e.Occurrences, another) }), []string{"time"}},
		{"a date of a series' month", of(func(e *Event) {
			next := another
			next.SeriesMonth = &month
			e.Occurrences = append(e.Occurrences, next)
		}), nil},
		{"a date more that ends just after now", of(func(e *Event) {
			next := another
			next.EndsAt = now.Add(1)
			e.Occurrences = append(e.Occurrences, next)
		}), []string{"time"}},
		{"a date more that ends now", of(func(e *Event) {
			next := another
			next.EndsAt = now
			e.Occurrences = append(e.Occurrences, next)
		}), nil},
		{"a date that was cancelled",
			ofDate(func(o *Occurrence) { o.Status, o.EndsAt = OccurrenceCancelled, midday.Add(1) }), nil},
		{"a date that was put off", ofDate(func(o *Occurrence) { o.Status, o.EndsAt = Postponed, midday.Add(1) }), nil},
		{"a date that has ended", func(before, after *Event) {
			before.Occurrences[0].EndsAt, after.Occurrences[0].EndsAt = now, now.Add(-1)
		}, nil},
		{"a date that ends just after now", func(before, after *Event) {
			before.Occurrences[0].EndsAt, after.Occurrences[0].EndsAt = now.Add(-1), now.Add(1)
		}, []string{"time"}},
		{"a date that has ended and comes back", func(before, _ *Event) { before.Occurrences[0].EndsAt = now },
			[]string{"time"}},
		{"a date that is drawn back to now", func(_, after *Event) { after.Occurrences[0].EndsAt = now },
			[]string{"time"}},
		{"a date that ended just after now and ends now", func(before, after *Event) {
			before.Occurrences[0].EndsAt, after.Occurrences[0].EndsAt = now.Add(1), now
		}, []string{"time"}},
	} {
		before, after := fresh(), fresh()
		c.make(before, after)
		if got := substance(before, after, now); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWhoIsAskedAnew(t *testing.T) {
	t.Parallel()
	owner, neighbour := organization.Ref{ID: uuid.New()}, organization.Ref{ID: uuid.New()}
	for _, c := range []struct {
		name      string
		organiser Organiser
		want      bool
	}{
		{"who said yes", Organiser{Organization: neighbour, Approval: Approved}, true},
		{"who is asked already", Organiser{Organization: neighbour, Approval: Pending, AskedAgain: &Inquiry{}}, true},
		{"who said yes and is asked already",
			Organiser{Organization: neighbour, Approval: Approved, AskedAgain: &Inquiry{}}, true},
		{"who never answered", Organiser{Organization: neighbour, Approval: Pending}, false},
		{"who said no", Organiser{Organization: neighbour, Approval: Declined}, false},
		{"the owner", Organiser{Organization: owner, Approval: Approved}, false},
		{"the owner, asked", Organiser{Organization: owner, Approval: Approved, AskedAgain: &Inquiry{}}, false},
	} {
		if got := c.organiser.isAskedBy(&Event{Owner: owner}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	question := &Inquiry{Revision: 3}
	e := &Event{Organisers: []Organiser{{Organization: owner}, {Organization: neighbour, AskedAgain: question}}}
	if got := questionTo(e, neighbour.ID); got != question {
		t.Errorf("question to the neighbour: %+v", got)
	}
	for _, id := range []uuid.UUID{owner.ID, uuid.New()} {
		if got := questionTo(e, id); got != nil {
			t.Errorf("question to who is not asked: %+v", got)
		}
	}
}

func TestCreditedToWhoSaidYes(t *testing.T) {
	t.Parallel()
	a, b, c := organization.Ref{Slug: "a"}, organization.Ref{Slug: "b"}, organization.Ref{Slug: "c"}
	e := Event{Organisers: []Organiser{
		{Organization: a, Role: Host, Approval: Approved},
		{Organization: b, Role: CoHost, Approval: Approved},
		{Organization: b, Role: Host, Approval: Pending},
		{Organization: a, Role: Host, Approval: Declined},
		{Organization: c, Role: Host, Approval: Approved},
	}}
	for role, want := range map[OrganiserRole][]organization.Ref{Host: {a, c}, CoHost: {b}, Supporter: nil} {
		if got := e.CreditedTo(role); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}
