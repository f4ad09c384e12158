package board

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// MaxCalendars are the links of one room that are not revoked.
const MaxCalendars = 50

// What a room's calendar shows, back and ahead.
const (
	calendarBack  = 60 * 24 * time.Hour
	calendarAhead = 400 * 24 * time.Hour
	roundDaysMost = 400 // as booking_round_span_form has it
)

// Calendar is a link to a room's free/busy calendar as staff see it: never its token.
type Calendar struct {
	ID        uuid.UUID
	Name      string
	CreatedAt time.Time
	RevokedAt *time.Time
}

// IssuedCalendar is a new link with its token, which is shown this once.
type IssuedCalendar struct {
	Calendar
	Token secret.RoomCalendar
}

// RoomBusy is what a room's calendar shows.
type RoomBusy struct {
	CalendarID     uuid.UUID
	Room, Facility string
	Busy           []venue.Span
	Kept           []KeptSpan // for rounds, whole: their days of use
}

// calendarInput is what staff enter for a link.
type calendarInput struct {
	Name string `json:"name" validate:"line,filled,max=100"`
}

func (in calendarInput) clean() (calendarInput, error) {
	in = check.Tidy(in)
	return in, calendarRules().Struct(ErrInvalid, in).Or()
}

var calendarRules = sync.OnceValue(func() *check.Rules { return check.New(nil, check.TextCode) })

// calendarWindow is what a calendar shows now. It moves once a day, so that the calendar stays the
// same in between.
func calendarWindow(now time.Time) venue.Span {
	return venue.Span{
		From: now.Add(-calendarBack).Truncate(24 * time.Hour),
		To:   now.Add(calendarAhead).Truncate(24 * time.Hour),
	}
}

// touching gives the kept times that lie in a window, or partly so, uncut.
func touching(all []KeptSpan, window venue.Span) []KeptSpan {
	var some []KeptSpan
	for _, k := range all {
		if k.Overlaps(window) {
			some = append(some, k)
		}
	}
	return some
}
