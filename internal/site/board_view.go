package site

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Bookings is what the pages ask of bookings: when rooms can be had, and nothing of who has them. booking.Service is one.
type Bookings interface {
	// Board fails with booking.ErrRoomUnknown for a room that is not shown.
	Board(ctx context.Context, q booking.BoardQuery) (booking.Board, error)
	Free(ctx context.Context, q booking.FreeQuery) (booking.FreePage, error)
	Near(ctx context.Context, q booking.FreeQuery) ([]booking.Near, error)
	ByLot(ctx context.Context, q booking.FreeQuery) ([]booking.Round, error)
	// Round fails with booking.ErrRoundUnknown.
	Round(ctx context.Context, id uuid.UUID) (booking.Round, error)
	Rounds(ctx context.Context, f booking.RoundFilter) (booking.RoundPage, error)
}

// boardView is the free and taken times of one facility or one room.
type boardView struct {
	View        string // month, week, day
	Period      string
	Views       []viewLink
	Previous    *link
	Next, Today *link
	Earlier     *link // the weeks of this month that are over
	Jump        jumpForm
	Days        []boardDayHead
	Rows        []boardRow
	Legend      []boardState
}

type viewLink struct {
	link
	Current bool
}

// jumpForm leads to a day; it keeps the view.
type jumpForm struct {
	Action, View string
	Date         input
}

type boardDayHead struct{ ISO, Day, Week, Tone, Holiday, Text, Href string }

// boardState is a state in a sign, a word and a colour; none stands without the others. Of a time kept for a draw it leads to its page.
type boardState struct {
	Tone, Mark, Word, Href string
	Again                  bool // earlier in the row something leads there already: no stop for the keyboard
}

// boardRow is a room with its days.
type boardRow struct {
	ID, Href, Name, Lines string
	Cells                 []boardCell
}

// boardCell is a room on a day. Slots are its blocks, or what is free of its hours.
type boardCell struct {
	boardState
	Head  boardDayHead
	Note  string // why it is closed, from when one can ask
	Slots []boardSlot
}

type boardSlot struct {
	boardState
	Name, Time string
}

// The views of a board.
const (
	viewMonth = "month"
	viewWeek  = "week"
	viewDay   = "day"
)

// How far back and ahead one can look: what lies further is the same for all rooms.
const (
	boardMonthsBack  = 1
	boardMonthsAhead = 24
)

// boardAsk is a request for a board as it was understood.
type boardAsk struct {
	view  string
	date  clock.Date // the day that was asked for
	first clock.Date
	days  int
	typed string
	fault string // of the day
	slots bool   // the blocks of each day, not only its sign
}

// askBoard reads view and date; a view that is not there is the usual one.
func (p painter) askBoard(query url.Values, usual string, views ...string) boardAsk {
	a := boardAsk{view: usual, date: p.today, typed: strings.TrimSpace(query.Get("date"))}
	for _, v := range views {
		if query.Get("view") == v {
			a.view = v
		}
	}
	if a.typed != "" {
		d, err := clock.ParseDate(a.typed)
		first, last := p.boardBounds()
		switch {
		case err != nil:
			a.fault = p.words.Field("invalid_date", nil)
		case d.Before(first) || d.After(last):
			a.fault = p.words.T("board.too_far", map[string]any{"from": dayText(first, p.today), "to": dayText(last, p.today)})
		default:
			a.date = d
		}
	}
	a.first, a.days = p.period(a.view, a.date)
	a.slots = a.view != viewMonth
	return a
}

func (p painter) boardBounds() (first, last clock.Date) {
	return clock.NewDate(p.today.Year, p.today.Month-boardMonthsBack, 1), clock.NewDate(p.today.Year, p.today.Month+boardMonthsAhead+1, 0)
}

// period is the stretch of a view around a day; weeks begin on Monday. This month begins with this week, unless a day before it is asked for: late in a month most of it is over.
func (p painter) period(view string, d clock.Date) (first clock.Date, days int) {
	switch view {
	case viewDay:
		return d, 1
	case viewWeek:
		return monday(d), 7
	}
	first = monthOf(d)
	next := nextMonth(first)
	week := monday(p.today)
	if first != monthOf(p.today) || !first.Before(week) || d.Before(week) {
		return first, first.DaysUntil(next)
	}
	if days = week.DaysUntil(next); days < shortMonth {
		days = 4 * 7 // what is left is soon over: on into the next one
	}
	return week, days
}

