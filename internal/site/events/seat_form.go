package events

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

type occurrenceView struct {
	ID                string
	Day               page.Leaf
	Time, Doors, Near string
	Status            *page.Notice
	Place             *page.Place // only when it differs from the event's
	Note              []string
	Open              bool // its parts are shown at once, not folded
	Parts             []partView
}

type partView struct {
	Name, Time, Place, Audience string
	Text                        []string
	Walk                        bool // 予約不要
	WalkText                    string
	Band                        *page.Badge // how full it is on the day
	Booths                      []boothView
	Forms                       []formView
	Notices                     []page.Notice
}

type boothView struct{ Name, By, Offers string }

type formView struct {
	ID, Action, Secret, Title, Icon string
	Band                            *page.Badge
	Open                            bool
	Quotas                          []quotaView
	Slots                           *page.SlotTable // instead of Quotas, for a part with slots
	SlotPart                        string
	Legend                          string // of the radio controls, when there are several quotas
	Seats                           *page.SelectField
	Nickname                        *page.Input
	Answers                         *answersView
	Contact                         *seatContact
	Lines                           []string
	Button, Closes, Shut            string
	Lot                             bool          // applies for a draw
	More                            *page.Link    // about the draw
	Wait                            string        // ticket.Reach, when the form stands in line instead of taking a seat
	Reach                           *page.Choices // instead of Wait, where there is more than one line
}

type quotaView struct {
	ID, Label      string
	Band           *page.Badge
	Open, Selected bool
}

// given is a request for seats that was refused, to be shown again as it was typed.
type given struct {
	quota           string
	seats, nickname string
	answers         ticket.Answers
	reach, mail     string
	picked          *page.PickedSlots // of a form for slots
	secret          secret.Ticket     // zero: a fresh one is needed
	// What is wrong with each control, and with the request as a whole.
	seatsFault, nicknameFault, mailFault, fault string
}

// formBuilder makes the dates of one page with their forms, numbering them.
type formBuilder struct {
	viewBuilder
	event      *event.Event
	given      *given
	count      int
	givenForm  *formView // the one the request came from
	hasSecrets bool
}

func (f *formBuilder) occurrence(o *event.Occurrence) (occurrenceView, error) {
	day := clock.DateOf(o.StartsAt)
	v := occurrenceView{
		ID:     "o" + o.ID.String()[:8],
		Day:    page.LeafOf(day, f.Today),
		Time:   page.SpanText(o.StartsAt, o.EndsAt, f.Today),
		Status: f.occurrenceStatus(o),
		Note:   page.Paragraphs(o.Note),
	}
	if off(f.event, o) {
		return v, nil
	}
	v.Near = page.NearText(day, f.Today)
	if o.DoorsAt != nil {
		v.Doors = f.Text("page.doors", "at", i18n.ClockTime(*o.DoorsAt))
	}
	before := f.givenForm
	for i := range o.Parts {
		part, err := f.part(o, &o.Parts[i])
		if err != nil {
			return v, err
		}
		v.Parts = append(v.Parts, part)
	}
	v.Open = f.givenForm != before
	return v, nil
}

func (f *formBuilder) occurrenceStatus(o *event.Occurrence) *page.Notice {
	switch m := f.mark(f.event, o); {
	case m == nil:
		return nil
	case f.event.Status == event.Cancelled:
		return &page.Notice{Tone: m.Tone, Icon: m.Icon, Title: f.Text("events.date.cancelled_all")}
	case o.Status == event.OccurrenceCancelled:
		return &page.Notice{
			Tone:  m.Tone,
			Icon:  m.Icon,
			Title: f.Text("events.date.cancelled"),
			Lines: page.Paragraphs(o.CancelReason),
		}
	case o.Status == event.Postponed:
		return &page.Notice{
			Tone:  m.Tone,
			Icon:  m.Icon,
			Title: f.Text("events.date.postponed"),
			Lines: []string{f.Text("events.date.postponed_text")},
		}
	default:
		return &page.Notice{
			Tone:  m.Tone,
			Icon:  m.Icon,
			Title: f.Text("events.date.moved"),
			Lines: []string{f.Text("events.date.moved_from", "at", page.MomentText(*o.MovedFrom, f.Today))},
		}
	}
}

