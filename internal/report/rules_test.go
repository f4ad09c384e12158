package report

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestCountsAreRoundedAtTheirEdges(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{
		-1: 0, 0: 0, 1: 0, 6: 0, 7: 0, 8: 10, 9: 10, 12: 10, 13: 15, 17: 15, 18: 20, 22: 20, 23: 25, 27: 25, 28: 30,
	} {
		if got := Rounded(count); got != want {
			t.Errorf("%d is rounded to %d, want %d", count, got, want)
		}
	}
	if Least != 20 || PerGone != 4 || AfterClosing.Minutes() != 30 || AfterEnd.Hours() != 6 {
		t.Error("what is promised of a report has changed")
	}
}

func TestFiguresAddUp(t *testing.T) {
	t.Parallel()
	if got := released(0); got != (Figure{Value: 0, Few: 1}) {
		t.Errorf("the band of nobody: %+v", got)
	}
	if got := released(10); got != (Figure{Value: 10}) {
		t.Errorf("ten: %+v", got)
	}
	if got := (Figure{10, 2}).plus(Figure{15, 1}); got != (Figure{25, 3}) {
		t.Errorf("the sum: %+v", got)
	}
}

func TestAFiscalYearIsFromAprilToMarch(t *testing.T) {
	t.Parallel()
	from, to := FiscalYear(2026)
	if from != clock.NewDate(2026, 4, 1) || to != clock.NewDate(2027, 3, 31) {
		t.Errorf("%s to %s", from, to)
	}
}

func TestASumIsOfWhatCameOut(t *testing.T) {
	t.Parallel()
	batch := uuid.New()
	var s sum
	s.add(Date{})
	s.add(Date{})
	s.add(Date{Registered: &Figure{Value: 30}, Came: &Figure{Value: 25, Few: 1}})
	s.add(Date{
		Registered:   &Figure{Few: 1},
		BrokenDownIn: &batch,
		Breakdown:    []Breakdown{{event.AskAge, []Answer{{"10s", Figure{Value: 10}}, {Unknown, Figure{Few: 1}}}}},
	})
	s.add(Date{
		BrokenDownIn: &batch,
		Breakdown:    []Breakdown{{event.AskAge, []Answer{{"10s", Figure{Value: 15}}}}},
	})
	got := s.total("131016")
	if got.Dates != 5 || got.Registered != (Figure{30, 1}) || got.Came != (Figure{25, 1}) || got.DatesBrokenDown != 2 {
		t.Errorf("%+v", got)
	}
	want := []Breakdown{{event.AskAge, []Answer{{"10s", Figure{Value: 25}}, {Unknown, Figure{Few: 1}}}}}
	if fmt.Sprint(got.Breakdown) != fmt.Sprint(want) {
		t.Errorf("%+v", got.Breakdown)
	}
	if got.Outside != nil || got.OutsidePercent != nil {
		t.Errorf("nobody was asked where: %v", got.Outside)
	}
}

