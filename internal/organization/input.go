package organization

import (
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"sync"

	"github.com/tonarimachi/tonarimachi/internal/check"
)

// Input is an organization as it is set up or registered. RegisteredBy is the registering
// municipality's slug, "" for a municipality; RegisterGroup fills it, Kind and Position by itself.
// Lengths are in characters, as the schema has them.
type Input struct {
	Kind         Kind   `json:"kind"`
	Slug         string `json:"slug"         validate:"slug"`
	Code         string `json:"code"`
	Name         string `json:"name"         validate:"line,filled,max=100"`
	Kana         string `json:"kana"         validate:"line,max=200"`
	English      string `json:"english"      validate:"line,max=200"`
	Area         string `json:"area"         validate:"line,max=100"`
	Introduction string `json:"introduction" validate:"paragraphs,max=4000"`
	Website      string `json:"website"      validate:"line,max=2000,website"`
	Online       bool   `json:"online"`
	RegisteredBy string `json:"registered_by"`
	Position     int    `json:"position"`
}

// PartnershipInput is a partnership as it is set up; members by slug, in the agreed order.
type PartnershipInput struct {
	Slug          string   `json:"slug"        validate:"slug"`
	Name          string   `json:"name"        validate:"line,filled,max=100"`
	Description   string   `json:"description" validate:"paragraphs,max=4000"`
	Position      int      `json:"position"`
	Members       []string `json:"members"`
	PartnerGroups []string `json:"partner_groups"`
}

// Change holds what an organization says anew of itself; nil stays.
type Change struct {
	Name         *string `json:"name"         validate:"omitempty,line,filled,max=100"`
	Kana         *string `json:"kana"         validate:"omitempty,line,max=200"`
	English      *string `json:"english"      validate:"omitempty,line,max=200"`
	Area         *string `json:"area"         validate:"omitempty,line,max=100"`
	Introduction *string `json:"introduction" validate:"omitempty,paragraphs,max=4000"`
	Website      *string `json:"website"      validate:"omitempty,line,max=2000,website"`
	Online       *bool   `json:"online"`
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func validSlug(s string) bool { return len(s) >= 2 && len(s) <= 40 && slugForm.MatchString(s) }

// validWebsite takes an http or https address or nothing: anything else, such as javascript:, would
// become a link on our pages.
func validWebsite(s string) bool {
	u, err := url.Parse(s)
	return s == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

var rules = sync.OnceValue(func() *check.Rules {
	return check.New(map[string]func(string) bool{"slug": validSlug, "website": validWebsite}, ruleCode)
})

// ruleCode names a broken rule as the API does.
func ruleCode(b check.Broken) (code string, params []any) {
	switch b.Tag {
	case "line", "paragraphs":
		return "invalid_characters", nil
	case "filled":
		return "required", nil
	case "max":
		if most, err := strconv.Atoi(b.Param); err == nil && b.Kind == reflect.String {
			return "too_long", []any{"max", most}
		}
	}
	return "invalid_format", nil
}

// clean brings the input into the form that is stored, or says what is wrong with it.
func (in Input) clean() (Input, error) {
	in = check.Tidy(in)
	refusal := ErrInvalid
	switch in.Kind {
	case Municipality:
		if !ValidCode(in.Code) {
			refusal = refusal.Field("code", "invalid_format")
		}
		if in.RegisteredBy != "" {
			refusal = refusal.Field("registered_by", "invalid")
		}
	case PartnerGroup:
		if in.Code != "" {
			refusal = refusal.Field("code", "invalid")
		}
		if in.RegisteredBy == "" {
			refusal = refusal.Field("registered_by", "required")
		}
	default:
		refusal = refusal.Field("kind", "unknown_value")
	}
	return in, rules().Struct(refusal, in).Or()
}

func (in PartnershipInput) clean() (PartnershipInput, error) {
	in = check.Tidy(in)
	return in, rules().Struct(ErrPartnershipInvalid, in).Or()
}

func (c Change) clean() (Change, error) {
	c = check.Tidy(c)
	return c, rules().Struct(ErrInvalid, c).Or()
}
