package site

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
)

// doorSlot is a time at a table, for the door: whether somebody sits there, not who. More and Less are what its buttons say, "" where there is no such button.
type doorSlot struct {
	ID, Time, Tables string
	State            badge
	WalkIn           bool
	More, Less       string
}

// doorSlots marks that a party sits in a slot kept for walk-ins, or takes that back. Each button says how many sit there then, so a reload of the answer
// changes nothing.
func (s *Site) doorSlots(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return s.refuseDoor(c, err)
	}
	slot, parties, err := readMark(form)
	if err == nil {
		_, err = s.door.MarkSlot(c.Request().Context(), token, slot, parties)
	}
	if errors.Is(err, door.ErrSlot) || errors.Is(err, door.ErrSlotBooked) || errors.Is(err, door.ErrSlotFull) {
		f, _ := fault.As(err)
		return s.showOpenDoor(c, httpx.StatusOf(f.Kind), token, func(v *doorView) {
			v.Panel.Errors = []fieldError{{ID: v.Panel.slotsOf(slot), Text: s.words.Problem(f.Code, f.Params)}}
		})
	}
	if err != nil {
		return s.refuseDoor(c, err)
	}
	return s.showOpenDoor(c, http.StatusOK, token, nil)
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

func (p painter) doorSlot(s *door.Slot) doorSlot {
	v := doorSlot{ID: s.ID.String(), Time: spanText(s.StartsAt, s.EndsAt, p.today), Tables: strings.Join(s.Booths, "と"), WalkIn: s.WalkIn && !s.Closed}
	of := ""
	if s.Parties > 1 {
		of = " " + strconv.Itoa(s.Taken) + "/" + strconv.Itoa(s.Parties) + "組"
	}
	switch {
	case s.Closed:
		v.State = badge{Word: "おやすみ", Tone: "full"}
	case s.Taken > 0 && s.WalkIn:
		v.State = badge{Word: "当日の方" + of, Tone: "good"}
	case s.Taken > 0:
		v.State = badge{Word: "予約の方" + of, Tone: "info"}
	case s.WalkIn:
		v.State = badge{Word: "空き（当日受付）" + of}
	default:
		v.State = badge{Word: "空き（予約の枠）" + of}
	}
	if v.WalkIn && s.Taken < s.Parties {
		v.More = v.ID + ":" + strconv.Itoa(s.Taken+1)
	}
	if v.WalkIn && s.Taken > 0 {
		v.Less = v.ID + ":" + strconv.Itoa(s.Taken-1)
	}
	return v
}
