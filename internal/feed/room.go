package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Rooms gives what a room's calendar shows; board.Service does.
type Rooms interface {
	FollowRoom(ctx context.Context, token secret.RoomCalendar) (board.RoomBusy, error)
}

// serveRoom serves when a room is taken, or kept for a draw, which has its own word because its
// town may still use it: times, and nothing of who or what for. A token that opens nothing gives an
// empty calendar, as for tickets.
func (f *Feeds) serveRoom(c echo.Context) error {
	stem, isCalendar := strings.CutSuffix(c.Param("file"), ".ics")
	token, ok := secret.ParseRoomCalendar(stem)
	if !isCalendar || !ok {
		return search.ErrFeedUnknown
	}
	if _, _, err := readQuery(c.Request().URL.RawQuery, nil); err != nil {
		return err
	}
	calendar := ical.Calendar{Name: f.word("ticket.name"), Refresh: refresh, ProductID: neutralProductID}
	var entries []ical.Entry
	busy, err := f.Rooms.FollowRoom(c.Request().Context(), token)
	switch {
	case err == nil:
		calendar.Name = busy.Facility + " " + busy.Room
		for _, s := range busy.Busy {
			// A stretch that changes is another one: its ends are its name, so that no sequence is
			// needed.
			entries = append(entries, ical.Entry{
				UID:     fmt.Sprintf("%s-%d-%d", busy.CalendarID, s.From.Unix(), s.To.Unix()),
				Start:   s.From,
				End:     s.To,
				Stamp:   s.From,
				Private: true,
				Title:   f.word("room.busy"),
			})
		}
		for _, k := range busy.Kept { // a round's days of use never change, so that it needs no sequence either
			entries = append(entries, ical.Entry{
				UID:     fmt.Sprintf("%s-%s", busy.CalendarID, k.Round),
				Start:   k.From,
				End:     k.To,
				AllDay:  true,
				Stamp:   k.From,
				Private: true,
				Title:   f.word("room.kept"),
			})
		}
	case !errors.Is(err, board.ErrCalendarUnknown):
		return err
	}
	document, err := f.neutral.Build(calendar, entries)
	if err != nil {
		return fmt.Errorf("build room calendar: %w", err)
	}
	c.Response().Header()["Cache-Control"] = []string{"private, no-cache"}
	return answer(c, document, time.Time{}) // no stamp tells when what is busy changed
}
