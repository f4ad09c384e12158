package report

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// The attacker knows everything but one answer: how the figures are made, who else took part and
// what each of them answered, and every figure that ever came out: of every date at both moments,
// of every event and year, as each of the hosts. What the public sees besides (bands of seats)
// depends on no answer.

// bound is what the package comment promises: no answer more than four times as likely as another
// after all that.
const bound = 4 + 1e-9

// making is how figures are made, or might have been.
type making struct {
	noise, rounding bool
}

var real = making{noise: true, rounding: true}

func noiseProbability(k int) float64 { return math.Pow(2, -math.Abs(float64(k))) / 3 }

const tail = 200 // noise beyond is less likely than 10^-60

// likelihood is how probable it is that a count comes out as a value.
func (m making) likelihood(count, value int) float64 {
	round := Rounded
	if !m.rounding {
		round = func(n int) int { return n }
	}
	if !m.noise {
		if round(count) == value {
			return 1
		}
		return 0
	}
	p := 0.0
	for k := -tail; k <= tail; k++ {
		if round(count+k) == value {
			p += noiseProbability(k)
		}
	}
	return p
}

// counts are how often each answer to one question was given.
type counts map[string]int

// solve gives how probable each answer of the one who is looked for is, when before all were
// equally so. Each equation is a release: what came out, and what all others who are in it
// answered.
func (m making) solve(candidates []string, equations []equation) map[string]float64 {
	posterior, total := map[string]float64{}, 0.0
	for _, candidate := range candidates {
		p := 1.0
		for _, e := range equations {
			for answer, value := range e.out {
				count := e.others[answer]
				if e.inside && answer == candidate {
					count++
				}
				p *= m.likelihood(count, value)
			}
		}
		posterior[candidate] = p
		total += p
	}
	for c := range posterior {
		posterior[c] /= total
	}
	return posterior
}

type equation struct {
	others counts
	inside bool // the one who is looked for is in this batch
	out    counts
}

// odds is how many times more probable the most probable answer is than the least.
func odds(posterior map[string]float64) float64 {
	least, most := math.Inf(1), 0.0
	for _, p := range posterior {
		least, most = min(least, p), max(most, p)
	}
	return most / least
}

// Every small population, every answer, everything that can come out: nothing is found. The same
// solver finds answers as soon as one of the rules is off.
func TestSolverFindsNothingInAnyPopulation(t *testing.T) {
	t.Parallel()
	candidates := []string{"woman", "man", "other", Unknown}
	// p[m][count][value]
	table := func(m making) map[int]map[int]float64 {
		p := map[int]map[int]float64{}
		for count := range Least + 8 {
			p[count] = map[int]float64{}
			for value := range 61 {
				if l := m.likelihood(count, value); l > 0 {
					p[count][value] = l
				}
			}
		}
		return p
	}
	type result struct {
		populations, found int
		worst              float64
	}
	attack := func(m making, smallest, largest int) result {
		var r result
		p := table(m)
		for n := smallest - 1; n < largest; n++ { // others
			for women := 0; women <= n; women++ {
				for men := 0; women+men <= n; men++ {
					r.populations++
					// Two answers of the one who is looked for differ in two counts only; whatever
					// else came out says nothing about which. So the worst that can come out for
					// each count alone is the worst of all.
					cells := []int{women, men, n - women - men, 0}
					worst, sure := 1.0, false
					for i := range candidates {
						for j := range candidates {
							if i == j {
								continue
							}
							up, down := ratio(p[cells[i]+1], p[cells[i]]), ratio(p[cells[j]], p[cells[j]+1])
							worst = max(worst, up*down)
							sure = sure || math.IsInf(up*down, 1)
						}
					}
					r.worst = max(r.worst, worst)
					if sure {
						r.found++
					}
				}
			}
		}
		return r
	}
	if r := attack(real, Least, Least+6); r.found != 0 || r.worst > bound || r.worst < 2 {
		t.Errorf("%d of %d populations give an answer away; the worst odds are %g", r.found, r.populations, r.worst)
	} else {
		t.Logf("%d populations: nothing found, odds at most %.3f", r.populations, r.worst)
	}
	// What each rule is for.
	for what, m := range map[string]making{"without rounding and noise": {}, "without noise": {rounding: true}} {
		if r := attack(m, Least, Least+6); r.found == 0 {
			t.Errorf("%s the solver finds nothing: what does it look at?", what)
		} else {
			t.Logf("%s: an answer can be found in %d of %d populations", what, r.found, r.populations)
		}
	}
	// A handful broken down exactly: everybody is found.
	if r := attack(making{}, 1, 3); r.found != r.populations {
		t.Errorf("of populations of three %d of %d", r.found, r.populations)
	}
}

// ratio is the most that one count can make what comes out more probable than the other.
func ratio(a, b map[int]float64) float64 {
	most := 0.0
	for value, p := range a {
		q, ok := b[value]
		if !ok {
			return math.Inf(1)
		}
		most = max(most, p/q)
	}
	return most
}

