package event

import (
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Input is what staff enter for a new event. Organisers needn't name the owner, who is added as the
// first 主催.
type Input struct {
	Visibility   Visibility        `json:"visibility"    validate:"omitempty,oneof=public supporters partners"`
	Kind         Kind              `json:"kind"          validate:"required,kind"`
	Title        string            `json:"title"         validate:"required,max=200,line,filled"`
	Summary      string            `json:"summary"       validate:"max=500,line"`
	Description  string            `json:"description"   validate:"max=20000,paragraphs"`
	Audience     string            `json:"audience"      validate:"max=500,line"`
	AudienceTags []AudienceTag     `json:"audience_tags" validate:"max=9,unique,dive,audience_tag"`
	Assurance    Assurance         `json:"assurance"`
	Fee          Fee               `json:"fee"`
	Website      string            `json:"website"       validate:"max=2000,web"`
	Questions    []Question        `json:"questions"     validate:"max=4,unique,dive,question"`
	Organisers   []OrganiserInput  `json:"organisers"    validate:"max=50,unique=Organization,dive"`
	Occurrences  []OccurrenceInput `json:"occurrences"   validate:"max=60,dive"`
}

// OrganiserInput asks an organization to stand on an event.
type OrganiserInput struct {
	// Organization is its slug.
	Organization string `json:"organization" validate:"required,max=40"`

	Role OrganiserRole `json:"role" validate:"required,oneof=host co_host cooperator supporter contractor"`
}

// OccurrenceInput is one date. Without parts it gets one that needs no reservation.
type OccurrenceInput struct {
	StartsAt time.Time   `json:"starts_at" validate:"required"`
	EndsAt   time.Time   `json:"ends_at"   validate:"required,gtfield=StartsAt"`
	DoorsAt  *time.Time  `json:"doors_at"  validate:"omitempty,ltefield=StartsAt"`
	Place    Place       `json:"place"`
	Note     string      `json:"note"      validate:"max=2000,paragraphs"`
	Parts    []PartInput `json:"parts"     validate:"max=20,dive"`
	// BookingID names a booking of a room; the place is then the room's, but for its kind.
	BookingID *uuid.UUID `json:"booking_id"`
}

// PartInput is one part; nil times mean those of the occurrence. ID keeps an existing part when
// parts are replaced.
type PartInput struct {
	ID           *uuid.UUID        `json:"id"`
	Name         string            `json:"name"          validate:"max=200,line"`
	Description  string            `json:"description"   validate:"max=4000,paragraphs"`
	StartsAt     *time.Time        `json:"starts_at"`
	EndsAt       *time.Time        `json:"ends_at"`
	PlaceNote    string            `json:"place_note"    validate:"max=300,line"`
	Audience     string            `json:"audience"      validate:"max=500,line"`
	Press        Press             `json:"press"         validate:"omitempty,oneof=none present announced_later"`
	Reservation  Reservation       `json:"reservation"   validate:"required,oneof=none seat slot lottery"`
	Sitting      string            `json:"sitting"       validate:"max=100,line"`
	OpensAt      *time.Time        `json:"opens_at"`
	ClosesAt     *time.Time        `json:"closes_at"`
	DrawsAt      *time.Time        `json:"draws_at"`
	WaitingList  bool              `json:"waiting_list"`
	WaitingUntil *time.Time        `json:"waiting_until"`
	Quotas       []QuotaInput      `json:"quotas"        validate:"max=20,dive"`
	Booths       []BoothInput      `json:"booths"        validate:"max=60,dive"`
	JoiningLink  *JoiningLinkInput `json:"joining_link"`
}

// QuotaInput is one pool of seats. ID keeps an existing one with its tickets.
type QuotaInput struct {
	ID *uuid.UUID `json:"id"`
	// slots are laid out: see SlotPlan
	Channel  Channel `json:"channel"   validate:"required,oneof=in_person online walk_in"`
	Name     string  `json:"name"      validate:"max=100,line"`
	Capacity int     `json:"capacity"  validate:"min=0,max=100000"`
	MaxSeats int     `json:"max_seats" validate:"min=0,max=20"` // 0 means 1
}

// BoothInput is one table; either an organization's slug or a name. ID keeps an existing one with
// its slots; without it one of the same name is kept.
type BoothInput struct {
	ID           *uuid.UUID `json:"id"`
	Organization string     `json:"organization" validate:"max=40"`
	Name         string     `json:"name"         validate:"required_without=Organization,max=200,line"`
	Offers       string     `json:"offers"       validate:"max=1000,line"`
}

// JoiningLinkInput leads into an online part.
type JoiningLinkInput struct {
	URL              string `json:"url"                validate:"required,max=2000,https"`
	Note             string `json:"note"               validate:"max=1000,paragraphs"`
	Phone            string `json:"phone"              validate:"max=1000,paragraphs"`
	OpensHoursBefore *int   `json:"opens_hours_before" validate:"omitempty,min=0,max=1440"` // nil: 24
}

// Change holds what shall become different; nil stays.
type Change struct {
	Visibility   *Visibility       `json:"visibility"    validate:"omitempty,oneof=public supporters partners"`
	Kind         *Kind             `json:"kind"          validate:"omitempty,kind"`
	Title        *string           `json:"title"         validate:"omitempty,min=1,max=200,line,filled"`
	Summary      *string           `json:"summary"       validate:"omitempty,max=500,line"`
	Description  *string           `json:"description"   validate:"omitempty,max=20000,paragraphs"`
	Audience     *string           `json:"audience"      validate:"omitempty,max=500,line"`
	AudienceTags *[]AudienceTag    `json:"audience_tags" validate:"omitempty,max=9,unique,dive,audience_tag"`
	Assurance    *Assurance        `json:"assurance"`
	Fee          *Fee              `json:"fee"`
	Website      *string           `json:"website"       validate:"omitempty,max=2000,web"`
	Questions    *[]Question       `json:"questions"     validate:"omitempty,max=4,unique,dive,question"`
	Organisers   *[]OrganiserInput `json:"organisers"    validate:"omitempty,max=50,unique=Organization,dive"`
}

// OccurrenceChange holds what shall become different on one date; nil stays. New times on a
// published event are a move.
type OccurrenceChange struct {
	StartsAt *time.Time   `json:"starts_at"`
	EndsAt   *time.Time   `json:"ends_at"`
	DoorsAt  *time.Time   `json:"doors_at"`
	Place    *Place       `json:"place"`
	Note     *string      `json:"note"      validate:"omitempty,max=2000,paragraphs"`
	Parts    *[]PartInput `json:"parts"     validate:"omitempty,min=1,max=20,dive"`
	// BookingID takes a booking in place of what gave the room before; another place given by Place
	// gives the booking up.
	BookingID *uuid.UUID `json:"booking_id"`
	// MoveBooking moves the date's booking by as much as the date.
	MoveBooking bool `json:"move_booking"`
	// corrects says that the times are those at which a date really took place.
	corrects bool
}

// SeriesInput is what staff enter for a series.
type SeriesInput struct {
	Rule       string   `json:"rule"        validate:"max=500"`
	RuleText   string   `json:"rule_text"   validate:"required,max=200,line,filled"`
	Choose     Choose   `json:"choose"      validate:"required,oneof=every one free"`
	Template   Template `json:"template"`
	FirstMonth string   `json:"first_month" validate:"required,month"` // YYYY-MM
	LastMonth  string   `json:"last_month"  validate:"omitempty,month"`
}

// checkInput tells every broken rule at once, by the names the caller wrote.
func checkInput(input any) error { return rules().Struct(ErrInvalid, input).Or() }

var rules = sync.OnceValue(func() *check.Rules {
	return check.New(map[string]func(string) bool{
		"municipality_code": organization.ValidCode,
		"kind":              func(s string) bool { return slices.Contains(Kinds, Kind(s)) },
		"audience_tag":      func(s string) bool { return slices.Contains(AudienceTags, AudienceTag(s)) },
		"question":          func(s string) bool { return slices.Contains(Questions, Question(s)) },
	}, func(b check.Broken) (string, []any) { return ruleCode(b), []any{"limit", b.Param} })
})

func parseMonth(s string) (clock.Date, error) { return clock.ParseDate(s + "-01") }

// ruleCode names a broken rule as the API does.
func ruleCode(b check.Broken) string {
	switch b.Tag {
	case "required", "required_without", "filled":
		return "required"
	case "max":
		if b.Kind == reflect.String {
			return "too_long"
		}
		if b.Kind == reflect.Slice {
			return "too_many"
		}
		return "too_big"
	case "min":
		if b.Kind == reflect.String {
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

// checkLottery wants a part that is drawn by lot to say until when one can apply, and to be drawn
// before it starts.
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

// What the dates to come of one event may hold, as the trigger event_size has it too: its page and
// its answers show all of it.
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
	if err := checkInput(input); err != nil {
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
