package site

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
	"github.com/tonarimachi/tonarimachi/internal/qrcode"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// ticketTitle says nothing of what the ticket is for: it stands in the browser's history.
const ticketTitle = "参加票"

type ticketView struct {
	Errors                          []fieldError
	Page                            head
	Tone, Icon, Word, Text          string
	Notices                         []notice
	EventTitle, EventHref, PartName string
	Day                             leaf
	Time, Doors                     string
	Place                           *place
	Online                          *onlineView
	Seats, Nickname                 string
	Code                            []string // 5-5-5-5-6
	Secret                          string
	Next                            string   // the code that the ticket gets when it is renewed from this page
	Renewing                        []string // what ends with the code
	QR                              qrcode.Code
	Active, CanCancel, CanRotate    bool
	Slots                           []heldView
	Feed                            *feedBox
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

// wishes are what a ticket may wait for beside the seat that was asked for.
var wishes = map[ticket.Reach]string{ticket.WaitAnyPart: "この日の、ほかの部でもよい", ticket.WaitAnyDate: "ほかの日でもよい"}

func (s *Site) showTicket(c echo.Context, status int, code secret.Ticket, t ticket.Ticket) error {
	return s.showTicketWith(c, status, code, t, func(*ticketView) {})
}

// showTicketWith has something to say beside what the ticket itself says.
func (s *Site) showTicketWith(c echo.Context, status int, code secret.Ticket, t ticket.Ticket, say func(*ticketView)) error {
	v, err := s.ticket(c.Request().Context(), code, t)
	if err != nil {
		return err
	}
	say(&v)
	return s.showBucketed(c, status, "ticket", v)
}

// place in an event that a ticket is for; nil where it is no longer listed.
type seat struct {
	event      *event.Event
	occurrence *event.Occurrence
	part       *event.Part
	channel    event.Channel
}

func (s *Site) seat(ctx context.Context, t ticket.Ticket) (seat, error) {
	e, err := s.events.Published(ctx, t.EventID)
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

func (s *Site) ticket(ctx context.Context, code secret.Ticket, t ticket.Ticket) (ticketView, error) {
	p, err := s.painter(ctx)
	if err != nil {
		return ticketView{}, err
	}
	at, err := s.seat(ctx, t)
	if err != nil {
		return ticketView{}, err
	}
	v := ticketView{
		Page: head{Title: ticketTitle, Discreet: true, Current: "ticket"}, Seats: fmt.Sprintf("%d席", t.Seats), Nickname: t.Nickname,
		EventTitle: "席をとった集まり",
	}
	if at.event != nil {
		v.EventTitle, v.EventHref = at.event.Title, eventHref(at.event)
	}
	if at.occurrence != nil {
		p.ticketTime(&v, at)
	}
	p.ticketState(&v, at, t)
	p.ticketOnline(&v, at, t)
	if err := p.ticketSlots(ctx, &v, at, t); err != nil {
		return ticketView{}, err
	}
	v.Waiting, v.Wishes = t.Status == ticket.Waiting || t.Status == ticket.Offered || t.Status == ticket.Applied, wishes[t.WaitsFor]
	if v.Ask = p.asks(&v, t); v.Ask != nil {
		v.Ask.Secret = code.Reveal()
	}
	if v.Active {
		v.Secret, v.Code = code.Reveal(), strings.Split(code.Grouped(), "-")
		if v.QR, err = qrcode.Draw(string(s.base) + "/t#" + code.Reveal()); err != nil {
			return ticketView{}, err
		}
		if err := s.ticketDayCode(ctx, &v, at, code, t); err != nil {
			return ticketView{}, err
		}
		if v.Contact, err = s.ticketContactPart(ctx, code, t, at); err != nil {
			return ticketView{}, err
		}
		if err := p.ticketRenewing(&v, t); err != nil {
			return ticketView{}, err
		}
		v.Quiet = &quietView{}
		if token, on := t.Calendar(code); on {
			path := "/c/" + token.Reveal() + ".ics"
			v.Quiet.Address, v.Quiet.Web = p.host+path, string(s.base)+path
		}
		if at.event != nil {
			v.Feed, _ = p.calendar("/feeds/events/"+at.event.ID.String()+".ics", "この集まりの予定をカレンダーに入れる", "日時や場所が変わると、カレンダーも変わります。参加票の番号は入りません。")
		}
	}
	return v, nil
}

// ticketRenewing says beforehand what a new code does to what hangs on the old one.
func (p painter) ticketRenewing(v *ticketView, t ticket.Ticket) error {
	next, err := secret.NewTicket(rand.Reader)
	if err != nil {
		return fmt.Errorf("make next code: %w", err)
	}
	v.Next = next.Reveal()
	say := func(what string) { v.Renewing = append(v.Renewing, label(p.words, "renewing", what)) }
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

// ticketDayCode shows the digits for the door, and where an online part can be joined by telephone, in the words for that.
func (s *Site) ticketDayCode(ctx context.Context, v *ticketView, at seat, code secret.Ticket, t ticket.Ticket) error {
	byPhone := t.JoiningLink != nil && t.JoiningLink.Phone != ""
	if at.channel == event.ChannelOnline && !byPhone {
		return nil
	}
	digits, err := s.dayCode(ctx, code, t)
	if err != nil || digits == "" {
		return err
	}
	if byPhone {
		v.Online.Phone = paragraphs(t.JoiningLink.Spoken(digits))
	}
	if at.channel == event.ChannelOnline {
		return nil
	}
	v.DayCode = []string{digits[:3], digits[3:]}
	v.DayQR, err = qrcode.Draw(digits)
	return err
}

// dayCode gives the digits for the door, "" for a ticket that has none yet or needs none. It stands on pages that are asked for by POST only, because the
// first call stores what the digits are recognised by.
func (s *Site) dayCode(ctx context.Context, code secret.Ticket, t ticket.Ticket) (string, error) {
	if t.Status != ticket.Confirmed {
		return "", nil
	}
	digits, err := s.tickets.DayCode(ctx, code)
	switch {
	case err == nil:
		return digits.Reveal(), nil
	case errors.Is(err, ticket.ErrDayCodeEarly), errors.Is(err, ticket.ErrNotConfirmed), errors.Is(err, ticket.ErrOver):
		return "", nil
	}
	return "", fmt.Errorf("give day code: %w", err)
}

func (p painter) ticketTime(v *ticketView, at seat) {
	o := at.occurrence
	from, to := o.StartsAt, o.EndsAt
	v.Place = p.place(o.Place)
	if at.part != nil {
		v.PartName = at.part.Name + sittingText(at)
		from, to = at.part.StartsAt, at.part.EndsAt
		if at.part.PlaceNote != "" && v.Place != nil {
			v.Place.Name = strings.TrimSpace(v.Place.Name + "　" + at.part.PlaceNote)
		}
	}
	v.Day, v.Time = leafOf(clock.DateOf(from), p.today), spanText(from, to, p.today)
	if o.DoorsAt != nil {
		v.Doors = "開場 " + i18n.ClockTime(*o.DoorsAt)
	}
	if v.Place != nil {
		v.Place.OnlineText = ""
	}
	if at.channel == event.ChannelOnline {
		v.Doors = ""
		v.Place = &place{Name: label(p.words, "place", event.Online), Online: true}
	}
}

// ticketState says in one sentence where the ticket stands.
func (p painter) ticketState(v *ticketView, at seat, t ticket.Ticket) {
	e, o := at.event, at.occurrence
	over := at.part != nil && !at.part.EndsAt.After(p.now) || at.part == nil && o != nil && !o.EndsAt.After(p.now)
	v.Active = t.Status.Active() && !over
	v.CanCancel, v.CanRotate = v.Active, v.Active
	lot := p.ticketLot(v, at, t, over)
	switch {
	case lot:
	case t.Status == ticket.Cancelled:
		v.Tone, v.Icon, v.Word, v.Text = "full", "leave", "参加をとりやめました", "席はお返ししました。またいつでも、来たくなったときに席をとってください。"
	case t.Status == ticket.Lapsed:
		v.Tone, v.Icon, v.Word, v.Text = "full", "clock", "この席は、ほかの方にまわりました", "お返事の期限がすぎました。席に余裕があれば、もういちど席をとれます。"
	case e != nil && e.Status == event.Cancelled, o != nil && o.Status == event.OccurrenceCancelled:
		v.Tone, v.Icon, v.Word, v.Text = "stop", "stop", "この集まりは中止になりました", "申し訳ありません。手続きはいりません。"
		v.Active, v.CanCancel, v.CanRotate = false, false, false
		p.reason(v, e, o)
	case over:
		v.Tone, v.Icon, v.Word, v.Text = "full", "check", "この集まりは終わりました", "ご参加ありがとうございました。この番号は、もう使いません。"
	case o != nil && o.Status == event.Postponed:
		v.Tone, v.Icon, v.Word, v.Text = "change", "move", "この集まりは延期になりました", "席はそのままです。新しい日時が決まりしだい、この参加票に出ます。"
	case t.Status == ticket.Offered:
		p.offered(v, t)
	case t.Status == ticket.Waiting:
		v.Tone, v.Icon, v.Word, v.Text = "few", "clock", "キャンセル待ちをしています", "席が空くと、待っている順に席がとれて、この参加票に出ます。"
		if t.WaitsUntil != nil {
			v.Text += untilText(*t.WaitsUntil, p.today) + "までに空かないときは、席はとれません。"
		}
		if t.HasContact {
			v.Text += "席が空いたら、まず、お知らせの届け先におたずねします。1日ほどのあいだにお返事がないと、次の方にまわります。時間がないときは、おたずねせずに席がとれます。"
		}
	default:
		v.Icon, v.Word, v.Text = "check", "席がとれています", "当日は、そのまま来てください。"
		if at.channel == event.ChannelOnline {
			v.Text = "時間になったら、この参加票から入れます。"
		}
	}
	if e == nil || o == nil {
		v.Notices = append(v.Notices, notice{Icon: "info", Title: "この集まりのページは、いまは公開されていません", Lines: []string{"参加票は残っています。くわしくは、ひらいている団体におたずねください。"}})
	} else if v.Active && o.Status == event.Scheduled && o.MovedFrom != nil {
		v.Notices = append(v.Notices, notice{Tone: "change", Icon: "move", Title: "日程が変わりました", Lines: []string{"変わる前は、" + momentText(*o.MovedFrom, p.today) + "からの予定でした。"}})
	}
}

func (p painter) reason(v *ticketView, e *event.Event, o *event.Occurrence) {
	lines := paragraphs(e.CancelReason)
	if o != nil && o.Status == event.OccurrenceCancelled {
		lines = append(lines, paragraphs(o.CancelReason)...)
	}
	if lines != nil {
		v.Notices = append(v.Notices, notice{Tone: "stop", Icon: "info", Title: "主催者からのお知らせ", Lines: lines})
	}
}

func (p painter) ticketOnline(v *ticketView, at seat, t ticket.Ticket) {
	switch {
	case !v.Active || at.channel != event.ChannelOnline && t.JoiningLink == nil:
	case t.JoiningLink != nil:
		v.Online = &onlineView{Href: t.JoiningLink.URL, Text: paragraphs(t.JoiningLink.Note), Phone: paragraphs(t.JoiningLink.Spoken("（6けたの番号。前の日からここに出ます）"))}
	default:
		v.Online = &onlineView{Text: []string{"始まる前になると、この参加票にオンラインの会場への入り口が出ます。番号を控えておいて、そのときにもういちど開いてください。"}}
	}
}
