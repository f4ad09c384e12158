package events

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// wait makes a form stand in line instead of taking a seat. What waiting means is told before one
// joins: the order, the skip rule, until when, and that one may leave.
func (f *formBuilder) wait(v *formView, o *event.Occurrence, p *event.Part, channel event.Channel) {
	v.Wait, v.Icon, v.Closes = string(ticket.WaitQuota), "clock", ""
	v.Title, v.Button = f.Text("events.wait.title"), f.Text("events.wait.title")
	v.Lines = []string{
		f.Text("events.wait.how"),
		f.Text("events.wait.until", "until", page.UntilText(p.WaitsUntil(), f.Today)),
	}
	options := []page.Option{{Value: string(ticket.WaitQuota), Label: f.Text("events.wait.this")}}
	here, elsewhere := f.alsoWaits(o, p, channel)
	if here {
		options = append(
			options,
			page.Option{Value: string(ticket.WaitAnyPart), Label: f.Text("tickets.wish.any_part")},
		)
	}
	if elsewhere {
		options = append(
			options,
			page.Option{Value: string(ticket.WaitAnyDate), Label: f.Text("tickets.wish.any_date")},
		)
	}
	if len(options) == 1 {
		return
	}
	chosen := string(ticket.WaitQuota)
	if f.given != nil && f.mine(p.Quotas) && f.given.reach != "" {
		chosen = f.given.reach
	}
	for i := range options {
		options[i].Selected = options[i].Value == chosen
	}
	v.Lines = append(v.Lines, f.Text("events.wait.sooner"))
	v.Reach = &page.Choices{ID: v.ID + "-wait", Name: "wait_for", Label: f.Text("events.wait.legend"), Options: options}
}

// alsoWaits reports whether other quotas of the same channel have a line to stand in: of the date,
// and of other dates.
func (f *formBuilder) alsoWaits(o *event.Occurrence, p *event.Part, channel event.Channel) (here, elsewhere bool) {
	for i := range f.event.Occurrences {
		other := &f.event.Occurrences[i]
		for j := range other.Parts {
			q := &other.Parts[j]
			if q.ID == p.ID || q.Reservation != event.Seat || !q.WaitingList || other.Status != event.Scheduled ||
				!f.Now.Before(q.WaitsUntil()) ||
				!accepts(q.Quotas, channel) {
				continue
			}
			if other.ID == o.ID {
				here = true
			} else {
				elsewhere = true
			}
		}
	}
	return here, elsewhere
}

func accepts(quotas []event.Quota, channel event.Channel) bool {
	for _, q := range quotas {
		if q.Channel == channel && q.Accepting {
			return true
		}
	}
	return false
}

// doorBand says how full a part without reservation is, on the day and where somebody counts at the
// door.
func (f *formBuilder) doorBand(p *event.Part) (*page.Badge, string) {
	if p.DoorBand == "" {
		return nil, ""
	}
	b := page.BandBadge(f.Words, p.DoorBand)
	switch p.DoorBand {
	case event.BandFull:
		return &b, f.Text("events.on_the_day.full")
	case event.BandFew:
		return &b, f.Text("events.on_the_day.nearly")
	default:
		return &b, f.Text("events.on_the_day.room")
	}
}

// walkIn tells of the seats kept for those who come without reservation.
func (f *formBuilder) walkIn(p *event.Part) page.Notice {
	n := page.Notice{
		Icon:  "walk",
		Title: f.Text("events.walk_in.title"),
		Lines: []string{f.Text("events.walk_in.text")},
	}
	if p.DoorBand != "" {
		n.Lines = append(
			n.Lines,
			f.Text("events.walk_in.now", "band", f.Words.T("label.band_"+string(p.DoorBand), nil)),
		)
	}
	return n
}
