package tickets

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// heldView is a slot on a ticket. Table is its place in the hall, counted from 1, "" when the event
// is not listed any more.
type heldView struct {
	ID, Time, Who, Table string
	Begun, Selected      bool
}

// sittingText tells which of several sittings a ticket is for.
func (p viewBuilder) sittingText(at seat) string {
	s := at.occurrence.SittingOf(at.part.ID)
	if s == nil || s.Of < 2 {
		return ""
	}
	return p.Text("tickets.sitting", "of", s.Of, "number", s.Number)
}

// held describes the slots of a ticket, by time, and gives those of its event with them.
func (p viewBuilder) held(
	ctx context.Context,
	find page.SlotFinder,
	at seat,
	t ticket.Ticket,
) (page.Slots, []heldView, error) {
	slots := t.Slots()
	if len(slots) == 0 {
		return nil, nil, nil
	}
	var all page.Slots
	known := map[uuid.UUID]*event.BoothSlot{}
	if at.event != nil {
		var err error
		if all, err = page.FindSlots(ctx, find, at.event, p.Now); err != nil {
			return nil, nil, err
		}
		for _, ofPart := range all {
			for i := range ofPart {
				known[ofPart[i].ID] = &ofPart[i]
			}
		}
	}
	var views []heldView
	for _, h := range slots {
		v := heldView{
			ID:    h.ID.String(),
			Time:  page.SpanText(h.StartsAt, h.EndsAt, p.Today),
			Begun: !h.StartsAt.After(p.Now),
		}
		if s, part := known[h.ID], at.partOf(h.PartID); s != nil && part != nil {
			v.Who, _ = p.Tables(part, s)
			v.Table = p.tableNumbers(part, s)
		}
		views = append(views, v)
	}
	return all, views, nil
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
func (p viewBuilder) tableNumbers(part *event.Part, s *event.BoothSlot) string {
	var numbers []string
	for i, b := range part.Booths {
		if slices.Contains(s.Booths, b.ID) {
			numbers = append(numbers, p.Text("tickets.table_number", "n", i+1))
		}
	}
	return strings.Join(numbers, p.Text("page.slots.and"))
}

// ChangeSlots puts the slots on the ticket's page.
func (p viewBuilder) ticketSlots(
	ctx context.Context,
	find page.SlotFinder,
	v *ticketView,
	at seat,
	t ticket.Ticket,
) error {
	_, held, err := p.held(ctx, find, at, t)
	if err != nil || held == nil {
		return err
	}
	slots := t.Slots()
	v.Slots, v.Seats = held, ""
	v.Day, v.Time, v.Doors = page.LeafOf(
		clock.DateOf(slots[0].StartsAt),
		p.Today,
	), page.SpanText(
		slots[0].StartsAt,
		slots[len(slots)-1].EndsAt,
		p.Today,
	), ""
	if v.Active && v.Icon == "check" {
		v.Word, v.Text = p.Text("tickets.slots.word"), p.Text("tickets.slots.text")
	}
	return nil
}

type ticketSlotsView struct {
	Page   page.Head
	Errors []page.FieldError
	Secret string
	Day    page.Leaf
	Held   []heldView
	Tables []namedTable
}

// namedTable is the slots of one part, with its name where there are several.
type namedTable struct {
	Name  string
	Table *page.SlotTable
}

// ChangeSlots changes which slots a ticket holds. Asked for nothing, it shows what can be had.
func (h *Handlers) ChangeSlots(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	t, err := h.tickets.Look(ctx, code)
	if err != nil {
		return h.refuseCode(c, err)
	}
	if len(t.Slots()) == 0 {
		return h.ShowTicket(c, http.StatusOK, code, t) // given up meanwhile, or a ticket of another kind
	}
	form := c.Request().PostForm
	if form.Get("change") == "" {
		return h.showSlots(c, http.StatusOK, code, t, nil, nil, nil)
	}
	take, refusal := page.ReadSlotIDs(form["slot_id"])
	giveBack, other := page.ReadSlotIDs(form["give_back"])
	if refusal = errors.Join(refusal, other); refusal == nil {
		var changed ticket.Ticket
		if changed, refusal = h.admitChange(c, code, take, giveBack, form.Get("proof")); refusal == nil {
			return h.ShowTicket(c, http.StatusOK, code, changed)
		}
		if shown, err := h.AskProof(c, form, refusal); shown {
			return err
		}
	}
	f, ok := fault.As(refusal)
	if !ok || f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return refusal
	}
	return h.showSlots(c, httpx.StatusOf(f.Kind), code, t, f, take, giveBack)
}