func (f *formBuilder) part(o *event.Occurrence, p *event.Part) (partView, error) {
	v := partView{Name: p.Name, Place: p.PlaceNote, Audience: p.Audience, Text: page.Paragraphs(p.Description)}
	if p.Room != nil && !p.NeedsPlace {
		v.Place = strings.TrimSpace(p.Room.Facility + " " + p.Room.Name + " " + p.PlaceNote)
	} else if p.NeedsPlace {
		v.Place = f.Text("events.date.place_open")
	}
	if p.Name != "" {
		v.Time = page.SpanText(p.StartsAt, p.EndsAt, f.Today)
	}
	switch p.Press {
	case event.PressPresent, event.PressAnnouncedLater:
		v.Notices = append(v.Notices, page.Notice{Icon: "press", Title: page.Label(f.Words, "press", p.Press)})
	case event.PressNone:
	}
	if n := f.sittingNotice(o, p); n != nil {
		v.Notices = append(v.Notices, *n)
	}
	for _, b := range p.Booths {
		booth := boothView{Name: b.Name, Offers: b.Offers}
		if b.By != nil {
			if booth.Name == "" {
				booth.Name = b.By.Name
			} else {
				booth.By = b.By.Name
			}
		}
		v.Booths = append(v.Booths, booth)
	}
	if p.Reservation == event.NoReservation {
		v.Walk = true
		v.Band, v.WalkText = f.doorBand(p)
		return v, nil
	}
	var err error
	v.Forms, err = f.forms(o, p)
	if len(v.Forms) > 0 && v.Forms[0].Slots != nil {
		v.Booths = nil // its table names them
	}
	for _, q := range p.Quotas {
		if q.Channel == event.ChannelWalkIn {
			v.Notices = append(v.Notices, f.walkIn(p))
			break
		}
	}
	return v, err
}

// forms gives one form for each way of taking part that seats are counted for.
func (f *formBuilder) forms(o *event.Occurrence, p *event.Part) ([]formView, error) {
	if p.Reservation == event.Slot {
		form, err := f.slotForm(o, p)
		return []formView{form}, err
	}
	var forms []formView
	for _, channel := range []event.Channel{event.ChannelInPerson, event.ChannelOnline} {
		var quotas []event.Quota
		for _, q := range p.Quotas {
			if q.Channel == channel {
				quotas = append(quotas, q)
			}
		}
		if len(quotas) == 0 {
			continue
		}
		paint := f.form
		if p.Reservation == event.Lottery {
			paint = f.lots
		}
		form, err := paint(o, p, channel, quotas)
		if err != nil {
			return nil, err
		}
		forms = append(forms, form)
	}
	return forms, nil
}

func (f *formBuilder) nextID() string {
	f.count++
	return "f" + strconv.Itoa(f.count)
}

func (f *formBuilder) form(
	o *event.Occurrence,
	p *event.Part,
	channel event.Channel,
	quotas []event.Quota,
) (formView, error) {
	v := formView{
		ID:     f.nextID(),
		Action: page.EventHref(f.event) + "/tickets",
		Title:  f.Text("events.seat.take"),
		Icon:   "ticket",
		Button: f.Text("events.seat.take"),
		Legend: f.Text("events.seat.legend"),
		Closes: page.UntilText(p.Closes(), f.Today),
	}
	if channel == event.ChannelOnline {
		v.Title, v.Icon, v.Button = f.Text("events.seat.take_online"), "online", f.Text("events.seat.take_online")
	}
	v.Shut = f.shut(o, p, quotas)
	taking := v.Shut == ""
	if taking && page.BestBand(quotas) == event.BandFull {
		if p.WaitingList && f.Now.Before(p.WaitsUntil()) {
			f.wait(&v, o, p, channel)
		} else {
			v.Shut = f.Text("events.seat.full")
		}
	}
	v.Open = v.Shut == ""
	if taking && len(quotas) == 1 {
		b := page.BandBadge(f.Words, page.BestBand(quotas))
		v.Band = &b
	}
	if f.mine(quotas) {
		// Given back, even when it is full: what was typed stays, and a seat may come free.
		v.Open = v.Open || taking
		f.givenForm = &v
	}
	if !v.Open {
		return v, nil
	}
	most, chosenQuota := 1, ""
	if f.given != nil && f.givenForm == &v {
		chosenQuota = f.given.quota
	}
	for _, q := range quotas {
		b := page.BandBadge(f.Words, page.BestBand([]event.Quota{q}))
		shown := quotaView{
			ID:       q.ID.String(),
			Label:    q.Name,
			Band:     &b,
			Open:     b.Tone != "full" || v.Wait != "" || chosenQuota == q.ID.String(),
			Selected: chosenQuota == q.ID.String(),
		}
		if shown.Label == "" {
			shown.Label = page.Label(f.Words, "channel", q.Channel)
		}
		v.Quotas = append(v.Quotas, shown)
		most = max(most, q.MaxSeats)
	}
	f.contactFields(&v, o.ID)
	return v, f.fields(&v, most)
}

