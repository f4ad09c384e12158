package page

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// SlotTable is the slots of a part, or of a date, by table.
type SlotTable struct {
	ID, Name string // Name is the controls' own
	Radio    bool   // one slot a ticket
	Lines    []string
	Groups   []slotGroup
}

// slotGroup is one table, or several whose staff sit together.
type slotGroup struct {
	ID, Title, Offers string
	Slots             []slotView
}

type slotView struct {
	ID, Time       string
	Badge          *Badge // for one that can't be chosen
	Open, Selected bool
	Fault          bool // was chosen and is to blame
}

// Slots are those of an event, by part.
type Slots map[uuid.UUID][]event.BoothSlot

// SlotFinder finds the slots of a published event; event.Service is one.
type SlotFinder interface {
	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
}

// FindSlots asks only for events that have slots on a date which is not over: most have none and
// cost nothing.
func FindSlots(ctx context.Context, find SlotFinder, e *event.Event, now time.Time) (Slots, error) {
	has := slices.ContainsFunc(e.Occurrences, func(o event.Occurrence) bool {
		return o.EndsAt.After(now) &&
			slices.ContainsFunc(o.Parts, func(part event.Part) bool { return part.Slots != nil })
	})
	if !has {
		return nil, nil
	}
	all, err := find.Slots(ctx, e.ID)
	if err != nil {
		return nil, fmt.Errorf("find slots: %w", err)
	}
	found := Slots{}
	for _, s := range all {
		found[s.PartID] = append(found[s.PartID], s)
	}
	return found, nil
}

// boothName is what a table is called, for people.
func boothName(b event.Booth) string {
	if b.Name == "" && b.By != nil {
		return b.By.Name
	}
	return b.Name
}

// Tables names the booths of a slot.
func (p Builder) Tables(part *event.Part, s *event.BoothSlot) (title, offers string) {
	var names []string
	for _, b := range part.Booths {
		if slices.Contains(s.Booths, b.ID) {
			names = append(names, boothName(b))
			offers = b.Offers
		}
	}
	if len(names) > 1 {
		return strings.Join(names, p.Text("page.slots.and")), p.Text("page.slots.together")
	}
	return strings.Join(names, ""), offers
}

// PickedSlots says which slots a request named and which of them are to blame.
type PickedSlots struct {
	Part   string
	Slots  []string
	Blamed []string
}

