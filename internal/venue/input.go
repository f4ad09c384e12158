package venue

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// checker collects what breaks a rule, by the names of the API.
type checker struct{ refusal *fault.Error }

func (c *checker) wrong(field, code string, params ...any) {
	if len(c.refusal.Fields) < 50 {
		c.refusal = c.refusal.Field(field, code, params...)
	}
}

// line cleans a text of one line in place.
func (c *checker) line(field string, value *string, least, most int) {
	clean, ok := text.Line(*value)
	c.clean(field, value, clean, ok, least, most)
}

func (c *checker) paragraphs(field string, value *string, most int) {
	clean, ok := text.Paragraphs(*value)
	c.clean(field, value, clean, ok, 0, most)
}

func (c *checker) clean(field string, value *string, clean string, ok bool, least, most int) {
	if !ok {
		c.wrong(field, "invalid_characters")
		return
	}
	*value = clean
	switch n := utf8.RuneCountInString(clean); {
	case n > most:
		c.wrong(field, "too_long", "max", most)
	case n < least:
		c.wrong(field, "required")
	}
}

func (c *checker) form(field, value string, form *regexp.Regexp) {
	if value != "" && !form.MatchString(value) {
		c.wrong(field, "invalid_format")
	}
}

func (c *checker) within(field string, value, least, most int) {
	switch {
	case value < least:
		c.wrong(field, "too_small", "min", least)
	case value > most:
		c.wrong(field, "too_large", "max", most)
	}
}

func (c *checker) count(field string, n, most int) bool {
	if n > most {
		c.wrong(field, "too_many", "max", most)
	}
	return n <= most
}

func (c *checker) website(field string, value *string) {
	c.line(field, value, 0, 2000)
	if *value == "" {
		return
	}
	u, err := url.Parse(*value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.ContainsAny(*value, " \u3000") {
		c.wrong(field, "invalid_format")
	}
}

var (
	postalForm    = regexp.MustCompile(`^[0-9]{3}-[0-9]{4}$`)
	phoneForm     = regexp.MustCompile(`^[0-9+() -]{1,30}$`)
	emailForm     = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	corporateForm = regexp.MustCompile(`^[0-9]{13}$`)
	keyForm       = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
)

// Bounds of lists, as the API has them too.
const (
	maxSpaces  = 60
	maxEntries = 40
	maxPhotos  = 12
)

func (in FacilityInput) clean() (FacilityInput, error) {
	c := &checker{refusal: ErrInvalid}
	c.line("name", &in.Name, 1, 100)
	c.line("kana", &in.Kana, 0, 200)
	c.line("english", &in.English, 0, 200)
	c.line("alias", &in.Alias, 0, 200)
	if !organization.ValidCode(in.AreaCode) {
		c.wrong("area_code", "invalid_format")
	}
	c.form("postal_code", in.PostalCode, postalForm)
	c.line("address", &in.Address, 1, 300)
	c.line("building", &in.Building, 0, 200)
	in.checkPlace(c)
	c.paragraphs("access", &in.Access, 2000)
	c.form("phone", in.Phone, phoneForm)
	c.line("phone_extension", &in.PhoneExtension, 0, 30)
	c.line("email", &in.Email, 0, 254)
	c.form("email", in.Email, emailForm)
	c.website("website", &in.Website)
	c.paragraphs("description", &in.Description, 4000)
	c.line("floor_info", &in.FloorInfo, 0, 500)
	c.line("operated_by", &in.OperatedBy, 0, 200)
	c.form("corporate_number", in.CorporateNumber, corporateForm)
	c.line("poi_code", &in.POICode, 0, 40)
	c.line("outside_id", &in.OutsideID, 0, 60)
	in.checkFacts(c)
	c.paragraphs("barrier_note", &in.BarrierNote, 1000)
	c.paragraphs("hours_note", &in.HoursNote, 1000)
	c.within("position", in.Position, 0, 100000)
	in.Hours.check(c, "hours")
	in.Spaces = slices.Clone(in.Spaces)
	if c.count("spaces", len(in.Spaces), maxSpaces) {
		names := map[string]bool{}
		for i := range in.Spaces {
			s, at := &in.Spaces[i], "spaces."+strconv.Itoa(i)
			c.line(at+".name", &s.Name, 1, 100)
			c.line(at+".floor", &s.Floor, 0, 40)
			if names[s.Name] {
				c.wrong(at+".name", "duplicate")
			}
			names[s.Name] = true
		}
	}
	return in, c.refusal.Or()
}

// checkPlace takes both coordinates or none, within Japan: elsewhere they are swapped or mistyped.
func (in FacilityInput) checkPlace(c *checker) {
	if (in.Latitude == nil) != (in.Longitude == nil) {
		c.wrong("latitude", "required")
		return
	}
	if in.Latitude != nil &&
		!(*in.Latitude >= 20 && *in.Latitude <= 46 && *in.Longitude >= 122 && *in.Longitude <= 154) {
		c.wrong("latitude", "invalid")
	}
}

func (in FacilityInput) checkFacts(c *checker) {
	seen := map[Fact]bool{}
	for _, list := range []struct {
		field string
		facts []Fact
	}{{"barrier_free", in.BarrierFree}, {"barriers", in.Barriers}} {
		for i, f := range list.facts {
			at := list.field + "." + strconv.Itoa(i)
			switch {
			case !slices.Contains(Facts, f):
				c.wrong(at, "unknown_value")
			case seen[f]:
				c.wrong(at, "duplicate")
			}
			seen[f] = true
		}
	}
}

// check holds a calendar against its rules.
func (c Calendar) check(v *checker, at string) {
	if c.Holidays != "" && c.Holidays != HolidaysClosed && c.Holidays != HolidaysAsSunday {
		v.wrong(at+".holidays", "unknown_value")
	}
	v.count(at+".seasons", len(c.Seasons), 8)
	for i, s := range c.Seasons {
		here := fmt.Sprintf("%s.seasons.%d", at, i)
		v.line(here+".name", &s.Name, 0, 40)
		if (s.First == nil) != (s.Last == nil) {
			v.wrong(here+".last", "required")
		}
		if s.First == nil && i < len(c.Seasons)-1 {
			v.wrong(here+".first", "required") // the seasons after it would never count
		}
		for d, name := range WeekdayNames {
			checkHours(v, here+".week."+name, s.Week.On(weekdays[d]))
		}
	}
	v.count(at+".closed", len(c.Closed), 20)
	for i, r := range c.Closed {
		here := fmt.Sprintf("%s.closed.%d", at, i)
		switch r.Kind {
		case ClosedYearly:
			if r.First == nil || r.Last == nil {
				v.wrong(here+".first", "required")
			}
		case ClosedWeekly, ClosedNth:
			if r.weekday() < 0 {
				v.wrong(here+".weekday", "required")
			}
			if r.Kind == ClosedNth &&
				(len(r.Nth) == 0 || slices.ContainsFunc(r.Nth, func(n int) bool { return n < 1 || n > 5 })) {
				v.wrong(here+".nth", "invalid")
			}
		default:
			v.wrong(here+".kind", "unknown_value")
		}
	}
}

// checkHours wants stretches in order and apart.
func checkHours(c *checker, at string, list []Hours) {
	if !c.count(at, len(list), 6) {
		return
	}
	for i, h := range list {
		if !h.Valid() {
			c.wrong(fmt.Sprintf("%s.%d.to", at, i), "must_be_after_start")
		} else if i > 0 && h.From < list[i-1].To {
			c.wrong(fmt.Sprintf("%s.%d.from", at, i), "hours_overlap")
		}
	}
}
