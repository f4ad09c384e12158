package site

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// slotTable is the slots of a part, or of a date, by table.
type slotTable struct {
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
	Badge          *badge // for one that can't be chosen
	Open, Selected bool
	Fault          bool // was chosen and is to blame
}

// withSlots gives a painter that knows the slots of an event, by part. Most events have none and cost nothing.
func (p painter) withSlots(ctx context.Context, e *event.Event) (painter, error) {
	has := slices.ContainsFunc(e.Occurrences, func(o event.Occurrence) bool {
		return o.EndsAt.After(p.now) && slices.ContainsFunc(o.Parts, func(part event.Part) bool { return part.Slots != nil })
	})
	if !has {
		return p, nil
	}
	all, err := p.events.Slots(ctx, e.ID)
	if err != nil {
		return p, fmt.Errorf("find slots: %w", err)
	}
	p.slots = map[uuid.UUID][]event.BoothSlot{}
	for _, s := range all {
		p.slots[s.PartID] = append(p.slots[s.PartID], s)
	}
	return p, nil
}

// boothName is what a table is called, for people.
func boothName(b event.Booth) string {
	if b.Name == "" && b.By != nil {
		return b.By.Name
	}
	return b.Name
}

// tables names the booths of a slot.
func tables(p *event.Part, s *event.BoothSlot) (title, offers string) {
	var names []string
	for _, b := range p.Booths {
		if slices.Contains(s.Booths, b.ID) {
			names = append(names, boothName(b))
			offers = b.Offers
		}
	}
	if len(names) > 1 {
		return strings.Join(names, "と"), "いっしょにお話をうかがいます"
	}
	return strings.Join(names, ""), offers
}

// picked says which slots a request named and which of them are to blame.
type picked struct {
	part   string
	slots  []string
	blamed []string
}

// readSlots reads the slots that a form names; nil for a form that is not about slots.
func readSlots(form url.Values, r *ticket.Request) (*picked, error) {
	part := form.Get("slot_part")
	if part == "" {
		return nil, nil
	}
	asked := &picked{part: part}
	ids, err := slotIDs(form["slot_id"])
	if err != nil {
		return asked, err
	}
	if len(ids) == 0 {
		return asked, ticket.ErrSlotChange
	}
	for _, id := range ids {
		asked.slots = append(asked.slots, id.String())
	}
	r.QuotaID, r.Slots = ids[0], ids[1:]
	return asked, nil
}

func slotIDs(typed []string) ([]uuid.UUID, error) {
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

// blame finds the slots that a refusal names by where they stood in the request.
func (a *picked) blame(f *fault.Error) {
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
		if at < len(a.slots) {
			a.blamed = append(a.blamed, a.slots[at])
		}
	}
}

// slotForm is the form of a part with slots.
func (f *former) slotForm(o *event.Occurrence, p *event.Part) (formView, error) {
	v := formView{
		ID: f.nextID(), Action: eventHref(f.event) + "/tickets", Title: "相談の時間を予約する", Icon: "ticket", Button: "この時間で予約する", Closes: untilText(p.Closes(), f.today),
		SlotPart: p.ID.String(),
	}
	asked := (*picked)(nil)
	if f.given != nil && f.given.picked != nil && f.given.picked.part == v.SlotPart {
		asked = f.given.picked
		f.givenForm = &v
	}
	v.Slots = f.slotTable(v.ID, p, asked)
	state := p.Registration(o, f.now)
	switch {
	case state == event.RegistrationNotYet && p.OpensAt != nil && f.now.Before(*p.OpensAt):
		v.Shut = "受付は、" + momentText(*p.OpensAt, f.today) + "からです。"
	case p.Slots == nil:
		v.Shut = "予約できる時間は、まだ決まっていません。決まりしだい、ここに出ます。"
	case state == event.RegistrationClosed:
		v.Shut = "予約の受付は終わりました。"
	case state == event.RegistrationFull:
		v.Shut = "予約できる時間は、すべてうまっています。空くことがありますので、あとでまた見てみてください。"
	}
	v.Open = v.Shut == "" || asked != nil && state == event.RegistrationFull
	if !v.Open {
		return v, nil
	}
	b := bandBadge(f.words, p.Slots.Band())
	v.Band = &b
	if asked != nil {
		f.given.fault += f.blamedText(p, asked)
	}
	return v, f.fields(&v, 1)
}

