package venue

import (
	"cmp"
	"slices"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Mode is how times of a room are chosen.
type Mode string

// The modes.
const (
	ByBlocks Mode = "blocks" // 午前, 午後, 夜間
	ByGrid   Mode = "grid"   // from any half hour to any other
)

// Uses says for which times a room can be had.
type Uses struct {
	Mode   Mode    `json:"mode"`
	Blocks []Block `json:"blocks,omitempty"`
	// Grid is the step in minutes; starts and ends are multiples of it after midnight.
	Grid int `json:"grid_minutes,omitempty"`
	// Least and Most bound a use, in minutes; 0 is no bound.
	Least int `json:"least_minutes,omitempty"`
	Most  int `json:"most_minutes,omitempty"`
	// Hours are the room's own in place of the facility's.
	Hours *Calendar `json:"hours,omitempty"`
}

// BlockKind tells what a block is.
type BlockKind string

// The kinds. An extension can only be had with a block that it touches.
const (
	PlainBlock BlockKind = "block"
	Extension  BlockKind = "extension"
	WholeDay   BlockKind = "whole" // made of others, under a name and perhaps a price of its own: 全日
)

// Block is a stretch that is had whole.
type Block struct {
	Key  string    `json:"key"` // for fees: morning
	Name string    `json:"name"`
	Kind BlockKind `json:"kind"`
	Hours
}

// steps gives the blocks that others are made of, in the order of the day.
func (u Uses) steps() []Block {
	steps := slices.DeleteFunc(slices.Clone(u.Blocks), func(b Block) bool { return b.Kind == WholeDay })
	slices.SortStableFunc(steps, func(a, b Block) int { return cmp.Compare(a.From, b.From) })
	return steps
}

// Compose gives the blocks that make up exactly these hours, in order: one block, or neighbouring
// ones with what lies between them. Extensions alone are none. Nil when nothing fits. A whole block
// stands for itself.
func (u Uses) Compose(h Hours) []Block {
	for _, b := range u.Blocks {
		if b.Kind == WholeDay && b.Hours == h {
			return []Block{b}
		}
	}
	steps := u.steps()
	first := slices.IndexFunc(steps, func(b Block) bool { return b.From == h.From })
	if first < 0 {
		return nil
	}
	for last := first; last < len(steps); last++ {
		if steps[last].To != h.To {
			continue
		}
		run := steps[first : last+1]
		if !attached(run) {
			return nil
		}
		return slices.Clone(run)
	}
	return nil
}

// attached tells whether there is a real block, and every extension touches what stands beside it
// in the run.
func attached(run []Block) bool {
	plain := false
	for i, b := range run {
		if b.Kind != Extension {
			plain = true
			continue
		}
		if !(i > 0 && run[i-1].To == b.From || i+1 < len(run) && run[i+1].From == b.To) {
			return false
		}
	}
	return plain
}

// Closure is a closing for once.
type Closure struct {
	Span
	Reason string
}

// Rules is all that decides about times of one room.
type Rules struct {
	Facility Calendar
	Uses     Uses
	Holidays Holidays  // from HolidaysFrom the first day in question on
	Closures []Closure // of the facility and of the room
}

func (r Rules) calendar() Calendar {
	if r.Uses.Hours != nil {
		return *r.Uses.Hours
	}
	return r.Facility
}

// Day tells what a day is like for the room; a closing that covers all its hours closes it.
func (r Rules) Day(d clock.Date) Day { return r.calendar().Day(d, r.Holidays) }

// Problem is why something can't be: a stable code and what fills its words.
type Problem struct {
	Code   string
	Params map[string]any
}

// Codes of problems with a span.
const (
	SpanEmpty    = "span_empty"     // ends where it starts, or before
	SpanMidnight = "span_midnight"  // reaches over midnight
	SpanSeconds  = "span_seconds"   // not of whole minutes
	SpanYears    = "span_years"     // before 2000 or after 2099
	OutsideHours = "outside_hours"  // open that day, but not then
	ClosedOnce   = "closed_once"    // closed for once
	NotABlock    = "not_a_block"    // blocks are had whole
	OffGrid      = "off_grid"       // starts or ends between the steps
	TooShort     = "use_too_short"  // under the least
	TooLong      = "use_too_long"   // over the most
	NotOpen      = "room_not_open"  // draft or closed
	TooMany      = "too_many_heads" // more people than fit
)

// Check tells why the room can't be used at a span; nil says that it can. What others booked is not
// looked at.
func (r Rules) Check(s Span) []Problem {
	if !s.From.Before(s.To) {
		return []Problem{{Code: SpanEmpty}}
	}
	if y := clock.DateOf(s.From).Year; y < 2000 || y > 2099 {
		return []Problem{{Code: SpanYears}}
	}
	day, hours, ok := s.within()
	if !ok {
		if s.From.Sub(day.Start())%time.Minute != 0 || s.To.Sub(day.Start())%time.Minute != 0 {
			return []Problem{{Code: SpanSeconds}}
		}
		return []Problem{{Code: SpanMidnight}}
	}
	var all []Problem
	switch d := r.Day(day); {
	case d.Closed != "":
		all = append(all, Problem{Code: d.Closed, Params: map[string]any{"holiday": d.Holiday}})
	case !slices.ContainsFunc(d.Open, func(open Hours) bool { return open.Contains(hours) }):
		all = append(all, Problem{Code: OutsideHours})
	}
	for _, c := range r.Closures {
		if c.Overlaps(s) {
			all = append(all, Problem{Code: ClosedOnce, Params: map[string]any{"reason": c.Reason}})
			break
		}
	}
	return append(all, r.Uses.check(hours)...)
}

func (u Uses) check(h Hours) []Problem {
	var all []Problem
	switch u.Mode {
	case ByBlocks:
		if u.Compose(h) == nil {
			all = append(all, Problem{Code: NotABlock})
		}
	case ByGrid:
		if step := TimeOfDay(u.Grid); step > 0 && (h.From%step != 0 || h.To%step != 0) {
			all = append(all, Problem{Code: OffGrid, Params: map[string]any{"minutes": u.Grid}})
		}
	}
	if u.Least > 0 && h.Minutes() < u.Least {
		all = append(all, Problem{Code: TooShort, Params: map[string]any{"minutes": u.Least}})
	}
	if u.Most > 0 && h.Minutes() > u.Most {
		all = append(all, Problem{Code: TooLong, Params: map[string]any{"minutes": u.Most}})
	}
	return all
}

// Blocks gives what of a day can be had: the blocks that lie in its hours and in no closing, or
// with a grid the hours themselves as one stretch each, cut by closings. Nothing on a closed day.
func (r Rules) Blocks(d clock.Date) []Block {
	var all []Block
	day := r.Day(d)
	if r.Uses.Mode == ByBlocks {
		for _, b := range r.Uses.Blocks {
			if len(r.Check(b.On(d))) == 0 || b.Kind == Extension && r.extends(d, day, b) {
				all = append(all, b)
			}
		}
		slices.SortStableFunc(
			all,
			func(a, b Block) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) },
		)
		return all
	}
	for _, open := range day.Open {
		for _, h := range r.cut(d, open) {
			all = append(all, Block{Kind: PlainBlock, Hours: h})
		}
	}
	return all
}

// extends tells whether an extension, which is nothing by itself, lies in the day's hours and in no
// closing.
func (r Rules) extends(d clock.Date, day Day, b Block) bool {
	return slices.ContainsFunc(day.Open, func(open Hours) bool { return open.Contains(b.Hours) }) &&
		!slices.ContainsFunc(r.Closures, func(c Closure) bool { return c.Overlaps(b.On(d)) })
}

// cut takes the closings out of a stretch of hours.
func (r Rules) cut(d clock.Date, open Hours) []Hours {
	left := []Hours{open}
	for _, c := range r.Closures {
		var next []Hours
		for _, h := range left {
			s := h.On(d)
			if !c.Overlaps(s) {
				next = append(next, h)
				continue
			}
			if s.From.Before(c.From) {
				next = append(next, Hours{h.From, minuteOf(d, c.From)})
			}
			if c.To.Before(s.To) {
				next = append(next, Hours{minuteOf(d, c.To), h.To})
			}
		}
		left = next
	}
	return slices.DeleteFunc(left, func(h Hours) bool { return h.From >= h.To })
}

func minuteOf(d clock.Date, t time.Time) TimeOfDay {
	return TimeOfDay(t.Sub(d.Start()) / time.Minute)
}