// Figures drawn afresh at each reading would be worth nothing: the noise averages out. That is why
// they are frozen.
func TestFreshNoiseWouldBeAveragedOut(t *testing.T) {
	t.Parallel()
	others := counts{"woman": 12, "man": 11}
	var equations []equation
	// The most telling of what can be expected: each reading as often as it is probable.
	for value := range 31 {
		for range int(math.Round(300 * real.likelihood(13, value))) {
			equations = append(equations, equation{others: others, inside: true, out: counts{"woman": value}})
		}
	}
	if p := real.solve([]string{"woman", "man"}, equations); p["woman"] < 0.99 {
		t.Errorf("%d readings leave %v", len(equations), p)
	}
	if p := real.solve([]string{"woman", "man"}, equations[:1]); odds(p) > bound {
		t.Errorf("one reading gives odds of %g", odds(p))
	}
}

// The whole way: tickets and answers through the services, everything that ever comes out collected
// as each host, then solved.
func TestSolverFindsNothingInWhatComesOut(t *testing.T) {
	t.Parallel()
	k := setup(t)
	w := k.stage()
	for answer, p := range w.attack(real) {
		if p < 1/bound/4 || p > bound/(bound+3) {
			t.Errorf("after all figures %q is probable by %g", answer, p)
		}
	}
}

// The same with exact figures, and with the noise alone taken away: there it is.
func TestSolverFindsTheAnswerWhenRulesAreOff(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		off string
		m   making
	}{
		"exact": {
			"create or replace function report_rounded(count integer) returns integer language sql as 'select $1'",
			making{},
		},
		"rounding": {"select 1", making{rounding: true}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			k := setup(t)
			k.quiet()
			k.exec("alter table report_figure drop constraint report_figure_form")
			k.exec("alter table report_release drop constraint report_release_figure_form")
			k.exec(c.off)
			w := k.stage()
			if p := w.attack(c.m); p["woman"] < 0.999 {
				t.Errorf("the solver finds %v", p)
			}
		})
	}
}

// world is what the attacker knows of a staged year.
type world struct {
	others map[string]counts // by batch
	in     string            // the batch of the one who is looked for
	out    map[string]counts
}

// stage holds a year of a monthly gathering of two hosts. The one who is looked for came in July,
// among people whose number stands at an edge: seven other women.
func (k *kit) stage() world {
	k.Helper()
	e := k.gathering(june, "gender")
	k.host(e.ID, "minami", "co_host")
	w := world{others: map[string]counts{}, out: map[string]counts{}}
	var dates []testkit.Event
	crowd := []counts{
		{"woman": 15, "man": 8, Unknown: 2},
		{"woman": 7, "man": 12, "other": 1, Unknown: 2},
		{"woman": 3, "man": 4, Unknown: 1},
		{"woman": 9, "man": 3, Unknown: 2},
	}
	for i, c := range crowd {
		d := e
		if i > 0 {
			d = k.date(e, june.AddDate(0, i, 0))
		}
		dates = append(dates, d)
		for answer, n := range c {
			if answer == Unknown {
				answer = ""
			}
			k.takeMany(d, n, ticket.Answers{Gender: answer})
		}
	}
	k.take(dates[1], ticket.Answers{Gender: "woman"})
	seen := map[string]counts{} // by date: every reading of it
	read := func() {
		for _, slug := range []string{"kita", "minami"} {
			batches := 0
			sums := counts{}
			for _, d := range k.report(slug, e.ID).Dates {
				now := counts{}
				for _, b := range d.Breakdown {
					for _, a := range b.Answers {
						now[a.Answer] = a.Figure.Value
						sums[a.Answer] += a.Figure.Value
					}
				}
				if len(now) == 0 {
					continue
				}
				batches++
				id := d.OccurrenceID.String()
				if seen[id] == nil {
					seen[id] = now
				}
				if fmt.Sprint(seen[id]) != fmt.Sprint(now) {
					k.Errorf("%s reads %v where %v stood before: another equation", slug, now, seen[id])
				}
			}
			// The year says nothing but the sum of what the dates say.
			total := k.year(slug, 2026).Total
			for _, b := range total.Breakdown {
				for _, a := range b.Answers {
					if a.Figure.Value != sums[a.Answer] || b.Question != event.AskGender {
						k.Errorf("the year has %d of %s, its dates %d", a.Figure.Value, a.Answer, sums[a.Answer])
					}
				}
			}
			if batches > 0 && len(total.Breakdown) != 1 {
				k.Errorf("the year breaks down %d questions", len(total.Breakdown))
			}
		}
	}
	for _, d := range dates {
		for _, at := range []time.Time{
			d.StartsAt.Add(-time.Hour),
			d.StartsAt.Add(AfterClosing),
			d.EndsAt.Add(AfterEnd),
			d.EndsAt.Add(40 * time.Hour),
		} {
			k.freezeAt(at)
			read()
		}
	}
	// Which dates are in which batch is told.
	for _, d := range k.report("kita", e.ID).Dates {
		for i, known := range dates {
			if known.OccurrenceID != d.OccurrenceID || d.BrokenDownIn == nil {
				continue
			}
			batch := d.BrokenDownIn.String()
			if w.others[batch] == nil {
				w.others[batch] = counts{}
			}
			for answer, n := range crowd[i] {
				w.others[batch][answer] += n
			}
			if i == 1 {
				w.in = batch
			}
			w.out[batch] = seen[batch]
		}
	}
	if len(w.others) != 3 || w.in == "" {
		k.Fatalf("the batches are %v", w.others)
	}
	return w
}

func (w world) attack(m making) map[string]float64 {
	var equations []equation
	for batch, others := range w.others {
		equations = append(equations, equation{others: others, inside: batch == w.in, out: w.out[batch]})
	}
	return m.solve([]string{"woman", "man", "other", Unknown}, equations)
}
