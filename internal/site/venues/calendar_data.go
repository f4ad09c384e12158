package venues

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// calendarData is what the timeline of a facility is drawn from: the page's own words, times and
// colours, and no more.
type calendarData struct {
	From  string         `json:"from"`
	Days  int            `json:"days"`
	Rooms []calendarRoom `json:"rooms"`
	Spans []calendarSpan `json:"spans"`
}

type calendarRoom struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Lines string `json:"lines"`
	Href  string `json:"href"`
}

type calendarSpan struct {
	Room  string `json:"room"`
	Start string `json:"start"`
	End   string `json:"end"`
	State string `json:"state"`
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"` // of the draw that it is kept for
}

// SendCalendarData is the calendar for the script of its page. Whoever builds on free and taken
// times asks the API.
func (h *Handlers) SendCalendarData(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := page.ReadID(c, venue.ErrFacilityUnknown)
	if err != nil {
		return err
	}
	from, err := clock.ParseDate(c.QueryParam("from"))
	if err != nil {
		return errDays.Field("from", "invalid_date")
	}
	days, err := strconv.Atoi(c.QueryParam("days"))
	if err != nil {
		return errDays.Field("days", "unknown_value")
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	f, err := h.venues.Facility(ctx, id)
	if err != nil {
		return err
	}
	b, err := h.board.Board(
		ctx,
		board.Query{Facility: f.ID, From: from, Days: days, Skip: pageOf(c) * board.MaxRooms},
	)
	if err != nil {
		return err
	}
	body, err := json.Marshal(p.calendarData(b))
	if err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	if page.Unchanged(c, body) {
		return c.NoContent(http.StatusNotModified)
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", body)
}

var errDays = fault.Invalid("invalid_request")

func (p viewBuilder) calendarData(b board.Board) calendarData {
	data := calendarData{From: b.From.String(), Days: b.Days, Rooms: []calendarRoom{}, Spans: []calendarSpan{}}
	for _, room := range b.Rooms {
		id := room.Room.ID.String()
		data.Rooms = append(data.Rooms, calendarRoom{
			ID:    id,
			Name:  room.Room.Name,
			Lines: p.Text("page.up_to_people", "n", room.Capacity),
			Href:  boardHref(page.RoomHref(room.Room.ID), viewWeek, b.From) + "#board",
		})
		for _, d := range room.Days {
			for _, x := range p.calendarSpans(room, d) {
				x.Room = id
				data.Spans = append(data.Spans, x)
			}
		}
	}
	return data
}

func (p viewBuilder) calendarSpans(room board.Row, d board.Day) []calendarSpan {
	span := func(s board.State, from, to time.Time, text string) calendarSpan {
		return calendarSpan{
			Start: from.In(clock.Tokyo).Format(wallTime),
			End:   to.In(clock.Tokyo).Format(wallTime),
			State: p.boardState(s).Tone,
			Text:  text,
		}
	}
	word := func(s board.State) string { return p.boardState(s).Word }
	if d.State == board.Shut {
		return []calendarSpan{
			span(
				board.Shut,
				d.Date.Start(),
				d.Date.AddDays(1).Start(),
				word(board.Shut)+"："+p.closedText(d.Closed),
			),
		}
	}
	var all []calendarSpan
	for _, b := range d.Blocks {
		switch {
		case b.Kind == venue.Extension || b.Kind == venue.WholeDay:
		case !room.ByBlocks && b.State == board.Partly:
			for _, free := range d.Free {
				all = append(all, span(board.Free, free.From, free.To, word(board.Free)))
			}
		default:
			text := word(b.State)
			if b.Name != "" {
				text = b.Name + "：" + text
			}
			x := span(b.State, b.Starts, b.Ends, text)
			x.URL = p.lotState(b.State, b.Round).Href
			all = append(all, x)
		}
	}
	return all
}

// wallTime is a time in Tokyo without its zone: a calendar shows it as it is wherever its reader's
// phone thinks to be.
const wallTime = "2006-01-02T15:04:05"
