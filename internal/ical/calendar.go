package ical

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// ContentType is the media type of a Document.
const ContentType = "text/calendar; charset=utf-8"

// Calendar describes one feed. Empty values leave their property out.
type Calendar struct {
	Name        string // NAME (RFC 7986 §5.1) and X-WR-CALNAME; one line, required
	Description string // DESCRIPTION and X-WR-CALDESC
	URL         string // the page that shows the same to people; http(s)
	// Color is a CSS3 colour name such as "teal" (RFC 7986 §5.9); anything but
	// letters is left out.
	Color string
	// Refresh is the wished interval between two fetches, in whole seconds.
	Refresh time.Duration
	// ProductID is PRODID, such as "-//Tonarimachi//Tonarimachi//JA"; required.
	ProductID string
	// Modified is when entries last came or went, as far as their stamps can't tell: a removal, or
	// the midnight that moved the feed's window. It moves Document.LastModified and stands nowhere
	// in the body.
	Modified time.Time
}

// ErrInvalidCalendar says that a feed has no name or no product id.
var ErrInvalidCalendar = errors.New("invalid calendar")

// footer ends every feed.
const footer = "END:VCALENDAR" + crlf

// header renders everything before the first VEVENT.
func (c *Calendar) header() ([]byte, error) {
	name, product := line(c.Name), line(c.ProductID)
	if name == "" || product == "" {
		return nil, fmt.Errorf("render calendar: %w: name and product id are required", ErrInvalidCalendar)
	}
	cal := ics.NewCalendar()
	cal.SetProductId(product)
	cal.SetCalscale("GREGORIAN")
	cal.SetName(name) // sets X-WR-CALNAME too
	if description := paragraphs(c.Description); description != "" {
		cal.SetDescription(description)
		cal.SetXWRCalDesc(description)
	}
	cal.SetXWRTimezone(zone)
	if page := webAddress(c.URL, "https", "http"); page != "" {
		cal.SetUrl(page, ics.WithValue("URI"))
	}
	if c.Refresh >= time.Second {
		cal.SetRefreshInterval(duration(c.Refresh)) // golang-ical names VALUE=DURATION
		cal.SetXPublishedTTL(duration(c.Refresh))
	}
	if colorName(c.Color) {
		cal.SetColor(strings.ToLower(c.Color))
	}
	addTokyo(cal)

	var b strings.Builder
	if err := cal.SerializeTo(&b, unfolded); err != nil {
		return nil, fmt.Errorf("serialise calendar: %w", err)
	}
	return fold(strings.TrimSuffix(b.String(), footer)), nil
}

// addTokyo adds the one VTIMEZONE: a single STANDARD, since there is no
// summer time to switch to.
func addTokyo(cal *ics.Calendar) {
	standard := cal.AddTimezone(zone).AddStandard()
	standard.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0900")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0900")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzname), "JST")
}

// duration writes d as RFC 5545 §3.3.6 has it, such as PT1H30M. The grammar
// has no hours with seconds but without minutes, hence the 0M.
func duration(d time.Duration) string {
	hours, minutes, seconds := int64(d/time.Hour), int64(d/time.Minute%60), int64(d/time.Second%60)
	text := "PT"
	if hours > 0 {
		text += strconv.FormatInt(hours, 10) + "H"
	}
	if minutes > 0 || hours > 0 && seconds > 0 {
		text += strconv.FormatInt(minutes, 10) + "M"
	}
	if seconds > 0 {
		text += strconv.FormatInt(seconds, 10) + "S"
	}
	return text
}

func colorName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
