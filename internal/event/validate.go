package event

import (
	"errors"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// check tells every broken rule at once, by the names the caller wrote.
func check(input any) error {
	refusal := ErrInvalid
	if err := rules().Struct(input); err != nil {
		var broken validator.ValidationErrors
		if !errors.As(err, &broken) {
			return err
		}
		for _, b := range broken {
			refusal = refusal.Field(fieldPath(b.Namespace()), fieldCode(b), "limit", b.Param())
		}
	}
	return refusal.Or()
}

var rules = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	tags := map[string]func(string) bool{
		"line":              func(s string) bool { _, ok := text.Line(s); return ok },
		"filled":            func(s string) bool { clean, _ := text.Line(s); return clean != "" },
		"paragraphs":        func(s string) bool { _, ok := text.Paragraphs(s); return ok },
		"https":             func(s string) bool { return webAddress(s, "https") },
		"web":               func(s string) bool { return s == "" || webAddress(s, "https", "http") },
		"municipality_code": organization.ValidCode,
		"kind":              func(s string) bool { return slices.Contains(Kinds, Kind(s)) },
		"audience_tag":      func(s string) bool { return slices.Contains(AudienceTags, AudienceTag(s)) },
		"question":          func(s string) bool { return slices.Contains(Questions, Question(s)) },
		"time_of_day":       timeOfDay.MatchString,
		"month":             func(s string) bool { _, err := parseMonth(s); return err == nil },
	}
	for tag, accepts := range tags {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return accepts(f.Field().String()) }); err != nil {
			panic(err) // a programming error, found at the first call of any test
		}
	}
	return v
})

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func webAddress(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != "" && u.User == nil && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || text.Hidden(r) })
}

func parseMonth(s string) (clock.Date, error) { return clock.ParseDate(s + "-01") }

// fieldPath turns the validator's Input.occurrences[0].starts_at into occurrences.0.starts_at.
func fieldPath(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return strings.NewReplacer("[", ".", "]", "").Replace(path)
}

func fieldCode(b validator.FieldError) string {
	switch b.Tag() {
	case "required", "required_without", "filled":
		return "required"
	case "max":
		if b.Kind() == reflect.String {
			return "too_long"
		}
		if b.Kind() == reflect.Slice {
			return "too_many"
		}
		return "too_big"
	case "min":
		if b.Kind() == reflect.String {
			return "required"
		}
		return "too_small"
	case "line", "paragraphs":
		return "hidden_characters"
	case "https", "web":
		return "not_an_address"
	case "gtfield", "ltefield":
		return "times_out_of_order"
	case "unique":
		return "twice"
	case "municipality_code":
		return "municipality_code_unknown"
	case "time_of_day":
		return "not_a_time"
	case "month":
		return "not_a_month"
	default:
		return "unknown_value"
	}
}

// Years in which a date makes sense; outside them it is a slip of the keyboard.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
)

const longest = 31 * 24 * time.Hour

// checkOccurrence adds the rules that look at several fields; prefix ends with a dot or is "".
func checkOccurrence(refusal *fault.Error, prefix string, o OccurrenceInput) *fault.Error {
	if o.StartsAt.Before(earliest) || o.EndsAt.After(latest) {
		refusal = refusal.Field(prefix+"starts_at", "year_out_of_range")
	}
	if o.EndsAt.Sub(o.StartsAt) > longest {
		refusal = refusal.Field(prefix+"ends_at", "too_long_span")
	}
	if !o.EndsAt.After(o.StartsAt) {
		refusal = refusal.Field(prefix+"ends_at", "times_out_of_order")
	}
	if o.DoorsAt != nil && (o.DoorsAt.After(o.StartsAt) || o.StartsAt.Sub(*o.DoorsAt) >= 24*time.Hour) {
		refusal = refusal.Field(prefix+"doors_at", "times_out_of_order")
	}
	for i, p := range o.Parts {
		refusal = checkPart(refusal, prefix+"parts."+strconv.Itoa(i)+".", o, p)
	}
	return refusal
}

func checkPart(refusal *fault.Error, prefix string, o OccurrenceInput, p PartInput) *fault.Error {
	starts, ends := p.span(o.StartsAt, o.EndsAt)
	if !ends.After(starts) {
		refusal = refusal.Field(prefix+"ends_at", "times_out_of_order")
	}
	if starts.Before(o.StartsAt) || ends.After(o.EndsAt) {
		refusal = refusal.Field(prefix+"starts_at", "outside_occurrence")
	}
	closes := starts
	if p.ClosesAt != nil {
		if closes = *p.ClosesAt; closes.After(ends) {
			refusal = refusal.Field(prefix+"closes_at", "times_out_of_order")
		}
	}
	if p.OpensAt != nil && !p.OpensAt.Before(closes) {
		refusal = refusal.Field(prefix+"opens_at", "times_out_of_order")
	}
	if p.WaitingUntil != nil && p.WaitingUntil.After(ends) {
		refusal = refusal.Field(prefix+"waiting_until", "times_out_of_order")
	}
	if (p.Reservation == Seat || p.Reservation == Lottery) && len(p.Quotas) == 0 {
		refusal = refusal.Field(prefix+"quotas", "required")
	}
	return checkLottery(refusal, prefix, starts, p)
}

