package venues

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// boardView is the free and taken times of one facility or one room.
type boardView struct {
	View        string // month, week, day
	Period      string
	Views       []viewLink
	Previous    *page.Link
	Next, Today *page.Link
	Earlier     *page.Link // the weeks of this month that are over
	Jump        jumpForm
	Days        []boardDayHead
	Rows        []boardRow
	Legend      []boardState
}

type viewLink struct {
	page.Link
	Current bool
}

// jumpForm leads to a day; it keeps the view.
type jumpForm struct {
	Action, View string
	Date         page.Input
}

type boardDayHead struct{ ISO, Day, Week, Tone, Holiday, Text, Href string }

// boardState is a state in a sign, a word and a colour; none stands without the others. Of a time
// kept for a draw it leads to its page.
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
func (p viewBuilder) askBoard(query url.Values, usual string, views ...string) boardAsk {
	a := boardAsk{view: usual, date: p.Today, typed: strings.TrimSpace(query.Get("date"))}
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
			a.fault = p.Words.Field("invalid_date", nil)
		case d.Before(first) || d.After(last):
			a.fault = p.Words.T(
				"board.too_far",
				map[string]any{"from": page.DayText(first, p.Today), "to": page.DayText(last, p.Today)},
			)
		default:
			a.date = d
		}
	}
	a.first, a.days = p.period(a.view, a.date)
	a.slots = a.view != viewMonth
	return a
}

func (p viewBuilder) boardBounds() (first, last clock.Date) {
	return clock.NewDate(
			p.Today.Year,
			p.Today.Month-boardMonthsBack,
			1,
		), clock.NewDate(
			p.Today.Year,
			p.Today.Month+boardMonthsAhead+1,
			0,
		)
}