const shortMonth = 14

func monday(d clock.Date) clock.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

func monthOf(d clock.Date) clock.Date { return clock.NewDate(d.Year, d.Month, 1) }

func nextMonth(d clock.Date) clock.Date { return clock.NewDate(d.Year, d.Month+1, 1) }

func boardHref(path, view string, d clock.Date) string {
	return path + "?" + url.Values{"view": {view}, "date": {d.String()}}.Encode()
}

// board lays out what was found. path is the page it stands on, anchor where on it.
func (p painter) board(a boardAsk, b booking.Board, path, anchor string, views ...string) boardView {
	v := boardView{
		View: a.view, Period: p.periodText(a),
		Jump: jumpForm{Action: path + anchor, View: a.view, Date: input{ID: "date", Name: "date", Type: "date", Label: "日にち", Value: a.date.String(), Error: a.fault}},
	}
	if a.fault != "" {
		v.Jump.Date.Value = echoed(a.typed)
	}
	for _, view := range views {
		v.Views = append(v.Views, viewLink{link{boardHref(path, view, a.date) + anchor, p.words.T("board.view."+view, nil)}, view == a.view})
	}
	first, last := p.boardBounds()
	if before := a.start().AddDays(-1); !before.Before(first) {
		v.Previous = &link{boardHref(path, a.view, p.opening(a.view, before)) + anchor, p.words.T("board.previous."+a.view, nil)}
	}
	if a.part() {
		v.Earlier = &link{boardHref(path, a.view, monthOf(a.first)) + anchor, p.words.T("board.earlier", nil)}
	}
	if next := a.end(); !next.After(last) {
		v.Next = &link{boardHref(path, a.view, p.opening(a.view, next)) + anchor, p.words.T("board.next."+a.view, nil)}
	}
	if p.today.Before(a.first) || !p.today.Before(a.first.AddDays(a.days)) {
		v.Today = &link{path + "?view=" + a.view + anchor, p.words.T("board.now."+a.view, nil)}
	}
	for i := range a.days {
		d := a.first.AddDays(i)
		head := p.boardHead(d, b, path, anchor, views)
		if i > 0 && d.Day == 1 { // another month begins among the days
			head.Day = strconv.Itoa(int(d.Month)) + "/1"
		}
		v.Days = append(v.Days, head)
	}
	for _, room := range b.Rooms {
		v.Rows = append(v.Rows, p.boardRow(a, room, v.Days))
	}
	for _, s := range []booking.State{booking.Free, booking.Partly, booking.Taken, booking.Early, booking.Late, booking.ByLot, booking.Shut, booking.Past} {
		v.Legend = append(v.Legend, p.boardState(s))
	}
	return v
}

// opening is the day that opens a stretch: its first, and of this month today.
func (p painter) opening(view string, d clock.Date) clock.Date {
	switch {
	case view == viewMonth && monthOf(d) == monthOf(p.today):
		return p.today
	case view == viewMonth:
		return monthOf(d)
	}
	first, _ := p.period(view, d)
	return first
}

// start is the first day of the stretch, of a month whatever of it is shown.
func (a boardAsk) start() clock.Date {
	if a.view == viewMonth {
		return monthOf(a.first)
	}
	return a.first
}

// end is the day after the stretch, of a month whatever of it is shown.
func (a boardAsk) end() clock.Date {
	if a.view == viewMonth {
		return nextMonth(a.first)
	}
	return a.first.AddDays(a.days)
}

// part tells whether it is a month without its first weeks.
func (a boardAsk) part() bool { return a.view == viewMonth && a.first.Day > 1 }

func (p painter) periodText(a boardAsk) string {
	switch a.view {
	case viewDay:
		return dayText(a.first, p.today)
	case viewWeek:
		return dayText(a.first, p.today) + "〜" + dayText(a.first.AddDays(a.days-1), p.today)
	}
	if last := a.first.AddDays(a.days - 1); last.Month != a.first.Month {
		return dayText(a.first, p.today) + "〜" + dayText(last, p.today)
	}
	text := strconv.Itoa(a.first.Year) + "年" + strconv.Itoa(int(a.first.Month)) + "月"
	if a.part() {
		text += p.words.T("board.from_day", map[string]any{"day": a.first.Day})
	}
	return text
}

