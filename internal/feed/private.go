package feed

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// A private calendar lies open on a shared phone or a family calendar: neither names nor ids in it
// say what it is about or where it comes from.
const (
	quietName      = "予定"
	quietProductID = "-//Calendar//Calendar//JA"
	ranks          = 6 // of a ticket's own steps between two changes of its date
)

// private serves the calendar of one ticket. A token that opens nothing gives an empty calendar, so
// that a dead one takes its entry out of the phone and nobody learns from the answer whether a
// token ever was.
func (f *Feeds) private(c echo.Context) error {
	stem, isCalendar := strings.CutSuffix(c.Param("file"), ".ics")
	token, ok := secret.ParseCalendar(stem)
	if !isCalendar || !ok {
		return search.ErrFeedUnknown
	}
	if _, _, err := readQuery(c.Request().URL.RawQuery, nil); err != nil {
		return err
	}
	var entries []ical.Entry
	followed, err := f.Tickets.Follow(c.Request().Context(), token)
	switch {
	case err == nil:
		entries = append(entries, quietEntry(followed))
	case !errors.Is(err, ticket.ErrUnknown):
		return err
	}
	document, err := f.quiet.Build(ical.Calendar{Name: quietName, Refresh: refresh, ProductID: quietProductID}, entries)
	if err != nil {
		return fmt.Errorf("build private calendar: %w", err)
	}
	c.Response().Header()["Cache-Control"] = []string{"private, no-cache"}
	return answer(
		c,
		document,
		time.Time{},
	) // its tag alone says what it is: no time finer than a day is kept of a ticket
}

func quietEntry(f ticket.Followed) ical.Entry {
	e := ical.Entry{UID: f.TicketID.String(), Start: f.StartsAt, End: f.EndsAt, Private: true, Title: quietName}
	// No time finer than a day is kept of a ticket, so its own steps are told by their rank, which
	// only rises: waiting, offered, confirmed, asked whether one is still coming, said so, ended. A
	// draw moves the date's own SEQUENCE.
	rank := 0
	switch f.Status {
	case ticket.Waiting:
		e.Title, e.Status = "予定（空き待ち）", ical.Tentative
	case ticket.Offered:
		e.Title, e.Status, rank = "予定（お返事待ち）", ical.Tentative, 1
	case ticket.Applied:
		e.Title, e.Status = "予定（結果待ち）", ical.Tentative
	case ticket.Confirmed:
		rank = 2
		if f.StillComing != nil {
			if rank = 4; !*f.StillComing {
				e.Title, rank = "予定（確認のお願い）", 3
			}
		}
	case ticket.Cancelled, ticket.Lapsed, ticket.NotDrawn:
		e.Title, e.Status, rank = "予定（とりやめ）", ical.Cancelled, ranks-1
	}
	switch {
	case f.Off:
		e.Title, e.Status = "予定（中止）", ical.Cancelled
	case f.Postponed:
		e.Title, e.Status = "予定（延期）", ical.Tentative
	case f.Moved && e.Status != ical.Cancelled:
		e.Title = "予定（日時の変更あり）"
	}
	if f.Until != nil && e.Status == ical.Tentative && !f.Postponed {
		e.Description = untilNote(f.Status, *f.Until)
	}
	e.Sequence = ranks*f.Sequence + rank
	e.Stamp = f.ModifiedAt.Add(time.Duration(rank) * time.Second)
	return e
}

// untilNote is the moment that counts for a ticket that waits or is asked, in words that say
// nothing of what.
func untilNote(status ticket.Status, until time.Time) string {
	moment := i18n.MonthDay(until) + i18n.ClockTime(until)
	if status == ticket.Offered {
		return moment + "までに、お返事をお願いします。"
	}
	return moment + "までに決まります。"
}