// period is the stretch of a view around a day; weeks begin on Monday. This month begins with this
// week, unless a day before it is asked for: late in a month most of it is over.
func (p viewBuilder) period(view string, d clock.Date) (first clock.Date, days int) {
	switch view {
	case viewDay:
		return d, 1
	case viewWeek:
		return monday(d), 7
	}
	first = monthOf(d)
	next := nextMonth(first)
	week := monday(p.Today)
	if first != monthOf(p.Today) || !first.Before(week) || d.Before(week) {
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
func (p viewBuilder) board(a boardAsk, b board.Board, path, anchor string, views ...string) boardView {
	v := boardView{
		View:   a.view,
		Period: p.periodText(a),
		Jump: jumpForm{
			Action: path + anchor,
			View:   a.view,
			Date: page.Input{
				ID:    "date",
				Name:  "date",
				Type:  "date",
				Label: p.Text("venues.board.day"),
				Value: a.date.String(),
				Error: a.fault,
			},
		},
	}
	if a.fault != "" {
		v.Jump.Date.Value = page.Echoed(a.typed)
	}
	for _, view := range views {
		v.Views = append(
			v.Views,
			viewLink{
				page.Link{Href: boardHref(path, view, a.date) + anchor, Text: p.Words.T("board.view."+view, nil)},
				view == a.view,
			},
		)
	}
	first, last := p.boardBounds()
	if before := a.start().AddDays(-1); !before.Before(first) {
		v.Previous = &page.Link{
			Href: boardHref(path, a.view, p.opening(a.view, before)) + anchor,
			Text: p.Words.T("board.previous."+a.view, nil),
		}
	}
	if a.part() {
		v.Earlier = &page.Link{
			Href: boardHref(path, a.view, monthOf(a.first)) + anchor,
			Text: p.Words.T("board.earlier", nil),
		}
	}
	if next := a.end(); !next.After(last) {
		v.Next = &page.Link{
			Href: boardHref(path, a.view, p.opening(a.view, next)) + anchor,
			Text: p.Words.T("board.next."+a.view, nil),
		}
	}
	if p.Today.Before(a.first) || !p.Today.Before(a.first.AddDays(a.days)) {
		v.Today = &page.Link{Href: path + "?view=" + a.view + anchor, Text: p.Words.T("board.now."+a.view, nil)}
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
	for _, s := range []board.State{
		board.Free,
		board.Partly,
		board.Taken,
		board.Early,
		board.Late,
		board.ByLot,
		board.Shut,
		board.Past,
	} {
		v.Legend = append(v.Legend, p.boardState(s))
	}
	return v
}

// opening is the day that opens a stretch: its first, and of this month today.
func (p viewBuilder) opening(view string, d clock.Date) clock.Date {
	switch {
	case view == viewMonth && monthOf(d) == monthOf(p.Today):
		return p.Today
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

func (p viewBuilder) periodText(a boardAsk) string {
	switch a.view {
	case viewDay:
		return page.DayText(a.first, p.Today)
	case viewWeek:
		return page.DayText(a.first, p.Today) + "〜" + page.DayText(a.first.AddDays(a.days-1), p.Today)
	}
	if last := a.first.AddDays(a.days - 1); last.Month != a.first.Month {
		return page.DayText(a.first, p.Today) + "〜" + page.DayText(last, p.Today)
	}
	text := p.Text("venues.board.month", "year", a.first.Year, "month", int(a.first.Month))
	if a.part() {
		text += p.Words.T("board.from_day", map[string]any{"day": a.first.Day})
	}
	return text
}

func (p viewBuilder) boardHead(d clock.Date, b board.Board, path, anchor string, views []string) boardDayHead {
	head := boardDayHead{
		ISO:  d.String(),
		Day:  strconv.Itoa(d.Day),
		Week: i18n.Weekday(d.Weekday()),
		Text: page.DayText(d, p.Today),
	}
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

func (p viewBuilder) boardRow(a boardAsk, room board.Row, heads []boardDayHead) boardRow {
	row := boardRow{
		ID:    room.Room.ID.String(),
		Href:  boardHref(page.RoomHref(room.Room.ID), viewWeek, a.date) + "#board",
		Name:  room.Room.Name,
		Lines: p.Text("page.up_to_people", "n", room.Capacity),
	}
	led := map[string]bool{}
	once := func(s *boardState) {
		s.Again = led[s.Href]
		led[s.Href] = s.Href != ""
	}
	for i, d := range room.Days {
		cell := boardCell{boardState: p.lotState(d.State, d.Round), Head: heads[i]}
		switch d.State {
		case board.Shut:
			cell.Note = p.closedText(d.Closed)
		case board.Early:
			cell.Note = p.Words.T("board.opens", map[string]any{"at": page.MomentText(d.Opens, p.Today)})
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

func (p viewBuilder) closedText(why string) string {
	if id := "venue.day_closed." + why; p.Words.Has(id) {
		return p.Words.T(id, nil)
	}
	return p.Words.T("board.closed_once", nil)
}

// boardSlots are the blocks of a day; of a room by a grid its hours as they are, with what can be
// had of them.
func (p viewBuilder) boardSlots(room board.Row, d board.Day) []boardSlot {
	var all []boardSlot
	for _, b := range d.Blocks {
		if b.Kind == venue.Extension || b.Kind == venue.WholeDay {
			continue
		}
		if !room.ByBlocks && b.State == board.Partly {
			for _, f := range d.Free {
				if !f.From.Before(b.Starts) && !f.To.After(b.Ends) {
					all = append(
						all,
						boardSlot{boardState: p.boardState(board.Free), Time: page.SpanText(f.From, f.To, p.Today)},
					)
				}
			}
			continue
		}
		all = append(
			all,
			boardSlot{
				boardState: p.lotState(b.State, b.Round),
				Name:       b.Name,
				Time:       page.SpanText(b.Starts, b.Ends, p.Today),
			},
		)
	}
	return all
}

var boardTones = map[board.State]string{
	board.Free:   "free",
	board.Partly: "partly",
	board.Taken:  "taken",
	board.Early:  "off",
	board.Late:   "off",
	board.ByLot:  "off",
	board.Shut:   "off",
	board.Past:   "past",
}

func (p viewBuilder) boardState(s board.State) boardState {
	return boardState{
		Tone: boardTones[s],
		Mark: p.Text("venues.mark." + string(s)),
		Word: p.Text("board.state." + string(s)),
	}
}

// lotState is a state that leads to the page of the draw a time is kept for.
func (p viewBuilder) lotState(s board.State, round uuid.UUID) boardState {
	look := p.boardState(s)
	if round != uuid.Nil {
		look.Href = roundHref(round)
	}
	return look
}