// checkLottery wants a part that is drawn by lot to say until when one can apply, and to be drawn before it starts.
func checkLottery(refusal *fault.Error, prefix string, starts time.Time, p PartInput) *fault.Error {
	switch {
	case p.Reservation != Lottery:
		if p.DrawsAt != nil {
			refusal = refusal.Field(prefix+"draws_at", "only_for_lottery")
		}
	case p.ClosesAt == nil:
		refusal = refusal.Field(prefix+"closes_at", "required")
	case p.ClosesAt.After(starts):
		refusal = refusal.Field(prefix+"closes_at", "times_out_of_order")
	case p.DrawsAt != nil && (p.DrawsAt.Before(*p.ClosesAt) || p.DrawsAt.After(starts)):
		refusal = refusal.Field(prefix+"draws_at", "times_out_of_order")
	}
	return refusal
}

func (p PartInput) span(starts, ends time.Time) (time.Time, time.Time) {
	if p.StartsAt != nil {
		starts = *p.StartsAt
	}
	if p.EndsAt != nil {
		ends = *p.EndsAt
	}
	return starts, ends
}

// What the dates to come of one event may hold, as the trigger event_size has it too: its page and its answers show all of it.
const (
	MaxParts  = 300
	MaxQuotas = 600
)

func tooMuch() *fault.Error { return ErrSize.With("parts", MaxParts).With("quotas", MaxQuotas) }

func checkOccurrences(prefix string, occurrences ...OccurrenceInput) error {
	parts, quotas := 0, 0
	for _, o := range occurrences {
		parts += max(1, len(o.Parts))
		for _, p := range o.Parts {
			quotas += len(p.Quotas)
		}
	}
	if parts > MaxParts || quotas > MaxQuotas {
		return tooMuch()
	}
	refusal := ErrInvalid
	for i, o := range occurrences {
		at := prefix
		if prefix != "" {
			at = prefix + "." + strconv.Itoa(i) + "."
		}
		refusal = checkOccurrence(refusal, at, o)
	}
	return refusal.Or()
}

// sampleDay is one that a template is tried on.
var sampleDay = clock.NewDate(2030, time.April, 6)

func checkSeries(input SeriesInput) error {
	if err := check(input); err != nil {
		return err
	}
	refusal := ErrInvalid
	if input.Choose != ChooseFree {
		first, err := parseMonth(input.FirstMonth)
		if err != nil {
			return err
		}
		if code := checkRule(input.Rule, first); code != "" {
			refusal = refusal.Field("rule", code)
		}
	}
	if input.LastMonth != "" && input.LastMonth < input.FirstMonth {
		refusal = refusal.Field("last_month", "times_out_of_order")
	}
	if err := refusal.Or(); err != nil {
		return err
	}
	return checkOccurrences("", input.Template.On(sampleDay))
}

// tidy brings every text of an input that passed check into its stored form.
func tidy(lines []*string, paragraphs []*string) {
	for _, s := range lines {
		*s, _ = text.Line(*s)
	}
	for _, s := range paragraphs {
		*s, _ = text.Paragraphs(*s)
	}
}

func (i *Input) tidy() {
	tidy([]*string{&i.Title, &i.Summary, &i.Audience, &i.Fee.Note}, []*string{&i.Description})
	for n := range i.Assurance.AttendingOffices {
		tidy([]*string{&i.Assurance.AttendingOffices[n]}, nil)
	}
	for n := range i.Occurrences {
		i.Occurrences[n].tidy()
	}
}

func (o *OccurrenceInput) tidy() {
	tidy([]*string{&o.Place.Name, &o.Place.Address}, []*string{&o.Place.Access, &o.Note})
	for n := range o.Parts {
		o.Parts[n].tidy()
	}
}

func (p *PartInput) tidy() {
	tidy([]*string{&p.Name, &p.PlaceNote, &p.Audience, &p.Sitting}, []*string{&p.Description})
	for n := range p.Quotas {
		tidy([]*string{&p.Quotas[n].Name}, nil)
	}
	for n := range p.Booths {
		tidy([]*string{&p.Booths[n].Name, &p.Booths[n].Offers}, nil)
	}
	if p.JoiningLink != nil {
		tidy(nil, []*string{&p.JoiningLink.Note, &p.JoiningLink.Phone})
	}
}