// admitChange changes the slots, after some work where many want the same.
func (h *Handlers) admitChange(
	c echo.Context,
	code secret.Ticket,
	take, giveBack []uuid.UUID,
	proof string,
) (ticket.Ticket, error) {
	ctx := c.Request().Context()
	if h.admission == nil {
		return h.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return h.admission.ChangeSlots(ctx, from, code, take, giveBack, proof)
}

// showSlots shows the form, as it was filled in when it was refused.
func (h *Handlers) showSlots(
	c echo.Context,
	status int,
	code secret.Ticket,
	t ticket.Ticket,
	f *fault.Error,
	take, giveBack []uuid.UUID,
) error {
	ctx := c.Request().Context()
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	at, err := h.seat(ctx, t)
	if err != nil {
		return err
	}
	slots, held, err := p.held(ctx, h.events, at, t)
	if err != nil {
		return err
	}
	v := ticketSlotsView{
		Page:   page.Head{Title: h.Text("tickets.title"), Discreet: true, Current: "ticket"},
		Secret: code.Reveal(),
		Held:   held,
		Day:    page.LeafOf(clock.DateOf(t.Slots()[0].StartsAt), p.Today),
	}
	for i := range v.Held {
		v.Held[i].Selected = slices.ContainsFunc(
			giveBack,
			func(id uuid.UUID) bool { return id.String() == v.Held[i].ID },
		)
	}
	asked := &page.PickedSlots{}
	for _, id := range take {
		asked.Slots = append(asked.Slots, id.String())
	}
	text := ""
	if f != nil {
		for _, field := range f.Fields {
			if n, err := strconv.Atoi(strings.TrimPrefix(field.Name, "take.")); err == nil && n < len(asked.Slots) {
				asked.Blamed = append(asked.Blamed, asked.Slots[n])
			}
		}
		text = h.Words.Problem(f.Code, f.Params)
		if f.Kind == fault.KindNotFound {
			status = http.StatusUnprocessableEntity
		}
	}
	if at.occurrence != nil {
		several := 0
		for i := range at.occurrence.Parts {
			part := &at.occurrence.Parts[i]
			table := p.SlotTable("s"+strconv.Itoa(i), part, slots, asked)
			if table == nil {
				continue
			}
			several++
			table.Radio = false
			table.Without(t)
			v.Tables = append(v.Tables, namedTable{part.Name, table})
			text += p.BlamedText(part, slots, asked)
		}
		if several == 1 {
			v.Tables[0].Name = ""
		}
	}
	if text != "" {
		v.Errors = []page.FieldError{{ID: "slots", Text: text}}
	}
	return h.ShowPadded(c, status, "ticket_slots", v)
}

// slipView is what one carries on the day: when and where, and nothing of what it is about.
type slipView struct {
	Page    page.Head
	Secret  string
	Day     page.Leaf
	Slots   []heldView
	Place   *page.Place
	DayCode []string
}

// ShowSlip shows the slip (相談票) for printing.
func (h *Handlers) ShowSlip(c echo.Context) error {
	ctx := c.Request().Context()
	code, err := page.ReadCode(c)
	if err != nil {
		return h.refuseCode(c, err)
	}
	t, err := h.tickets.Look(ctx, code)
	if err != nil {
		return h.refuseCode(c, err)
	}
	if len(t.Slots()) == 0 {
		return h.ShowTicket(c, http.StatusOK, code, t)
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	at, err := h.seat(ctx, t)
	if err != nil {
		return err
	}
	_, held, err := p.held(ctx, h.events, at, t)
	if err != nil {
		return err
	}
	v := slipView{
		Page:   page.Head{Title: h.Text("tickets.title"), Discreet: true, Current: "ticket"},
		Secret: code.Reveal(),
		Slots:  held,
		Day:    page.LeafOf(clock.DateOf(t.Slots()[0].StartsAt), p.Today),
	}
	if at.occurrence != nil {
		v.Place = p.Place(at.occurrence.Place)
	}
	digits, err := h.dayCode(ctx, code, t)
	if err != nil {
		return err
	}
	if digits != "" {
		v.DayCode = []string{digits[:3], digits[3:]}
	}
	return h.ShowPadded(c, http.StatusOK, "ticket_slip", v)
}
