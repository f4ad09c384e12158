package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// heldView is a slot on a ticket. Table is its place in the hall, counted from 1, "" when the event is not listed any more.
type heldView struct {
	ID, Time, Who, Table string
	Begun, Selected      bool
}

// sittingText tells which of several sittings a ticket is for.
func sittingText(at seat) string {
	s := at.occurrence.SittingOf(at.part.ID)
	if s == nil || s.Of < 2 {
		return ""
	}
	return fmt.Sprintf("（同じ内容の%d回のうち%d回目）", s.Of, s.Number)
}

// held describes the slots of a ticket, by time.
func (p painter) held(ctx context.Context, at seat, t ticket.Ticket) (painter, []heldView, error) {
	slots := t.Slots()
	if len(slots) == 0 {
		return p, nil, nil
	}
	known := map[uuid.UUID]*event.BoothSlot{}
	if at.event != nil {
		var err error
		if p, err = p.withSlots(ctx, at.event); err != nil {
			return p, nil, err
		}
		for _, ofPart := range p.slots {
			for i := range ofPart {
				known[ofPart[i].ID] = &ofPart[i]
			}
		}
	}
	var views []heldView
	for _, h := range slots {
		v := heldView{ID: h.ID.String(), Time: spanText(h.StartsAt, h.EndsAt, p.today), Begun: !h.StartsAt.After(p.now)}
		if s, part := known[h.ID], at.partOf(h.PartID); s != nil && part != nil {
			v.Who, _ = tables(part, s)
			v.Table = tableNumbers(part, s)
		}
		views = append(views, v)
	}
	return p, views, nil
}

func (at seat) partOf(id uuid.UUID) *event.Part {
	if at.occurrence == nil {
		return nil
	}
	for i := range at.occurrence.Parts {
		if at.occurrence.Parts[i].ID == id {
			return &at.occurrence.Parts[i]
		}
	}
	return nil
}

// tableNumbers are the places of a slot's booths among those of the part.
func tableNumbers(p *event.Part, s *event.BoothSlot) string {
	var numbers []string
	for i, b := range p.Booths {
		if slices.Contains(s.Booths, b.ID) {
			numbers = append(numbers, strconv.Itoa(i+1)+"番")
		}
	}
	return strings.Join(numbers, "と")
}

// ticketSlots puts the slots on the ticket's page.
func (p painter) ticketSlots(ctx context.Context, v *ticketView, at seat, t ticket.Ticket) error {
	_, held, err := p.held(ctx, at, t)
	if err != nil || held == nil {
		return err
	}
	slots := t.Slots()
	v.Slots, v.Seats = held, ""
	v.Day, v.Time, v.Doors = leafOf(clock.DateOf(slots[0].StartsAt), p.today), spanText(slots[0].StartsAt, slots[len(slots)-1].EndsAt, p.today), ""
	if v.Active && v.Icon == "check" {
		v.Word, v.Text = "相談の時間がとれています", "当日は、時間になったら、そのテーブルへ来てください。"
	}
	return nil
}

type ticketSlotsView struct {
	Page   head
	Errors []fieldError
	Secret string
	Day    leaf
	Held   []heldView
	Tables []namedTable
}

// namedTable is the slots of one part, with its name where there are several.
type namedTable struct {
	Name  string
	Table *slotTable
}

// ticketSlots changes which slots a ticket holds. Asked for nothing, it shows what can be had.
func (s *Site) ticketSlots(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	t, err := s.tickets.Look(ctx, code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	if len(t.Slots()) == 0 {
		return s.showTicket(c, http.StatusOK, code, t) // given up meanwhile, or a ticket of another kind
	}
	form := c.Request().PostForm
	if form.Get("change") == "" {
		return s.showSlots(c, http.StatusOK, code, t, nil, nil, nil)
	}
	take, refusal := slotIDs(form["slot_id"])
	giveBack, other := slotIDs(form["give_back"])
	if refusal = errors.Join(refusal, other); refusal == nil {
		var changed ticket.Ticket
		if changed, refusal = s.guardedChange(c, code, take, giveBack, form.Get("proof")); refusal == nil {
			return s.showTicket(c, http.StatusOK, code, changed)
		}
		if shown, err := s.askProof(c, form, refusal); shown {
			return err
		}
	}
	f, ok := fault.As(refusal)
	if !ok || f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return refusal
	}
	return s.showSlots(c, httpx.StatusOf(f.Kind), code, t, f, take, giveBack)
}