func TestOutsideIsOfThoseWhoSaidWhere(t *testing.T) {
	t.Parallel()
	const home, away = "131016", "142018"
	for name, tt := range map[string]struct {
		home    string
		answers map[string]Figure
		outside *Figure
		percent *int
	}{
		"all at home":        {home, map[string]Figure{home: {Value: 20}}, &Figure{}, new(0)},
		"all from elsewhere": {home, map[string]Figure{away: {Value: 20}}, &Figure{Value: 20}, new(100)},
		"some of each, and some from no town": {
			home,
			map[string]Figure{home: {Value: 15, Few: 1}, away: {Value: 10, Few: 2}, ticket.Elsewhere: {Value: 5}},
			&Figure{Value: 15, Few: 2},
			new(50),
		},
		"a half is rounded up": {
			home,
			map[string]Figure{home: {Value: 35}, away: {Value: 5}},
			&Figure{Value: 5},
			new(13),
		},
		"less is rounded down": {
			home,
			map[string]Figure{home: {Value: 100}, away: {Value: 50}},
			&Figure{Value: 50},
			new(33),
		},
		"more is rounded up": {
			home,
			map[string]Figure{home: {Value: 50}, away: {Value: 100}},
			&Figure{Value: 100},
			new(67),
		},
		"who did not say":          {home, map[string]Figure{Unknown: {Value: 50}}, nil, nil},
		"who did not say, and one": {home, map[string]Figure{Unknown: {Value: 50}, home: {Few: 1}}, &Figure{}, nil},
		"five said": {
			home,
			map[string]Figure{away: {Value: 5}, home: {Few: 1}},
			&Figure{Value: 5},
			new(100),
		},
		"without a town": {"", map[string]Figure{away: {Value: 20}}, nil, nil},
	} {
		var s sum
		ages := []Answer{{away, Figure{Value: 95}}}
		d := Date{Breakdown: []Breakdown{{event.AskAge, ages}, {Question: event.AskHome}}}
		for answer, f := range tt.answers {
			d.Breakdown[1].Answers = append(d.Breakdown[1].Answers, Answer{answer, f})
		}
		s.add(d)
		got := s.total(tt.home)
		if (got.Outside == nil) != (tt.outside == nil) || got.Outside != nil && *got.Outside != *tt.outside {
			t.Errorf("%s: outside %v, want %v", name, got.Outside, tt.outside)
		}
		if (got.OutsidePercent == nil) != (tt.percent == nil) ||
			got.OutsidePercent != nil && *got.OutsidePercent != *tt.percent {
			t.Errorf("%s: %v per cent, want %v", name, got.OutsidePercent, tt.percent)
		}
	}
}

func TestAnswersStandAsTheyAreOffered(t *testing.T) {
	t.Parallel()
	answers := map[given]Figure{}
	for _, g := range []given{
		{event.AskHome, Unknown}, {event.AskHome, ticket.Elsewhere}, {event.AskHome, "142018"},
		{event.AskHome, "131016"},
		{event.AskAge, Unknown}, {event.AskAge, "70s_up"}, {event.AskAge, "10s"}, {event.AskAge, "20s"},
		{event.AskStanding, "self"},
	} {
		answers[g] = Figure{Value: 10}
	}
	said := ""
	for _, b := range breakdowns(answers) {
		said += string(b.Question) + ":"
		for _, a := range b.Answers {
			said += " " + a.Answer
		}
		said += "; "
	}
	want := "age: 10s 20s 70s_up unknown; standing: self; home: 131016 142018 " + ticket.Elsewhere + " unknown; "
	if said != want {
		t.Errorf("%q, want %q", said, want)
	}
	if breakdowns(nil) != nil {
		t.Error("no answers are a breakdown")
	}
}

func TestAnswersAreWrittenOnceEnoughAreTogether(t *testing.T) {
	t.Parallel()
	seven, eight, nine := uuid.New(), uuid.New(), uuid.New()
	taken := map[uuid.UUID]*sums{seven: {tickets: 7}, eight: {tickets: 8}, nine: {tickets: 9}}
	due, others := enough(taken, false)
	if len(due) != 2 || due[eight] != taken[eight] || due[nine] != taken[nine] ||
		len(others) != 1 || others[0] != seven {
		t.Errorf("due %v, others %v", due, others)
	}
	if due, others := enough(taken, true); len(due) != 3 || len(others) != 0 {
		t.Errorf("at the end: due %v, others %v", due, others)
	}
}

func TestACollectorKeepsWhatWasNotWritten(t *testing.T) {
	t.Parallel()
	kept, fresh := uuid.New(), uuid.New()
	c := &Collector{dates: map[uuid.UUID]*sums{}}
	c.Count(kept, ticket.Answers{Age: "10s", Gender: "woman"})
	before := c.dates
	c.dates = map[uuid.UUID]*sums{}
	c.Count(kept, ticket.Answers{Age: "10s"})
	c.Count(kept, ticket.Answers{})
	before[fresh] = &sums{tickets: 3, counts: map[given]int{{event.AskAge, "20s"}: 3}}
	c.putBack(before)
	if s := c.dates[kept]; s.tickets != 3 || s.counts[given{event.AskAge, "10s"}] != 2 ||
		s.counts[given{event.AskGender, "woman"}] != 1 || len(s.counts) != 2 {
		t.Errorf("beside what came since: %+v", s)
	}
	if s := c.dates[fresh]; s == nil || s.tickets != 3 || len(c.dates) != 2 {
		t.Errorf("of another date: %+v", s)
	}
}

