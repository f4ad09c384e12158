package door

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// doorSlot is a time at a table, for the door: whether somebody sits there, not who. More and Less
// are what its buttons say, "" where there is no such button.
type doorSlot struct {
	ID, Time, Tables string
	State            page.Badge
	WalkIn           bool
	More, Less       string
}

// MarkSlots marks that a party sits in a slot kept for walk-ins, or takes that back. Each button
// says how many sit there then, so a reload of the answer changes nothing.
func (h *Handlers) MarkSlots(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	slot, parties, err := readMark(form)
	if err == nil {
		_, err = h.door.MarkSlot(c.Request().Context(), token, slot, parties)
	}
	if errors.Is(err, door.ErrSlot) || errors.Is(err, door.ErrSlotBooked) || errors.Is(err, door.ErrSlotFull) {
		f, _ := fault.As(err)
		return h.showOpenDoor(c, httpx.StatusOf(f.Kind), token, func(v *doorView) {
			v.Panel.Errors = []page.FieldError{{ID: v.Panel.slotsOf(slot), Text: h.Words.Problem(f.Code, f.Params)}}
		})
	}
	if err != nil {
		return h.refuseDoor(c, err)
	}
	return h.showOpenDoor(c, http.StatusOK, token, nil)
}

// readMark reads what a button sends: a slot and how many parties sit there.
func readMark(form url.Values) (uuid.UUID, int, error) {
	slot, parties, _ := strings.Cut(form.Get("mark"), ":")
	id, err := uuid.Parse(slot)
	n, err2 := strconv.Atoi(parties)
	if err != nil || err2 != nil || n < 0 {
		return uuid.Nil, 0, door.ErrSlot
	}
	return id, n, nil
}

// slotsOf gives the place on the page where a slot stands, or else all of it.
func (d *doorPanel) slotsOf(slot uuid.UUID) string {
	for _, part := range d.Parts {
		for _, s := range part.Slots {
			if s.ID == slot.String() {
				return "slots-" + part.ID
			}
		}
	}
	return "door-top"
}

func (p viewBuilder) doorSlot(s *door.Slot) doorSlot {
	v := doorSlot{
		ID:     s.ID.String(),
		Time:   page.SpanText(s.StartsAt, s.EndsAt, p.Today),
		Tables: strings.Join(s.Booths, p.Text("page.slots.and")),
		WalkIn: s.WalkIn && !s.Closed,
	}
	of := ""
	if s.Parties > 1 {
		of = " " + p.Text("door.slot.parties", "taken", s.Taken, "parties", s.Parties)
	}
	switch {
	case s.Closed:
		v.State = page.Badge{Word: p.Text("door.slot.closed"), Tone: "full"}
	case s.Taken > 0 && s.WalkIn:
		v.State = page.Badge{Word: p.Text("door.slot.walk_in", "of", of), Tone: "good"}
	case s.Taken > 0:
		v.State = page.Badge{Word: p.Text("door.slot.booked", "of", of), Tone: "info"}
	case s.WalkIn:
		v.State = page.Badge{Word: p.Text("door.slot.free_walk_in", "of", of)}
	default:
		v.State = page.Badge{Word: p.Text("door.slot.free_booked", "of", of)}
	}
	if v.WalkIn && s.Taken < s.Parties {
		v.More = v.ID + ":" + strconv.Itoa(s.Taken+1)
	}
	if v.WalkIn && s.Taken > 0 {
		v.Less = v.ID + ":" + strconv.Itoa(s.Taken-1)
	}
	return v
}
