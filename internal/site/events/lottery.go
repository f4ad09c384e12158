package events

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// lots makes the forms of a part whose seats are drawn by lot, one a channel as for seats.
func (f *formBuilder) lots(
	o *event.Occurrence,
	p *event.Part,
	channel event.Channel,
	quotas []event.Quota,
) (formView, error) {
	v := formView{
		ID:     f.nextID(),
		Action: page.EventHref(f.event) + "/tickets",
		Title:  f.Text("events.lot.apply"),
		Icon:   "ticket",
		Button: f.Text("events.lot.apply"),
		Legend: f.Text("events.lot.legend"),
		Closes: page.UntilText(p.Closes(), f.Today),
		Lot:    true,
		More:   &page.Link{Href: page.DrawHref(f.event, p), Text: f.Text("events.lot.see")},
	}
	if channel == event.ChannelOnline {
		v.Title, v.Icon, v.Button = f.Text("events.lot.apply_online"), "online", f.Text("events.lot.apply_online")
	}
	v.Lines = f.lotLines(p)
	if v.Shut = f.shut(o, p, quotas); v.Shut != "" && o.Status == event.Scheduled && !f.Now.Before(p.Closes()) {
		v.Title = f.Text("events.lot.title")
		if v.Shut = f.Text("events.lot.over"); f.Now.Before(p.Draws()) {
			v.Shut = f.Text("events.lot.over_draws", "at", page.MomentText(p.Draws(), f.Today))
		}
	}
	v.Open = v.Shut == ""
	if f.mine(quotas) {
		f.givenForm = &v
	}
	if !v.Open {
		return v, nil
	}
	most := 1
	for _, q := range quotas {
		chosen := f.givenForm == &v && f.given.quota == q.ID.String()
		shown := quotaView{ID: q.ID.String(), Label: q.Name, Open: q.Accepting, Selected: chosen}
		if shown.Label == "" {
			shown.Label = page.Label(f.Words, "channel", q.Channel)
		}
		v.Quotas = append(v.Quotas, shown)
		most = max(most, min(q.MaxSeats, q.Capacity))
	}
	return v, f.fields(&v, most)
}

// lotLines say before one applies what the draw means.
func (f *formBuilder) lotLines(p *event.Part) []string {
	lines := []string{
		f.Text("events.lot.lines.fair", "until", page.UntilText(p.Closes(), f.Today), "when", f.drawsText(p)),
		f.Text("events.lot.lines.together"),
	}
	if p.WaitingList {
		lines = append(lines, f.Text("events.lot.lines.waiting", "until", page.UntilText(p.WaitsUntil(), f.Today)))
	}
	return lines
}

func (f *formBuilder) drawsText(p *event.Part) string {
	if p.Draws().Equal(p.Closes()) {
		return f.Text("events.lot.at_once")
	}
	return f.Text("events.lot.at", "at", page.MomentText(p.Draws(), f.Today))
}