func TestACollectorHasItsBound(t *testing.T) {
	t.Parallel()
	c := &Collector{dates: map[uuid.UUID]*sums{}}
	var first uuid.UUID
	for n := range maxDates - 1 {
		id := uuid.New()
		if n == 0 {
			first = id
		}
		c.dates[id] = &sums{counts: map[given]int{}}
	}
	last, beyond := uuid.New(), uuid.New()
	c.Count(last, ticket.Answers{})
	c.Count(beyond, ticket.Answers{})
	c.Count(first, ticket.Answers{})
	if c.dates[last] == nil || c.dates[beyond] != nil || c.dates[first].tickets != 1 || len(c.dates) != maxDates {
		t.Errorf("%d dates", len(c.dates))
	}
}

// towns is a directory of some organizations.
type towns struct {
	all    []organization.Organization
	agreed []organization.Partnership
}

func (d towns) Organizations() []organization.Organization { return d.all }

func (d towns) ByID(id uuid.UUID) (organization.Organization, error) {
	for _, o := range d.all {
		if o.ID == id {
			return o, nil
		}
	}
	return organization.Organization{}, fault.NotFound("unknown")
}

func (d towns) PartnershipsOf(id uuid.UUID) (all []organization.Partnership) {
	for _, p := range d.agreed {
		if p.Has(id) {
			all = append(all, p)
		}
	}
	return all
}

func TestHomesAreThoseOfTheHostsAndTheirPartners(t *testing.T) {
	t.Parallel()
	town := func(slug string) organization.Organization {
		return organization.Organization{ID: uuid.New(), Slug: slug, Kind: organization.Municipality}
	}
	kita, minato, chuo, nishi := town("kita"), town("minato"), town("chuo"), town("nishi")
	group := organization.Organization{ID: uuid.New(), Slug: "group", Kind: organization.PartnerGroup}
	own := kita.Ref()
	group.RegisteredBy = &own
	d := towns{
		all:    []organization.Organization{minato, kita, group, chuo, nishi},
		agreed: []organization.Partnership{{Members: []organization.Ref{kita.Ref(), minato.Ref(), group.Ref()}}},
	}
	by := func(o organization.Organization, role event.OrganiserRole, approval event.Approval) event.Organiser {
		return event.Organiser{Organization: o.Ref(), Role: role, Approval: approval}
	}
	for name, tt := range map[string]struct {
		organisers []event.Organiser
		want       string
	}{
		"nobody":                    {nil, ""},
		"a host with a partner":     {[]event.Organiser{by(kita, event.Host, event.Approved)}, "minato kita "},
		"a host without":            {[]event.Organiser{by(nishi, event.Host, event.Approved)}, "nishi "},
		"a co-host":                 {[]event.Organiser{by(chuo, event.CoHost, event.Approved)}, "chuo "},
		"a supporter":               {[]event.Organiser{by(chuo, event.Supporter, event.Approved)}, ""},
		"one that has not approved": {[]event.Organiser{by(chuo, event.Host, event.Pending)}, ""},
		"a group of a town":         {[]event.Organiser{by(group, event.Host, event.Approved)}, "minato kita "},
		"a town that is nowhere":    {[]event.Organiser{by(town("higashi"), event.Host, event.Approved)}, ""},
		"two": {
			[]event.Organiser{by(chuo, event.Host, event.Approved), by(nishi, event.CoHost, event.Approved)},
			"chuo nishi ",
		},
	} {
		said := ""
		for _, o := range Homes(d, &event.Event{Organisers: tt.organisers}) {
			said += o.Slug + " "
		}
		if said != tt.want {
			t.Errorf("%s: %q, want %q", name, said, tt.want)
		}
	}
}
