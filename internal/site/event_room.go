package site

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// eventRoom is what the page of an event tells of a booked room beside its name and address.
type eventRoom struct {
	Href       string // of its own page; "" for one without
	Name       string
	There, Not []string // barrier-free facts
	Note       string
}

func (p painter) bookedRoom(r *event.Room) *eventRoom {
	if r == nil {
		return nil
	}
	v := &eventRoom{Name: r.Facility + " " + r.Name, There: p.barriers(r.BarrierFree), Not: p.barriers(r.Barriers), Note: r.BarrierNote}
	if r.Listed {
		v.Href = "/rooms/" + r.ID.String()
	}
	return v
}

func (p painter) barriers(words []string) []string {
	facts := make([]venue.Fact, len(words))
	for i, w := range words {
		facts[i] = venue.Fact(w)
	}
	return p.facts(facts)
}

// placeOf is the place of a date with its room.
func (p painter) placeOf(o *event.Occurrence) *place {
	v := p.place(o.Place)
	if v == nil || o.Room == nil {
		return v
	}
	v.Room, v.MapHref = p.bookedRoom(o.Room), o.Room.MapURL()
	return v
}
