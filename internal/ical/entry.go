package ical

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// Status is the STATUS of a VEVENT (RFC 5545 §3.8.1.11).
type Status int

// The zero Status is Confirmed. A postponed date is Tentative.
const (
	Confirmed Status = iota
	Tentative
	Cancelled
)

// Mark is put before the title, because most calendar programs show a changed
// STATUS in no way at all.
type Mark int

// The marks: none, 【中止】, 【日程変更】, 【延期】.
const (
	Unmarked Mark = iota
	MarkCancelled
	MarkMoved
	MarkPostponed
)

// Geo is a place in decimal degrees, WGS 84.
type Geo struct{ Latitude, Longitude float64 }

// Entry is one date of an event, rendered as one VEVENT.
//
// Texts may hold anything; what a calendar must not carry is removed. URL and
// ConferenceURL are left out unless they are absolute http(s) addresses
// (ConferenceURL may also be tel:), Geo unless it lies on the globe.
type Entry struct {
	// UID stays the same forever and in every feed: visible ASCII, 1 to 255 octets.
	UID string
	// Sequence and Stamp (DTSTAMP and LAST-MODIFIED) come from data and move
	// with every visible change; never the present time.
	Sequence int
	Stamp    time.Time

	// Start and End are shown as wall time of Asia/Tokyo. A zero End, or one
	// equal to Start, leaves DTEND out.
	Start, End time.Time
	// AllDay shows dates alone; End is then exclusive, and an End inside a day
	// counts that day in.
	AllDay bool

	Status Status
	Mark   Mark
	// Private marks the entry CLASS:PRIVATE, so that a shared calendar shows the time alone.
	Private bool

	Title       string // one line
	Description string // LF separates lines
	Location    string // one line
	URL         string // the event's page
	Geo         *Geo
	Categories  []string

	// ConferenceURL is where to attend from afar. It becomes CONFERENCE
	// (RFC 7986 §5.11) and, for programs that don't know it, a line of the
	// description. ConferenceLabel names it; empty means オンライン参加.
	ConferenceURL   string
	ConferenceLabel string
}

// ErrInvalidEntry says that an entry can't be a VEVENT at all: UID, Sequence,
// Stamp, Start or End is missing or impossible.
var ErrInvalidEntry = errors.New("invalid calendar entry")

const defaultConferenceLabel = "オンライン参加"

// zone names the only time zone of the feeds.
const zone = "Asia/Tokyo"

// tokyo needs no zone database; Japan has had no summer time since 1951.
var tokyo = time.FixedZone("JST", 9*60*60)

const (
	wallTime = "20060102T150405"
	wallDate = "20060102"
)

// unfolded keeps golang-ical from folding: its own folding splits escapes.
var unfolded = &ics.SerializationConfiguration{
	MaxLength: math.MaxInt, PropertyMaxLength: math.MaxInt, NewLine: crlf,
}

// Fragment renders e as a folded VEVENT, from BEGIN to END with the last CRLF.
// Its error wraps ErrInvalidEntry.
func Fragment(e Entry) ([]byte, error) {
	return e.render()
}

func (e *Entry) render() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("render entry %q: %w", e.UID, err)
	}
	v := ics.NewEvent(e.UID)
	v.SetDtStampTime(e.Stamp)
	v.SetModifiedAt(e.Stamp)
	v.SetSequence(e.Sequence)
	e.setTimes(v)
	v.SetStatus(e.Status.object())
	if e.Private {
		v.SetClass(ics.ClassificationPrivate)
	}
	setText(v, ics.ComponentPropertySummary, e.summary())
	conference := webAddress(e.ConferenceURL, "https", "http", "tel")
	setText(v, ics.ComponentPropertyDescription, e.description(conference))
	setText(v, ics.ComponentPropertyLocation, line(e.Location))
	if g := e.Geo; g != nil && g.valid() {
		v.SetProperty(ics.ComponentPropertyGeo, g.String())
	}
	for _, category := range e.Categories {
		if category = line(category); category != "" {
			v.AddCategory(category)
		}
	}
	if page := webAddress(e.URL, "https", "http"); page != "" {
		v.SetURL(page, ics.WithValue("URI"))
	}
	if conference != "" {
		// golang-ical escapes parameters by backslash, which RFC 5545 forbids,
		// so the quoted label travels with the property's name.
		name := "CONFERENCE;LABEL=" + quoted(e.conferenceLabel())
		v.AddProperty(ics.ComponentProperty(name), conference, ics.WithValue("URI"))
	}
	var b strings.Builder
	if err := v.SerializeTo(&b, unfolded); err != nil {
		return nil, fmt.Errorf("serialise entry %q: %w", e.UID, err)
	}
	return fold(b.String()), nil
}

func (e *Entry) setTimes(v *ics.VEvent) {
	start, end := e.Start.In(tokyo), e.End.In(tokyo)
	if e.AllDay {
		date := ics.WithValue("DATE")
		v.SetProperty(ics.ComponentPropertyDtStart, start.Format(wallDate), date)
		if last := nextMidnight(end); last.After(nextMidnight(start.Add(1))) {
			v.SetProperty(ics.ComponentPropertyDtEnd, last.Format(wallDate), date)
		}
		return
	}
	v.SetProperty(ics.ComponentPropertyDtStart, start.Format(wallTime), ics.WithTZID(zone))
	// DTEND must be later than DTSTART as written, in whole seconds.
	if e.End.Unix() > e.Start.Unix() && !e.End.IsZero() {
		v.SetProperty(ics.ComponentPropertyDtEnd, end.Format(wallTime), ics.WithTZID(zone))
	}
}