// showSlots shows the form, as it was filled in when it was refused.
func (s *Site) showSlots(c echo.Context, status int, code secret.Ticket, t ticket.Ticket, f *fault.Error, take, giveBack []uuid.UUID) error {
	ctx := c.Request().Context()
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	at, err := s.seat(ctx, t)
	if err != nil {
		return err
	}
	p, held, err := p.held(ctx, at, t)
	if err != nil {
		return err
	}
	v := ticketSlotsView{Page: head{Title: ticketTitle, Discreet: true, Current: "ticket"}, Secret: code.Reveal(), Held: held, Day: leafOf(clock.DateOf(t.Slots()[0].StartsAt), p.today)}
	for i := range v.Held {
		v.Held[i].Selected = slices.ContainsFunc(giveBack, func(id uuid.UUID) bool { return id.String() == v.Held[i].ID })
	}
	asked := &picked{}
	for _, id := range take {
		asked.slots = append(asked.slots, id.String())
	}
	text := ""
	if f != nil {
		for _, field := range f.Fields {
			if n, err := strconv.Atoi(strings.TrimPrefix(field.Name, "take.")); err == nil && n < len(asked.slots) {
				asked.blamed = append(asked.blamed, asked.slots[n])
			}
		}
		text = s.words.Problem(f.Code, f.Params)
		if f.Kind == fault.KindNotFound {
			status = http.StatusUnprocessableEntity
		}
	}
	if at.occurrence != nil {
		several := 0
		for i := range at.occurrence.Parts {
			part := &at.occurrence.Parts[i]
			table := p.slotTable("s"+strconv.Itoa(i), part, asked)
			if table == nil {
				continue
			}
			several++
			table.Radio = false
			table.without(t)
			v.Tables = append(v.Tables, namedTable{part.Name, table})
			text += p.blamedText(part, asked)
		}
		if several == 1 {
			v.Tables[0].Name = ""
		}
	}
	if text != "" {
		v.Errors = []fieldError{{ID: "slots", Text: text}}
	}
	return s.showBucketed(c, status, "ticket_slots", v)
}

// without leaves out what the ticket holds already and what can't be booked.
func (v *slotTable) without(t ticket.Ticket) {
	for i := range v.Groups {
		v.Groups[i].Slots = slices.DeleteFunc(v.Groups[i].Slots, func(s slotView) bool {
			return !s.Open || slices.ContainsFunc(t.Slots(), func(h ticket.HeldSlot) bool { return h.ID.String() == s.ID })
		})
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g slotGroup) bool { return len(g.Slots) == 0 })
}

// slipView is what one carries on the day: when and where, and nothing of what it is about.
type slipView struct {
	Page    head
	Secret  string
	Day     leaf
	Slots   []heldView
	Place   *place
	DayCode []string
}

// ticketSlip shows the slip (相談票) for printing.
func (s *Site) ticketSlip(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := readCode(c)
	if err != nil {
		return s.refuseCode(c, err)
	}
	t, err := s.tickets.Look(ctx, code)
	if err != nil {
		return s.refuseCode(c, err)
	}
	if len(t.Slots()) == 0 {
		return s.showTicket(c, http.StatusOK, code, t)
	}
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	at, err := s.seat(ctx, t)
	if err != nil {
		return err
	}
	_, held, err := p.held(ctx, at, t)
	if err != nil {
		return err
	}
	v := slipView{Page: head{Title: ticketTitle, Discreet: true, Current: "ticket"}, Secret: code.Reveal(), Slots: held, Day: leafOf(clock.DateOf(t.Slots()[0].StartsAt), p.today)}
	if at.occurrence != nil {
		v.Place = p.place(at.occurrence.Place)
	}
	digits, err := s.dayCode(ctx, code, t)
	if err != nil {
		return err
	}
	if digits != "" {
		v.DayCode = []string{digits[:3], digits[3:]}
	}
	return s.showBucketed(c, http.StatusOK, "ticket_slip", v)
}
