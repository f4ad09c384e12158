package site

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// doorTitle says nothing of what is held behind the door.
const doorTitle = "受付"

// doorView is the page of the phone at the entrance: it asks for the day link, or shows the door that a link opened.
type doorView struct {
	Page   head
	Errors []fieldError
	Error  string // of the link
	Panel  *doorPanel
	Blank  doorPanel // what the page's script fills, with the words for a part without reservation and for one with
	All    string
	WalkIn string
}

// doorPanel is a date in numbers. Without Token it is a form for the script to fill.
type doorPanel struct {
	Token, Title, Time, Closes string
	Parts                      []doorPart
	Errors                     []fieldError
	NoCodes                    bool // nobody has a ticket for this date
	Result                     *doorResult
	CodeError                  string
}

// doorPart is a part with its counter. Each of its buttons sends a tap with an id of its own, so that a press that is sent twice counts once.
type doorPart struct {
	Token, ID, Name, Time, Counted string
	Count                          int
	Fits                           string // how many fit
	Band                           *badge
	Arrivals                       string // of those with tickets, "" where there are none
	MoreID, LessID                 string
	Slots                          []doorSlot
}

// doorResult is what became of a ticket that was shown. Code is for taking it back.
type doorResult struct {
	notice
	Code string
}

// What the head count is called, for a part without reservation and for one with.
const (
	countsAll     = "いま中にいる人"
	countsWalkIns = "予約なしで来た人"
)

func (s *Site) doorView(refusal string) doorView {
	v := doorView{Page: head{Title: doorTitle, Discreet: true, Staff: true}, Error: refusal, Blank: doorPanel{Parts: []doorPart{{Slots: []doorSlot{{WalkIn: true}}}}}, All: countsAll, WalkIn: countsWalkIns}
	if refusal != "" {
		v.Errors = []fieldError{{ID: "link", Text: refusal}}
	}
	return v
}

func (p painter) door(token secret.Door, d door.Door, slots []door.Slot) *doorPanel {
	v := &doorPanel{
		Token: token.Reveal(), Title: d.Title, Time: dayText(clock.DateOf(d.StartsAt), p.today) + spanText(d.StartsAt, d.EndsAt, p.today), Closes: momentText(d.ClosesAt, p.today),
	}
	v.NoCodes = true
	for _, part := range d.Parts {
		v.NoCodes = v.NoCodes && part.Reservation == event.NoReservation
		shown := doorPart{
			Token: v.Token, ID: part.ID.String(), Name: part.Name, Count: part.Count.Count, Counted: countsWalkIns, MoreID: uuid.NewString(), LessID: uuid.NewString(),
		}
		if shown.Name == "" {
			shown.Name = "受付の人数"
		} else {
			shown.Time = spanText(part.StartsAt, part.EndsAt, p.today)
		}
		if part.Capacity != nil {
			shown.Fits = strconv.Itoa(*part.Capacity) + "人まで"
			b := bandBadge(p.words, part.Band)
			shown.Band = &b
		}
		if part.Reservation == event.NoReservation {
			shown.Counted = countsAll
		}
		if part.Taken > 0 || part.Arrived > 0 {
			shown.Arrivals = "予約した人のうち、受付がすんだ人 " + strconv.Itoa(part.Arrived) + "人（席は" + strconv.Itoa(part.Taken) + "）"
		}
		for i := range slots {
			if slots[i].PartID == part.ID {
				shown.Slots = append(shown.Slots, p.doorSlot(&slots[i]))
			}
		}
		v.Parts = append(v.Parts, shown)
	}
	return v
}

func doorResultOf(c door.CheckIn, code string) *doorResult {
	people := strconv.Itoa(c.Seats) + "人"
	r := &doorResult{Code: code}
	switch c.Outcome {
	case door.Arrived:
		r.notice = notice{Tone: "good", Icon: "check", Title: "受付しました。" + people + "です"}
	case door.Already:
		r.notice = notice{Tone: "few", Icon: "info", Title: "この番号は、もう受付がすんでいます。" + people + "です"}
	case door.Undone:
		r.notice, r.Code = notice{Icon: "leave", Title: "受付を取り消しました。" + people + "です"}, ""
	case door.NotCounted:
		r.notice, r.Code = notice{Icon: "info", Title: "この番号は、まだ受付していません"}, ""
	}
	if c.Channel == event.ChannelOnline {
		r.Lines = []string{"オンラインの席の番号です。"}
	}
	return r
}