// ReadSlotIDs reads slots that a form names, each once.
func ReadSlotIDs(typed []string) ([]uuid.UUID, error) {
	if len(typed) > ticket.MostSlots {
		return nil, ticket.ErrTooManySlots.With("max", ticket.MostSlots)
	}
	var ids []uuid.UUID
	for _, s := range typed {
		id, err := uuid.Parse(s)
		if err != nil {
			return nil, ticket.ErrSlotUnknown
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// SlotTable groups the slots of a part by who sits there, in the order of the tables.
func (p Builder) SlotTable(id string, part *event.Part, slots Slots, asked *PickedSlots) *SlotTable {
	all := slots[part.ID]
	if part.Slots == nil || len(all) == 0 {
		return nil
	}
	v := &SlotTable{ID: id, Name: "slot_id", Radio: part.Slots.MaxSlots == 1}
	if !v.Radio {
		v.Lines = append(v.Lines, p.Text("page.slots.at_once", "n", part.Slots.MaxSlots))
		if part.Slots.GapMinutes > 0 {
			v.Lines[0] += p.Text("page.slots.gap", "n", part.Slots.GapMinutes)
		}
	}
	if part.Slots.WalkIns > 0 {
		v.Lines = append(v.Lines, p.Text("page.slots.walk_ins"))
	}
	at := map[string]int{}
	for i := range all {
		s := &all[i]
		title, offers := p.Tables(part, s)
		key := fmt.Sprint(s.Booths)
		n, ok := at[key]
		if !ok {
			n = len(v.Groups)
			at[key] = n
			v.Groups = append(v.Groups, slotGroup{ID: id + "-g" + strconv.Itoa(n), Title: title, Offers: offers})
		}
		v.Groups[n].Slots = append(v.Groups[n].Slots, p.slot(part, s, asked))
	}
	order := func(g slotGroup) int {
		first, _, _ := strings.Cut(g.Title, p.Text("page.slots.and"))
		return slices.IndexFunc(
			part.Booths,
			func(b event.Booth) bool { return boothName(b) == g.Title || boothName(b) == first },
		)
	}
	slices.SortStableFunc(v.Groups, func(a, b slotGroup) int { return order(a) - order(b) })
	return v
}

func (p Builder) slot(part *event.Part, s *event.BoothSlot, asked *PickedSlots) slotView {
	v := slotView{ID: s.ID.String(), Time: SpanText(s.StartsAt, s.EndsAt, p.Today)}
	if asked != nil {
		v.Selected, v.Fault = slices.Contains(asked.Slots, v.ID), slices.Contains(asked.Blamed, v.ID)
	}
	switch s.State(part, p.Now) {
	case event.SlotOpen:
		v.Open = true
		if s.Parties > 1 {
			b := BandBadge(p.Words, s.Band())
			v.Badge = &b
		}
	case event.SlotFull:
		v.Badge = &Badge{Word: p.Text("page.slots.taken"), Tone: "full", Icon: "cross"}
	case event.SlotWalkIn:
		v.Badge = &Badge{Word: p.Text("page.slots.walk_in"), Tone: "info", Icon: "walk"}
		if p.Now.After(part.StartsAt.Add(-door.Before)) {
			b := BandBadge(p.Words, s.Band())
			v.Badge = &Badge{Word: p.Text("page.slots.walk_in_now", "band", b.Word), Tone: b.Tone, Icon: "walk"}
		}
	case event.SlotNotYet:
		v.Badge = &Badge{Word: p.Text("page.slots.not_yet"), Icon: "clock"}
	case event.SlotClosed:
		v.Badge = &Badge{Word: p.Text("page.slots.closed"), Tone: "full", Icon: "clock"}
	}
	v.Selected = v.Selected && v.Open
	return v
}

// BlamedText names what was chosen and can't be had, by time and table.
func (p Builder) BlamedText(part *event.Part, slots Slots, asked *PickedSlots) string {
	var names []string
	for i := range slots[part.ID] {
		s := &slots[part.ID][i]
		if slices.Contains(asked.Blamed, s.ID.String()) {
			title, _ := p.Tables(part, s)
			names = append(names, SpanText(s.StartsAt, s.EndsAt, p.Today)+" "+title)
		}
	}
	if names == nil {
		return ""
	}
	return "（" + strings.Join(names, "、") + "）"
}

// Blame finds the slots that a refusal names by where they stood in the request.
func (a *PickedSlots) Blame(f *fault.Error) {
	for _, field := range f.Fields {
		at, further := 0, strings.TrimPrefix(field.Name, "slot_ids.")
		if further != field.Name {
			n, err := strconv.Atoi(further)
			if err != nil {
				continue
			}
			at = n + 1
		} else if field.Name != "quota_id" {
			continue
		}
		if at < len(a.Slots) {
			a.Blamed = append(a.Blamed, a.Slots[at])
		}
	}
}

// Without leaves out what the ticket holds already and what can't be booked.
func (v *SlotTable) Without(t ticket.Ticket) {
	for i := range v.Groups {
		v.Groups[i].Slots = slices.DeleteFunc(v.Groups[i].Slots, func(s slotView) bool {
			return !s.Open ||
				slices.ContainsFunc(t.Slots(), func(h ticket.HeldSlot) bool { return h.ID.String() == s.ID })
		})
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g slotGroup) bool { return len(g.Slots) == 0 })
}
