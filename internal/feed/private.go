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

// A private calendar can be seen on a shared phone or in a family calendar: neither names nor ids
// in it say what it is about or where it comes from.
const (
	neutralProductID = "-//Calendar//Calendar//JA"
	ranks            = 6 // of a ticket's own steps between two changes of its date
)

// serveTicket serves the calendar of one ticket. A token that opens nothing gives an empty
// calendar, so that a dead one takes its entry out of the phone and nobody learns from the answer
// whether a token ever was.
func (f *Feeds) serveTicket(c echo.Context) error {
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
		entries = append(entries, f.ticketEntry(followed))
	case !errors.Is(err, ticket.ErrUnknown):
		return err
	}
	calendar := ical.Calendar{Name: f.word("ticket.name"), Refresh: refresh, ProductID: neutralProductID}
	document, err := f.neutral.Build(calendar, entries)
	if err != nil {
		return fmt.Errorf("build private calendar: %w", err)
	}
	c.Response().Header()["Cache-Control"] = []string{"private, no-cache"}
	// Its tag alone says what it is: no time finer than a day is kept of a ticket.
	return answer(c, document, time.Time{})
}

// ticketEntry gives the date of a ticket in words that say nothing of what it is about.
func (f *Feeds) ticketEntry(t ticket.Followed) ical.Entry {
	e := ical.Entry{UID: t.TicketID.String(), Start: t.StartsAt, End: t.EndsAt, Private: true}
	title := "name"
	// No time finer than a day is kept of a ticket, so its own steps are told by their rank, which
	// only rises: waiting, offered, confirmed, asked whether one is still coming, said so, ended. A
	// draw moves the date's own SEQUENCE.
	rank := 0
	switch t.Status {
	case ticket.Waiting:
		title, e.Status = "waiting", ical.Tentative
	case ticket.Offered:
		title, e.Status, rank = "offered", ical.Tentative, 1
	case ticket.Applied:
		title, e.Status = "applied", ical.Tentative
	case ticket.Confirmed:
		rank = 2
		if t.StillComing != nil {
			if rank = 4; !*t.StillComing {
				title, rank = "asked", 3
			}
		}
	case ticket.Cancelled, ticket.Lapsed, ticket.NotDrawn:
		title, e.Status, rank = "given_up", ical.Cancelled, ranks-1
	}
	switch {
	case t.Off:
		title, e.Status = "off", ical.Cancelled
	case t.Postponed:
		title, e.Status = "postponed", ical.Tentative
	case t.Moved && e.Status != ical.Cancelled:
		title = "moved"
	}
	if t.Until != nil && e.Status == ical.Tentative && !t.Postponed {
		e.Description = f.untilNote(t.Status, *t.Until)
	}
	e.Title = f.word("ticket." + title)
	e.Sequence = ranks*t.Sequence + rank
	e.Stamp = t.ModifiedAt.Add(time.Duration(rank) * time.Second)
	return e
}

// untilNote is the moment that counts for a ticket that waits or is asked, in words that say
// nothing of what.
func (f *Feeds) untilNote(status ticket.Status, until time.Time) string {
	moment := map[string]any{"moment": i18n.MonthDay(until) + i18n.ClockTime(until)}
	if status == ticket.Offered {
		return f.Words.T("feed.ticket.answer_by", moment)
	}
	return f.Words.T("feed.ticket.settled_by", moment)
}
