package page

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/maplink"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// eventRoom is what the page of an event tells of a booked room beside its name and address.
type eventRoom struct {
	Href       string // of its own page; "" for one without
	Name       string
	There, Not []string // barrier-free facts
	Note       string
}

func (p Builder) bookedRoom(r *event.Room) *eventRoom {
	if r == nil {
		return nil
	}
	v := &eventRoom{
		Name:  r.Facility + " " + r.Name,
		There: p.barriers(r.BarrierFree),
		Not:   p.barriers(r.Barriers),
		Note:  r.BarrierNote,
	}
	if r.Listed {
		v.Href = RoomHref(r.ID)
	}
	return v
}

func (p Builder) barriers(words []string) []string {
	facts := make([]venue.Fact, len(words))
	for i, w := range words {
		facts[i] = venue.Fact(w)
	}
	return p.Facts(facts)
}

// PlaceOf is the place of a date with its room.
func (p Builder) PlaceOf(o *event.Occurrence) *Place {
	v := p.Place(o.Place)
	if v == nil || o.Room == nil {
		return v
	}
	v.Room, v.MapHref = p.bookedRoom(o.Room), o.Room.MapURL()
	return v
}

// TownName is "" for a code that is not told, or of a town that is not here.
func (p Builder) TownName(code string) string {
	if o, err := p.Directory.ByCode(code); err == nil {
		return o.Name
	}
	return ""
}

// Facts names barrier-free facts.
func (p Builder) Facts(list []venue.Fact) []string {
	var words []string
	for _, f := range list {
		words = append(words, p.Words.T("venue.fact."+string(f), nil))
	}
	return words
}

// Place is where something is held; nil where that is not told.
func (p Builder) Place(at event.Place) *Place {
	if at == (event.Place{}) {
		return nil
	}
	v := &Place{
		Name:    at.Name,
		Town:    p.TownName(at.AreaCode),
		Address: at.Address,
		Access:  Paragraphs(at.Access),
		Online:  at.Kind == event.Online,
	}
	switch at.Kind {
	case event.Online:
		if v.Name == "" {
			v.Name = Label(p.Words, "place", event.Online)
		}
	case event.Both:
		v.OnlineText = p.Text("page.place_online_too")
	case event.InPerson:
	}
	if at.Address != "" {
		v.MapHref = maplink.Place(at.Address + " " + at.Name)
	}
	return v
}

// Place is where something is held, in words.
type Place struct {
	Name, Town, Address string
	Day                 string // whose place it is, of dates in different places
	Access              []string
	MapHref, OnlineText string
	Online              bool
	Room                *eventRoom // a booked room
}

// Details tells whether there is more to say than the name.
func (p *Place) Details() bool {
	return p.Address != "" || len(p.Access) > 0 || p.MapHref != "" || p.OnlineText != "" || p.Room != nil
}
