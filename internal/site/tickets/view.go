package tickets

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

type ticketView struct {
	Errors                          []page.FieldError
	Page                            page.Head
	Tone, Icon, Word, Text          string
	Notices                         []page.Notice
	EventTitle, EventHref, PartName string
	Day                             page.Leaf
	Time, Doors                     string
	Place                           *page.Place
	Online                          *onlineView
	Seats, Nickname                 string
	Code                            []string // 5-5-5-5-6
	Secret                          string
	Next                            string   // the code that the ticket gets when it is renewed from this page
	Renewing                        []string // what ends with the code
	QR                              qrcode.Code
	Active, CanCancel, CanRotate    bool
	Slots                           []heldView
	Feed                            *page.FeedBox
	Quiet                           *quietView
	Contact                         *ticketContact
	DayCode                         []string    // 3-3 digits for the door, from the day before on
	DayQR                           qrcode.Code // the same, to be scanned
	Wishes                          string      // what it waits for, when that is more than the seat it names
	Waiting                         bool
	Ask                             *askView
	Lot                             *lotView // when the seat was drawn by lot, or is going to be
}

// quietView is the private calendar of the ticket; Address is "" while it is off.
type quietView struct{ Address, Web string }

type onlineView struct {
	Href  string
	Text  []string
	Phone []string // how to take part by telephone
}

// wishes are the texts of what a ticket may wait for beside the seat that was asked for.
var wishes = map[ticket.Reach]string{
	ticket.WaitAnyPart: "tickets.wish.any_part",
	ticket.WaitAnyDate: "tickets.wish.any_date",
}

// ShowTicket answers with the ticket's page, which also says what the request has to say beside it.
func (h *Handlers) ShowTicket(
	c echo.Context,
	status int,
	code secret.Ticket,
	t ticket.Ticket,
	also ...page.Notice,
) error {
	return h.showTicketWith(c, status, code, t, func(v *ticketView) { v.Notices = append(v.Notices, also...) })
}

// showTicketWith changes the page before it is shown.
func (h *Handlers) showTicketWith(
	c echo.Context,
	status int,
	code secret.Ticket,
	t ticket.Ticket,
	change func(*ticketView),
) error {
	v, err := h.ticket(c.Request().Context(), code, t)
	if err != nil {
		return err
	}
	change(&v)
	return h.ShowPadded(c, status, "ticket", v)
}

// seat is the place in an event that a ticket is for; nil where it is no longer listed.
type seat struct {
	event      *event.Event
	occurrence *event.Occurrence
	part       *event.Part
	channel    event.Channel
}

func (h *Handlers) seat(ctx context.Context, t ticket.Ticket) (seat, error) {
	e, err := h.events.Published(ctx, t.EventID)
	if errors.Is(err, event.ErrUnknown) {
		return seat{}, nil
	}
	if err != nil {
		return seat{}, fmt.Errorf("find ticket's event: %w", err)
	}
	found := seat{event: &e}
	for i := range e.Occurrences {
		o := &e.Occurrences[i]
		if o.ID != t.OccurrenceID {
			continue
		}
		found.occurrence = o
		for j := range o.Parts {
			if o.Parts[j].ID == t.PartID {
				found.part = &o.Parts[j]
				found.channel = channelOf(o.Parts[j].Quotas, t.QuotaID)
			}
		}
	}
	return found, nil
}

func channelOf(quotas []event.Quota, id uuid.UUID) event.Channel {
	for _, q := range quotas {
		if q.ID == id {
			return q.Channel
		}
	}
	return ""
}

