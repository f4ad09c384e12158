package tickets

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// lotView is the number under which a ticket takes part in a draw.
type lotView struct {
	Number, Href string
}

// ticketLot says where a ticket stands that was applied for; false leaves the words to ticketState,
// which has them for what became of the date.
func (p viewBuilder) ticketLot(v *ticketView, at seat, t ticket.Ticket, over bool) bool {
	if t.DrawNumber == "" && t.Status != ticket.Applied && t.Status != ticket.NotDrawn {
		return false
	}
	if t.DrawNumber != "" {
		v.Lot = &lotView{Number: page.GroupedNumber(t.DrawNumber)}
		if at.event != nil && at.part != nil {
			v.Lot.Href = page.DrawHref(at.event, at.part)
		}
	}
	if t.Status == ticket.Applied || t.Status == ticket.NotDrawn {
		v.Seats += p.Text("tickets.applied_for")
	}
	if t.Status == ticket.NotDrawn {
		v.Tone, v.Icon, v.Word = "full", "ticket", p.Text("tickets.not_drawn.word")
		v.Text = p.Text("tickets.not_drawn.text")
		return true
	}
	if t.Status == ticket.Applied && over {
		v.Tone, v.Icon = "full", "check"
		v.Word, v.Text = p.Text("tickets.over.word"), p.Text("tickets.over.code")
		return true
	}
	if at.event == nil || at.occurrence == nil || over || at.event.Status == event.Cancelled ||
		at.occurrence.Status == event.OccurrenceCancelled {
		return false
	}
	putOff := at.occurrence.Status == event.Postponed
	switch t.Status {
	case ticket.Applied:
		v.Tone, v.Icon, v.Word = "few", "clock", p.Text("tickets.lot.waiting")
		switch {
		case putOff:
			v.Tone, v.Icon = "change", "move"
			v.Word, v.Text = p.Text("tickets.postponed.word"), p.Text("tickets.lot.postponed")
		case at.part != nil && p.Now.Before(at.part.Draws()):
			v.Text = p.Text("tickets.lot.draws", "at", page.MomentText(at.part.Draws(), p.Today))
		default:
			v.Text = p.Text("tickets.lot.soon")
		}
		return true
	case ticket.Confirmed:
		if putOff {
			return false
		}
		v.Icon, v.Word, v.Text = "check", p.Text("tickets.lot.won"), p.Text("tickets.just_come")
		if at.channel == event.ChannelOnline {
			v.Text = p.Text("tickets.enter_here")
		}
		return true
	default:
		return false
	}
}