// shut says why no seat can be taken whatever is left, "" when one can.
func (f *formBuilder) shut(o *event.Occurrence, p *event.Part, quotas []event.Quota) string {
	switch p.Registration(o, f.Now) {
	case event.RegistrationNotYet:
		return f.Text("events.opens", "at", page.MomentText(*p.OpensAt, f.Today))
	case event.RegistrationClosed:
		return f.Text("events.seat.closed")
	case event.RegistrationNotNeeded, event.RegistrationOpen, event.RegistrationFull, event.RegistrationWaiting:
	}
	for _, q := range quotas {
		if q.Accepting {
			return ""
		}
	}
	return f.Text("events.seat.paused")
}

// mine reports whether the refused request was for one of these quotas.
func (f *formBuilder) mine(quotas []event.Quota) bool {
	if f.given == nil {
		return false
	}
	for _, q := range quotas {
		if q.ID.String() == f.given.quota {
			return true
		}
	}
	return false
}

// fields fills the controls, anew or with what was typed.
func (f *formBuilder) fields(v *formView, most int) error {
	nickname := page.Input{
		ID:    v.ID + "-nickname",
		Name:  "nickname",
		Type:  "text",
		Label: f.Text("page.nickname.label"),
		Note:  f.Text("page.nickname.note"),
		Hint:  f.Text("page.nickname.hint"),
		Max:   ticket.MaxNickname,
	}
	seats := page.SelectField{ID: v.ID + "-seats", Name: "seats", Label: f.Text("page.seats.label")}
	typed, code, chosen := "1", secret.Ticket{}, ticket.Answers{}
	if f.given != nil && f.givenForm == v {
		nickname.Value, nickname.Error = page.Echoed(f.given.nickname), f.given.nicknameFault
		seats.Error, code, chosen = f.given.seatsFault, f.given.secret, f.given.answers
		if n, err := strconv.Atoi(f.given.seats); err == nil && n >= 1 && n <= most {
			typed = strconv.Itoa(n)
		}
	}
	for n := 1; n <= most; n++ {
		value := strconv.Itoa(n)
		seats.Options = append(
			seats.Options,
			page.Option{Value: value, Label: f.Text("page.people", "n", value), Selected: value == typed},
		)
	}
	v.Nickname, v.Answers = &nickname, f.answers(v.ID, chosen)
	if most > 1 || seats.Error != "" {
		v.Seats = &seats
	}
	if code.IsZero() {
		var err error
		if code, err = secret.NewTicket(f.random); err != nil {
			return fmt.Errorf("prepare form: %w", err)
		}
	}
	v.Secret, f.hasSecrets = code.Reveal(), true
	return nil
}

// errors are the lines of the summary for the request that was refused.
func (f *formBuilder) errors() []page.FieldError {
	if f.given == nil {
		return nil
	}
	id := "join"
	if f.givenForm != nil {
		id = f.givenForm.ID
	}
	var lines []page.FieldError
	add := func(suffix, text string) {
		if text != "" {
			line := page.FieldError{ID: id + suffix, Text: text}
			if f.givenForm == nil || !f.givenForm.Open {
				line.ID = id
			}
			lines = append(lines, line)
		}
	}
	add("", f.given.fault)
	add("-seats", f.given.seatsFault)
	add("-nickname", f.given.nicknameFault)
	add("-mail", f.given.mailFault)
	return lines
}