// nextMidnight rounds t up to the beginning of a day in Tokyo.
func nextMidnight(t time.Time) time.Time {
	day := midnight(t)
	if day.Before(t) {
		return day.AddDate(0, 0, 1)
	}
	return day
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(tokyo).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, tokyo)
}

func (e *Entry) summary() string {
	title, mark := line(e.Title), e.Mark.String()
	if strings.HasPrefix(title, mark) {
		return title
	}
	return mark + title
}

// description ends with the conference link unless the text names it already.
func (e *Entry) description(conference string) string {
	text := paragraphs(e.Description)
	if conference == "" || mentions(text, conference) {
		return text
	}
	link := e.conferenceLabel() + ": " + conference
	if text == "" {
		return link
	}
	return text + "\n\n" + link
}

func (e *Entry) conferenceLabel() string {
	if label := line(e.ConferenceLabel); label != "" {
		return label
	}
	return defaultConferenceLabel
}

func (e *Entry) check() error {
	invalid := func(what string) error { return fmt.Errorf("%w: %s", ErrInvalidEntry, what) }
	switch {
	case !validUID(e.UID):
		return invalid("UID is not 1 to 255 octets of visible ASCII")
	case e.Sequence < 0 || e.Sequence > math.MaxInt32:
		return invalid("sequence out of range")
	case !writable(e.Stamp):
		return invalid("stamp missing or out of range")
	case !writable(e.Start):
		return invalid("start missing or out of range")
	case !e.End.IsZero() && !writable(e.End):
		return invalid("end out of range")
	case !e.End.IsZero() && e.End.Before(e.Start):
		return invalid("end before start")
	case e.Status < Confirmed || e.Status > Cancelled:
		return invalid("unknown status")
	case e.Mark < Unmarked || e.Mark > MarkPostponed:
		return invalid("unknown mark")
	}
	return nil
}

// validUID refuses instead of cleaning: two cleaned UIDs could become one.
func validUID(uid string) bool {
	return len(uid) >= 1 && len(uid) <= 255 && !strings.ContainsFunc(uid, func(r rune) bool {
		return r <= ' ' || r >= utf8.RuneSelf || unicode.IsControl(r)
	})
}

// writable tells whether t has the four-digit year RFC 5545 §3.3.4 asks for,
// with a day to spare for zones and for the exclusive end of a day.
func writable(t time.Time) bool {
	return !t.IsZero() && !t.Before(firstTime) && t.Before(lastTime)
}

var (
	firstTime = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
)

func setText(v *ics.VEvent, property ics.ComponentProperty, value string) {
	if value != "" {
		v.SetProperty(property, value)
	}
}

func (s Status) object() ics.ObjectStatus {
	switch s {
	case Tentative:
		return ics.ObjectStatusTentative
	case Cancelled:
		return ics.ObjectStatusCancelled
	default:
		return ics.ObjectStatusConfirmed
	}
}

// String is the prefix of the title, empty for Unmarked.
func (m Mark) String() string {
	switch m {
	case MarkCancelled:
		return "【中止】"
	case MarkMoved:
		return "【日程変更】"
	case MarkPostponed:
		return "【延期】"
	default:
		return ""
	}
}

func (g *Geo) valid() bool {
	// Written so that NaN fails.
	return g.Latitude >= -90 && g.Latitude <= 90 && g.Longitude >= -180 && g.Longitude <= 180
}

// String is the GEO value (RFC 5545 §3.8.1.6), to about ten centimetres.
func (g *Geo) String() string {
	return strconv.FormatFloat(g.Latitude, 'f', 6, 64) + ";" + strconv.FormatFloat(g.Longitude, 'f', 6, 64)
}

// hash returns a key for the UID, and a sum that stands for every value of e:
// a stamp the caller forgot to move can't keep an old text in a feed.
func (e *Entry) hash(seed maphash.Seed) (key, sum uint64) {
	key = maphash.String(seed, e.UID)
	b := make([]byte, 0, 256)
	number := func(values ...uint64) {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	}
	for _, t := range [...]*time.Time{&e.Stamp, &e.Start, &e.End} {
		number(uint64(t.Unix()), uint64(t.Nanosecond())) //nolint:gosec // bits, not values
	}
	number(key, uint64(e.Sequence), uint64(e.Status), uint64(e.Mark)) //nolint:gosec // bits, not values
	for _, text := range [...]string{
		e.Title, e.Description, e.Location, e.URL, e.ConferenceURL, e.ConferenceLabel,
	} {
		number(maphash.String(seed, text))
	}
	for _, flag := range [...]bool{e.AllDay, e.Private} {
		if flag {
			number(1)
		} else {
			number(0)
		}
	}
	if g := e.Geo; g != nil {
		number(1, math.Float64bits(g.Latitude), math.Float64bits(g.Longitude))
	} else {
		number(0)
	}
	for _, category := range e.Categories {
		number(maphash.String(seed, category))
	}
	return key, maphash.Bytes(seed, b)
}
