package door

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// doorView is the page of the phone at the entrance: it asks for the day link, or shows the door
// that a link opened.
type doorView struct {
	Page   page.Head
	Errors []page.FieldError
	Error  string // of the link
	Panel  *doorPanel
	Blank  doorPanel // what the page's script fills, with the words for a part without reservation and for one with
	All    string
	WalkIn string
}

// doorPanel is a date in numbers. Without Token it is a form for the script to fill.
type doorPanel struct {
	Token, Title, Time, Closes string
	Parts                      []doorPart
	Errors                     []page.FieldError
	NoCodes                    bool // nobody has a ticket for this date
	Result                     *doorResult
	CodeError                  string
}

// doorPart is a part with its counter. Each of its buttons sends a tap with an id of its own, so
// that a press that is sent twice counts once.
type doorPart struct {
	Token, ID, Name, Time, Counted string
	Count                          int
	Fits                           string // how many fit
	Band                           *page.Badge
	Arrivals                       string // of those with tickets, "" where there are none
	MoreID, LessID                 string
	Slots                          []doorSlot
}

// doorResult is what became of a ticket that was shown. Code is for taking it back.
type doorResult struct {
	page.Notice
	Code string
}

// doorView asks for the link; its title says nothing of what is held behind the door.
func (h *Handlers) doorView(refusal string) doorView {
	v := doorView{
		Page:   page.Head{Title: h.Text("door.title"), Discreet: true, Staff: true},
		Error:  refusal,
		Blank:  doorPanel{Parts: []doorPart{{Slots: []doorSlot{{WalkIn: true}}}}},
		All:    h.Text("door.counts_all"),
		WalkIn: h.Text("door.counts_walk_ins"),
	}
	if refusal != "" {
		v.Errors = []page.FieldError{{ID: "link", Text: refusal}}
	}
	return v
}

func (p viewBuilder) door(token secret.Door, d door.Door, slots []door.Slot) *doorPanel {
	v := &doorPanel{
		Token:  token.Reveal(),
		Title:  d.Title,
		Time:   page.DayText(clock.DateOf(d.StartsAt), p.Today) + page.SpanText(d.StartsAt, d.EndsAt, p.Today),
		Closes: page.MomentText(d.ClosesAt, p.Today),
	}
	v.NoCodes = true
	for _, part := range d.Parts {
		v.NoCodes = v.NoCodes && part.Reservation == event.NoReservation
		shown := doorPart{
			Token:   v.Token,
			ID:      part.ID.String(),
			Name:    part.Name,
			Count:   part.Count.Count,
			Counted: p.Text("door.counts_walk_ins"),
			MoreID:  uuid.NewString(),
			LessID:  uuid.NewString(),
		}
		if shown.Name == "" {
			shown.Name = p.Text("door.heads")
		} else {
			shown.Time = page.SpanText(part.StartsAt, part.EndsAt, p.Today)
		}
		if part.Capacity != nil {
			shown.Fits = p.Text("page.up_to_people", "n", *part.Capacity)
			b := page.BandBadge(p.Words, part.Band)
			shown.Band = &b
		}
		if part.Reservation == event.NoReservation {
			shown.Counted = p.Text("door.counts_all")
		}
		if part.Taken > 0 || part.Arrived > 0 {
			shown.Arrivals = p.Text("door.arrivals", "arrived", part.Arrived, "taken", part.Taken)
		}
		for i := range slots {
			if slots[i].PartID == part.ID {
				shown.Slots = append(shown.Slots, p.doorSlot(&slots[i]))
			}
		}
		v.Parts = append(v.Parts, shown)
	}
	return v
}

func (h *Handlers) result(c door.CheckIn, code string) *doorResult {
	people := h.Text("page.people", "n", c.Seats)
	r := &doorResult{Code: code}
	switch c.Outcome {
	case door.Arrived:
		r.Notice = page.Notice{Tone: "good", Icon: "check", Title: h.Text("door.arrived", "people", people)}
	case door.Already:
		r.Notice = page.Notice{Tone: "few", Icon: "info", Title: h.Text("door.already", "people", people)}
	case door.Undone:
		r.Notice, r.Code = page.Notice{Icon: "leave", Title: h.Text("door.undone", "people", people)}, ""
	case door.NotCounted:
		r.Notice, r.Code = page.Notice{Icon: "info", Title: h.Text("door.not_counted")}, ""
	}
	if c.Channel == event.ChannelOnline {
		r.Lines = []string{h.Text("door.online_code")}
	}
	return r
}
