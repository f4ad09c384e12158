package events

import (
	"errors"
	"net/url"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// readSlots reads the slots that a form names; nil for a form that is not about slots.
func readSlots(form url.Values, r *ticket.Request) (*page.PickedSlots, error) {
	part := form.Get("slot_part")
	if part == "" {
		return nil, nil
	}
	asked := &page.PickedSlots{Part: part}
	ids, err := page.ReadSlotIDs(form["slot_id"])
	if err != nil {
		return asked, err
	}
	if len(ids) == 0 {
		return asked, ticket.ErrSlotChange
	}
	for _, id := range ids {
		asked.Slots = append(asked.Slots, id.String())
	}
	r.QuotaID, r.Slots = ids[0], ids[1:]
	return asked, nil
}

// slotForm is the form of a part with slots.
func (f *formBuilder) slotForm(o *event.Occurrence, p *event.Part) (formView, error) {
	v := formView{
		ID:       f.nextID(),
		Action:   page.EventHref(f.event) + "/tickets",
		Title:    f.Text("events.slots.title"),
		Icon:     "ticket",
		Button:   f.Text("events.slots.button"),
		Closes:   page.UntilText(p.Closes(), f.Today),
		SlotPart: p.ID.String(),
	}
	asked := (*page.PickedSlots)(nil)
	if f.given != nil && f.given.picked != nil && f.given.picked.Part == v.SlotPart {
		asked = f.given.picked
		f.givenForm = &v
	}
	v.Slots = f.SlotTable(v.ID, p, f.slots, asked)
	state := p.Registration(o, f.Now)
	switch {
	case state == event.RegistrationNotYet && p.OpensAt != nil && f.Now.Before(*p.OpensAt):
		v.Shut = f.Text("events.opens", "at", page.MomentText(*p.OpensAt, f.Today))
	case p.Slots == nil:
		v.Shut = f.Text("events.slots.not_set")
	case state == event.RegistrationClosed:
		v.Shut = f.Text("events.slots.closed")
	case state == event.RegistrationFull:
		v.Shut = f.Text("events.slots.full")
	}
	v.Open = v.Shut == "" || asked != nil && state == event.RegistrationFull
	if !v.Open {
		return v, nil
	}
	b := page.BandBadge(f.Words, p.Slots.Band())
	v.Band = &b
	if asked != nil {
		f.given.fault += f.BlamedText(p, f.slots, asked)
	}
	return v, f.fields(&v, 1)
}

// sittingNotice tells apart what is held several times over.
func (f *formBuilder) sittingNotice(o *event.Occurrence, p *event.Part) *page.Notice {
	s := o.SittingOf(p.ID)
	if s == nil || s.Of < 2 {
		return nil
	}
	return &page.Notice{
		Icon:  "info",
		Title: f.Text("events.sitting.title", "of", s.Of),
		Lines: []string{f.Text("events.sitting.text", "number", s.Number)},
	}
}

// aboutSlots reports a refusal that is about slots as such, for which the form of the slots comes
// back.
func aboutSlots(err error) bool {
	for _, e := range []error{
		ticket.ErrSlotFull,
		ticket.ErrSlotClosed,
		ticket.ErrSlotPast,
		ticket.ErrSlotWalkIn,
		ticket.ErrSlotsOverlap,
		ticket.ErrSlotsTwoDates,
		ticket.ErrTooManySlots, ticket.ErrSlotUnknown, ticket.ErrSlotChange, ticket.ErrSlotNotHeld, ticket.ErrLastSlot,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