func (h *Handlers) ticket(ctx context.Context, code secret.Ticket, t ticket.Ticket) (ticketView, error) {
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return ticketView{}, err
	}
	at, err := h.seat(ctx, t)
	if err != nil {
		return ticketView{}, err
	}
	v := ticketView{
		Page: page.Head{
			Title:    h.Text("tickets.title"), // says nothing of what it is for: browsers keep titles
			Discreet: true,
			Current:  "ticket",
		},
		Seats:      h.Text("page.seats_taken", "n", t.Seats),
		Nickname:   t.Nickname,
		EventTitle: h.Text("tickets.an_event"),
	}
	if at.event != nil {
		v.EventTitle, v.EventHref = at.event.Title, page.EventHref(at.event)
	}
	if at.occurrence != nil {
		p.ticketTime(&v, at)
	}
	p.ticketState(&v, at, t)
	p.ticketOnline(&v, at, t)
	if err := p.ticketSlots(ctx, h.events, &v, at, t); err != nil {
		return ticketView{}, err
	}
	v.Waiting = t.Status == ticket.Waiting || t.Status == ticket.Offered || t.Status == ticket.Applied
	if id, ok := wishes[t.WaitsFor]; ok {
		v.Wishes = p.Text(id)
	}
	if v.Ask = p.asks(&v, t); v.Ask != nil {
		v.Ask.Secret = code.Reveal()
	}
	if v.Active {
		v.Secret, v.Code = code.Reveal(), strings.Split(code.Grouped(), "-")
		if v.QR, err = qrcode.Draw(string(h.Base) + "/t#" + code.Reveal()); err != nil {
			return ticketView{}, err
		}
		if err := h.ticketDayCode(ctx, &v, at, code, t); err != nil {
			return ticketView{}, err
		}
		if v.Contact, err = h.ticketContactPart(ctx, code, t, at); err != nil {
			return ticketView{}, err
		}
		if err := p.ticketRenewing(&v, t); err != nil {
			return ticketView{}, err
		}
		v.Quiet = &quietView{}
		if token, on := t.Calendar(code); on {
			path := "/c/" + token.Reveal() + ".ics"
			v.Quiet.Address, v.Quiet.Web = p.Host+path, string(h.Base)+path
		}
		if at.event != nil {
			v.Feed, _ = p.Feed(
				"/feeds/events/"+at.event.ID.String()+".ics",
				h.Text("tickets.feed.title"),
				h.Text("tickets.feed.text"),
			)
		}
	}
	return v, nil
}

// ticketRenewing says beforehand what a new code does to what hangs on the old one.
func (p viewBuilder) ticketRenewing(v *ticketView, t ticket.Ticket) error {
	next, err := secret.NewTicket(rand.Reader)
	if err != nil {
		return fmt.Errorf("make next code: %w", err)
	}
	v.Next = next.Reveal()
	say := func(what string) { v.Renewing = append(v.Renewing, page.Label(p.Words, "renewing", what)) }
	say("code")
	if t.CalendarOn() {
		say("calendar")
	}
	if v.DayCode != nil {
		say("day_code")
	}
	if t.HasContact {
		say("contact")
	}
	return nil
}

// ticketDayCode shows the digits for the door, and where an online part can be joined by telephone,
// in the words for that.
func (h *Handlers) ticketDayCode(
	ctx context.Context,
	v *ticketView,
	at seat,
	code secret.Ticket,
	t ticket.Ticket,
) error {
	byPhone := t.JoiningLink != nil && t.JoiningLink.Phone != ""
	if at.channel == event.ChannelOnline && !byPhone {
		return nil
	}
	digits, err := h.dayCode(ctx, code, t)
	if err != nil || digits == "" {
		return err
	}
	if byPhone {
		v.Online.Phone = page.Paragraphs(t.JoiningLink.Spoken(digits))
	}
	if at.channel == event.ChannelOnline {
		return nil
	}
	v.DayCode = []string{digits[:3], digits[3:]}
	v.DayQR, err = qrcode.Draw(digits)
	return err
}

// dayCode gives the digits for the door, "" for a ticket that has none yet or needs none. It stands
// on pages that are asked for by POST only, because the first call stores what the digits are
// recognised by.
func (h *Handlers) dayCode(ctx context.Context, code secret.Ticket, t ticket.Ticket) (string, error) {
	if t.Status != ticket.Confirmed {
		return "", nil
	}
	digits, err := h.tickets.DayCode(ctx, code)
	switch {
	case err == nil:
		return digits.Reveal(), nil
	case errors.Is(err, ticket.ErrDayCodeEarly), errors.Is(err, ticket.ErrNotConfirmed), errors.Is(err, ticket.ErrOver):
		return "", nil
	}
	return "", fmt.Errorf("give day code: %w", err)
}

func (p viewBuilder) ticketTime(v *ticketView, at seat) {
	o := at.occurrence
	from, to := o.StartsAt, o.EndsAt
	v.Place = p.Place(o.Place)
	if at.part != nil {
		v.PartName = at.part.Name + p.sittingText(at)
		from, to = at.part.StartsAt, at.part.EndsAt
		if at.part.PlaceNote != "" && v.Place != nil {
			v.Place.Name = strings.TrimSpace(v.Place.Name + "　" + at.part.PlaceNote)
		}
	}
	v.Day, v.Time = page.LeafOf(clock.DateOf(from), p.Today), page.SpanText(from, to, p.Today)
	if o.DoorsAt != nil {
		v.Doors = p.Text("page.doors", "at", i18n.ClockTime(*o.DoorsAt))
	}
	if v.Place != nil {
		v.Place.OnlineText = ""
	}
	if at.channel == event.ChannelOnline {
		v.Doors = ""
		v.Place = &page.Place{Name: page.Label(p.Words, "place", event.Online), Online: true}
	}
}

