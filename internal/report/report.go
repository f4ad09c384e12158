package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// The database has the same numbers (report_rounded, report_freeze); tests compare them.
const (
	// Least is how many tickets hold a seat at least in a batch whose answers are broken down.
	Least = 20
	// PerGone is how many of them there are at least for each ticket whose seat was given back or
	// not drawn.
	PerGone = 4
	// AfterClosing and AfterEnd are how long figures wait: for answers on their way, and for phones
	// at the door.
	AfterClosing = 30 * time.Minute
	AfterEnd     = 6 * time.Hour
	few          = 7 // the most that is one band with nobody
)

// Unknown stands for those who did not answer a question.
const Unknown = "unknown"

// Rounded is what may be said of a count: a multiple of five, 0 for up to seven.
func Rounded(count int) int {
	if count <= few {
		return 0
	}
	return (count + 2) / 5 * 5
}

// Figure is a released figure or a sum of some.
type Figure struct {
	Value int // multiple of five
	// Few is how many of its parts lie in the band 0 to 7, which is 0 in Value.
	Few int
}

// released gives the figure for a value that came out.
func released(value int) Figure {
	if value == 0 {
		return Figure{Few: 1}
	}
	return Figure{Value: value}
}

func (f Figure) plus(g Figure) Figure { return Figure{f.Value + g.Value, f.Few + g.Few} }

// Answer is how often an answer was given.
type Answer struct {
	Answer string // a choice, a municipality code or Unknown
	Figure Figure
}

// Breakdown is the answers to one question, in the order in which they are offered.
type Breakdown struct {
	Question event.Question
	Answers  []Answer
}

// Date is what came out of one date. nil is what has not come out, and what nobody counted.
type Date struct {
	OccurrenceID uuid.UUID
	StartsAt     time.Time
	Registered   *Figure
	Came         *Figure
	// BrokenDownIn is the date whose Breakdown has this one's answers; nil as long as too few have
	// come together.
	BrokenDownIn *uuid.UUID
	Breakdown    []Breakdown
}

// Event is what came out of one event.
type Event struct {
	ID    uuid.UUID
	Title string
	Dates []Date // the latest first
}

// Figures are sums of what came out.
type Figures struct {
	Dates           int
	Registered      Figure
	Came            Figure
	DatesBrokenDown int
	Breakdown       []Breakdown
	// Outside is who lives elsewhere than in the organization's own town, and OutsidePercent their
	// share of those who said where; nil when nothing is known.
	Outside        *Figure
	OutsidePercent *int
}

// YearEvent is an event in the report of a year.
type YearEvent struct {
	Figures
	ID    uuid.UUID
	Title string
	Owner organization.Ref
}

// Year is an organization's report for a fiscal year, April to March.
type Year struct {
	Year     int
	From, To clock.Date // first and last day
	Events   []YearEvent
	Total    Figures
}

// FiscalYear gives the first and the last day.
func FiscalYear(year int) (from, to clock.Date) {
	return clock.NewDate(year, time.April, 1), clock.NewDate(year+1, time.March, 31)
}

// sum adds figures up.
type sum struct {
	figures Figures
	answers map[given]Figure
}

func (s *sum) add(d Date) {
	s.figures.Dates++
	if d.Registered != nil {
		s.figures.Registered = s.figures.Registered.plus(*d.Registered)
	}
	if d.Came != nil {
		s.figures.Came = s.figures.Came.plus(*d.Came)
	}
	if d.BrokenDownIn != nil {
		s.figures.DatesBrokenDown++
	}
	if s.answers == nil {
		s.answers = map[given]Figure{}
	}
	for _, b := range d.Breakdown {
		for _, a := range b.Answers {
			g := given{b.Question, a.Answer}
			s.answers[g] = s.answers[g].plus(a.Figure)
		}
	}
}

// total closes the sum; home is the municipality code of the organization's own town, "" when it
// has none.
func (s *sum) total(home string) Figures {
	f := s.figures
	f.Breakdown = breakdowns(s.answers)
	var outside, said Figure
	for g, n := range s.answers {
		if g.question != event.AskHome || g.answer == Unknown {
			continue
		}
		said = said.plus(n)
		if g.answer != home {
			outside = outside.plus(n)
		}
	}
	if home != "" && said != (Figure{}) {
		f.Outside = &outside
		if said.Value > 0 {
			percent := (100*outside.Value + said.Value/2) / said.Value
			f.OutsidePercent = &percent
		}
	}
	return f
}

// breakdowns puts answers in order: questions as they are asked, answers as they are offered, towns
// by code.
func breakdowns(answers map[given]Figure) []Breakdown {
	var all []Breakdown
	for _, q := range event.Questions {
		b := Breakdown{Question: q}
		for g, n := range answers {
			if g.question == q {
				b.Answers = append(b.Answers, Answer{g.answer, n})
			}
		}
		if b.Answers == nil {
			continue
		}
		slices.SortFunc(b.Answers, func(x, y Answer) int {
			return cmp.Or(position(q, x.Answer)-position(q, y.Answer), cmp.Compare(x.Answer, y.Answer))
		})
		all = append(all, b)
	}
	return all
}

// position is where an answer stands among those to its question; towns stand first.
func position(q event.Question, answer string) int {
	switch answer {
	case Unknown:
		return 100
	case ticket.Elsewhere:
		return 99
	}
	return slices.Index(ticket.Choices[q], answer)
}

// Directory tells of organizations and their agreements; organization.View is one.
type Directory interface {
	Organizations() []organization.Organization
	ByID(id uuid.UUID) (organization.Organization, error)
	PartnershipsOf(organization uuid.UUID) []organization.Partnership
}

// Homes gives the towns that can be answered for an event, in the directory's order: its hosts'
// own, and those they have an agreement with. The database has the same rule (report_homes).
func Homes(view Directory, e *event.Event) []organization.Ref {
	hosts := map[uuid.UUID]bool{}
	for _, o := range e.Organisers {
		if o.Approval != event.Approved || o.Role != event.Host && o.Role != event.CoHost {
			continue
		}
		if host, err := view.ByID(o.Organization.ID); err == nil {
			if host.RegisteredBy != nil {
				host.ID = host.RegisteredBy.ID
			}
			hosts[host.ID] = true
		}
	}
	wanted := map[uuid.UUID]bool{}
	for id := range hosts {
		wanted[id] = true
		for _, p := range view.PartnershipsOf(id) {
			for _, m := range p.Members {
				wanted[m.ID] = true
			}
		}
	}
	var homes []organization.Ref
	for _, o := range view.Organizations() {
		if o.Kind == organization.Municipality && wanted[o.ID] {
			homes = append(homes, o.Ref())
		}
	}
	return homes
}