func (p painter) boardHead(d clock.Date, b booking.Board, path, anchor string, views []string) boardDayHead {
	head := boardDayHead{ISO: d.String(), Day: strconv.Itoa(d.Day), Week: i18n.Weekday(d.Weekday()), Text: dayText(d, p.today)}
	for _, v := range views {
		if v == viewDay {
			head.Href = boardHref(path, viewDay, d) + anchor
		}
	}
	if i := b.From.DaysUntil(d); len(b.Rooms) > 0 {
		head.Holiday = b.Rooms[0].Days[i].Holiday
	}
	switch d.Weekday() {
	case time.Saturday:
		head.Tone = "sat"
	case time.Sunday:
		head.Tone = "sun"
	}
	if head.Holiday != "" {
		head.Tone = "sun"
	}
	return head
}

func (p painter) boardRow(a boardAsk, room booking.BoardRoom, heads []boardDayHead) boardRow {
	row := boardRow{ID: room.Room.ID.String(), Href: boardHref(roomHref(room.Room.ID), viewWeek, a.date) + "#board", Name: room.Room.Name, Lines: strconv.Itoa(room.Capacity) + "人まで"}
	led := map[string]bool{}
	once := func(s *boardState) {
		s.Again = led[s.Href]
		led[s.Href] = s.Href != ""
	}
	for i, d := range room.Days {
		cell := boardCell{boardState: p.lotState(d.State, d.Round), Head: heads[i]}
		switch d.State {
		case booking.Shut:
			cell.Note = p.closedText(d.Closed)
		case booking.Early:
			cell.Note = p.words.T("board.opens", map[string]any{"at": momentText(d.Opens, p.today)})
		}
		if a.slots {
			cell.Slots = p.boardSlots(room, d)
		}
		for j := range cell.Slots {
			once(&cell.Slots[j].boardState)
		}
		if len(cell.Slots) == 0 {
			once(&cell.boardState)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

func (p painter) closedText(why string) string {
	if id := "venue.day_closed." + why; p.words.Has(id) {
		return p.words.T(id, nil)
	}
	return p.words.T("board.closed_once", nil)
}

// boardSlots are the blocks of a day; of a room by a grid its hours as they are, with what can be had of them.
func (p painter) boardSlots(room booking.BoardRoom, d booking.BoardDay) []boardSlot {
	var all []boardSlot
	for _, b := range d.Blocks {
		if b.Kind == venue.Extension || b.Kind == venue.WholeDay {
			continue
		}
		if !room.ByBlocks && b.State == booking.Partly {
			for _, f := range d.Free {
				if !f.From.Before(b.Starts) && !f.To.After(b.Ends) {
					all = append(all, boardSlot{boardState: p.boardState(booking.Free), Time: spanText(f.From, f.To, p.today)})
				}
			}
			continue
		}
		all = append(all, boardSlot{boardState: p.lotState(b.State, b.Round), Name: b.Name, Time: spanText(b.Starts, b.Ends, p.today)})
	}
	return all
}

var boardLooks = map[booking.State]boardState{
	booking.Free: {Tone: "free", Mark: "○"}, booking.Partly: {Tone: "partly", Mark: "△"}, booking.Taken: {Tone: "taken", Mark: "×"}, booking.Early: {Tone: "off", Mark: "前"},
	booking.Late: {Tone: "off", Mark: "終"}, booking.ByLot: {Tone: "off", Mark: "抽"}, booking.Shut: {Tone: "off", Mark: "休"}, booking.Past: {Tone: "past", Mark: "－"},
}

func (p painter) boardState(s booking.State) boardState {
	look := boardLooks[s]
	look.Word = p.words.T("board.state."+string(s), nil)
	return look
}

// lotState is a state that leads to the page of the draw a time is kept for.
func (p painter) lotState(s booking.State, round uuid.UUID) boardState {
	look := p.boardState(s)
	if round != uuid.Nil {
		look.Href = roundHref(round)
	}
	return look
}