// slotTable groups the slots of a part by who sits there, in the order of the tables.
func (p painter) slotTable(id string, part *event.Part, asked *picked) *slotTable {
	all := p.slots[part.ID]
	if part.Slots == nil || len(all) == 0 {
		return nil
	}
	v := &slotTable{ID: id, Name: "slot_id", Radio: part.Slots.MaxSlots == 1}
	if !v.Radio {
		v.Lines = append(v.Lines, fmt.Sprintf("いちどに%dつの時間まで予約できます。時間が重ならないように選んでください。", part.Slots.MaxSlots))
		if part.Slots.GapMinutes > 0 {
			v.Lines[0] += fmt.Sprintf("テーブルを移るために、あいだを%d分以上あけます。", part.Slots.GapMinutes)
		}
	}
	if part.Slots.WalkIns > 0 {
		v.Lines = append(v.Lines, "「当日受付」の時間は、予約なしで、当日に会場でうけつけます。")
	}
	at := map[string]int{}
	for i := range all {
		s := &all[i]
		title, offers := tables(part, s)
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
		first, _, _ := strings.Cut(g.Title, "と")
		return slices.IndexFunc(part.Booths, func(b event.Booth) bool { return boothName(b) == g.Title || boothName(b) == first })
	}
	slices.SortStableFunc(v.Groups, func(a, b slotGroup) int { return order(a) - order(b) })
	return v
}

func (p painter) slot(part *event.Part, s *event.BoothSlot, asked *picked) slotView {
	v := slotView{ID: s.ID.String(), Time: spanText(s.StartsAt, s.EndsAt, p.today)}
	if asked != nil {
		v.Selected, v.Fault = slices.Contains(asked.slots, v.ID), slices.Contains(asked.blamed, v.ID)
	}
	switch s.State(part, p.now) {
	case event.SlotOpen:
		v.Open = true
		if s.Parties > 1 {
			b := bandBadge(p.words, s.Band())
			v.Badge = &b
		}
	case event.SlotFull:
		v.Badge = &badge{Word: "うまりました", Tone: "full", Icon: "cross"}
	case event.SlotWalkIn:
		v.Badge = &badge{Word: "当日受付", Tone: "info", Icon: "walk"}
		if p.now.After(part.StartsAt.Add(-door.Before)) {
			b := bandBadge(p.words, s.Band())
			v.Badge = &badge{Word: "当日受付・" + b.Word, Tone: b.Tone, Icon: "walk"}
		}
	case event.SlotNotYet:
		v.Badge = &badge{Word: "受付前", Icon: "clock"}
	case event.SlotClosed:
		v.Badge = &badge{Word: "受付終了", Tone: "full", Icon: "clock"}
	}
	v.Selected = v.Selected && v.Open
	return v
}

// blamedText names what was chosen and can't be had, by time and table.
func (p painter) blamedText(part *event.Part, asked *picked) string {
	var names []string
	for i := range p.slots[part.ID] {
		s := &p.slots[part.ID][i]
		if slices.Contains(asked.blamed, s.ID.String()) {
			title, _ := tables(part, s)
			names = append(names, spanText(s.StartsAt, s.EndsAt, p.today)+" "+title)
		}
	}
	if names == nil {
		return ""
	}
	return "（" + strings.Join(names, "、") + "）"
}

// sittingNotice tells apart what is held several times over.
func sittingNotice(o *event.Occurrence, p *event.Part) *notice {
	s := o.SittingOf(p.ID)
	if s == nil || s.Of < 2 {
		return nil
	}
	return &notice{Icon: "info", Title: fmt.Sprintf("同じ内容を%d回ひらきます（入替制）", s.Of), Lines: []string{fmt.Sprintf("ここは%d回目です。どれか1回をえらんでください。", s.Number)}}
}

// aboutSlots reports a refusal that is about slots as such, for which the form of the slots comes back.
func aboutSlots(err error) bool {
	for _, e := range []error{ticket.ErrSlotFull, ticket.ErrSlotClosed, ticket.ErrSlotPast, ticket.ErrSlotWalkIn, ticket.ErrSlotsOverlap, ticket.ErrSlotsTwoDates,
		ticket.ErrTooManySlots, ticket.ErrSlotUnknown, ticket.ErrSlotChange, ticket.ErrSlotNotHeld, ticket.ErrLastSlot} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