// ticketState says in one sentence where the ticket stands.
func (p viewBuilder) ticketState(v *ticketView, at seat, t ticket.Ticket) {
	e, o := at.event, at.occurrence
	over := at.part != nil && !at.part.EndsAt.After(p.Now) || at.part == nil && o != nil && !o.EndsAt.After(p.Now)
	v.Active = t.Status.Active() && !over
	v.CanCancel, v.CanRotate = v.Active, v.Active
	lot := p.ticketLot(v, at, t, over)
	switch {
	case lot:
	case t.Status == ticket.Cancelled:
		v.Tone, v.Icon = "full", "leave"
		v.Word, v.Text = p.Text("tickets.cancelled.word"), p.Text("tickets.cancelled.text")
	case t.Status == ticket.Lapsed:
		v.Tone, v.Icon = "full", "clock"
		v.Word, v.Text = p.Text("tickets.lapsed.word"), p.Text("tickets.lapsed.text")
	case e != nil && e.Status == event.Cancelled, o != nil && o.Status == event.OccurrenceCancelled:
		v.Tone, v.Icon = "stop", "stop"
		v.Word, v.Text = p.Text("tickets.event_cancelled.word"), p.Text("tickets.event_cancelled.text")
		v.Active, v.CanCancel, v.CanRotate = false, false, false
		p.reason(v, e, o)
	case over:
		v.Tone, v.Icon = "full", "check"
		v.Word, v.Text = p.Text("tickets.over.word"), p.Text("tickets.over.text")
	case o != nil && o.Status == event.Postponed:
		v.Tone, v.Icon = "change", "move"
		v.Word, v.Text = p.Text("tickets.postponed.word"), p.Text("tickets.postponed.text")
	case t.Status == ticket.Offered:
		p.offered(v, t)
	case t.Status == ticket.Waiting:
		v.Tone, v.Icon = "few", "clock"
		v.Word, v.Text = p.Text("tickets.waiting.word"), p.Text("tickets.waiting.text")
		if t.WaitsUntil != nil {
			v.Text += p.Text("tickets.waiting.until", "at", page.UntilText(*t.WaitsUntil, p.Today))
		}
		if t.HasContact {
			v.Text += p.Text("tickets.waiting.asked_first")
		}
	default:
		v.Icon, v.Word, v.Text = "check", p.Text("tickets.confirmed"), p.Text("tickets.just_come")
		if at.channel == event.ChannelOnline {
			v.Text = p.Text("tickets.enter_here")
		}
	}
	if e == nil || o == nil {
		v.Notices = append(
			v.Notices,
			page.Notice{
				Icon:  "info",
				Title: p.Text("tickets.unlisted.title"),
				Lines: []string{p.Text("tickets.unlisted.text")},
			},
		)
	} else if v.Active && o.Status == event.Scheduled && o.MovedFrom != nil {
		v.Notices = append(
			v.Notices,
			page.Notice{
				Tone:  "change",
				Icon:  "move",
				Title: p.Text("tickets.moved.title"),
				Lines: []string{p.Text("tickets.moved.text", "at", page.MomentText(*o.MovedFrom, p.Today))},
			},
		)
	}
}

func (p viewBuilder) reason(v *ticketView, e *event.Event, o *event.Occurrence) {
	lines := page.Paragraphs(e.CancelReason)
	if o != nil && o.Status == event.OccurrenceCancelled {
		lines = append(lines, page.Paragraphs(o.CancelReason)...)
	}
	if lines != nil {
		v.Notices = append(
			v.Notices,
			page.Notice{Tone: "stop", Icon: "info", Title: p.Text("tickets.from_organizer"), Lines: lines},
		)
	}
}

func (p viewBuilder) ticketOnline(v *ticketView, at seat, t ticket.Ticket) {
	switch {
	case !v.Active || at.channel != event.ChannelOnline && t.JoiningLink == nil:
	case t.JoiningLink != nil:
		v.Online = &onlineView{
			Href:  t.JoiningLink.URL,
			Text:  page.Paragraphs(t.JoiningLink.Note),
			Phone: page.Paragraphs(t.JoiningLink.Spoken(p.Text("tickets.digits_later"))),
		}
	default:
		v.Online = &onlineView{Text: []string{p.Text("tickets.online_later")}}
	}
}
