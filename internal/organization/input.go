package organization

import (
	"net/url"
	"regexp"
	"unicode/utf8"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Input is an organization as it is set up or registered. RegisteredBy is the registering municipality's slug, "" for a municipality; RegisterGroup
// fills it, Kind and Position by itself.
type Input struct {
	Kind         Kind
	Slug         string
	Code         string
	Name         string
	Kana         string
	English      string
	Area         string
	Introduction string
	Website      string
	Online       bool
	RegisteredBy string
	Position     int
}

// PartnershipInput is a partnership as it is set up; members by slug, in the agreed order.
type PartnershipInput struct {
	Slug          string
	Name          string
	Description   string
	Position      int
	Members       []string
	PartnerGroups []string
}

// Change holds what an organization says anew of itself; nil stays.
type Change struct {
	Name         *string
	Kana         *string
	English      *string
	Area         *string
	Introduction *string
	Website      *string
	Online       *bool
}

// Lengths in characters, as the schema has them.
const (
	maxName         = 100
	maxKana         = 200
	maxEnglish      = 200
	maxArea         = 100
	maxIntroduction = 4000
	maxWebsite      = 2000
	maxSlug         = 40
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// clean brings the input into the form that is stored, or says what is wrong with it.
func (in Input) clean() (Input, error) {
	v := ErrInvalid
	v = slug(v, in.Slug)
	switch in.Kind {
	case Municipality:
		if !ValidCode(in.Code) {
			v = v.Field("code", "invalid_format")
		}
		if in.RegisteredBy != "" {
			v = v.Field("registered_by", "invalid")
		}
	case PartnerGroup:
		if in.Code != "" {
			v = v.Field("code", "invalid")
		}
		if in.RegisteredBy == "" {
			v = v.Field("registered_by", "required")
		}
	default:
		v = v.Field("kind", "unknown_value")
	}
	v = line(v, "name", &in.Name, 1, maxName)
	v = line(v, "kana", &in.Kana, 0, maxKana)
	v = line(v, "english", &in.English, 0, maxEnglish)
	v = line(v, "area", &in.Area, 0, maxArea)
	v = paragraphs(v, "introduction", &in.Introduction, maxIntroduction)
	v = website(v, "website", &in.Website)
	return in, v.Or()
}

func (in PartnershipInput) clean() (PartnershipInput, error) {
	v := slug(ErrPartnershipInvalid, in.Slug)
	v = line(v, "name", &in.Name, 1, maxName)
	v = paragraphs(v, "description", &in.Description, maxIntroduction)
	return in, v.Or()
}

// clean gives the columns that change, by name.
func (c Change) clean() (map[string]any, error) {
	v, columns := ErrInvalid, map[string]any{}
	if c.Name != nil {
		value := *c.Name
		v = line(v, "name", &value, 1, maxName)
		columns["name"] = value
	}
	if c.Kana != nil {
		value := *c.Kana
		v = line(v, "kana", &value, 0, maxKana)
		columns["kana"] = value
	}
	if c.English != nil {
		value := *c.English
		v = line(v, "english", &value, 0, maxEnglish)
		columns["english"] = value
	}
	if c.Area != nil {
		value := *c.Area
		v = line(v, "area", &value, 0, maxArea)
		columns["area"] = value
	}
	if c.Introduction != nil {
		value := *c.Introduction
		v = paragraphs(v, "introduction", &value, maxIntroduction)
		columns["introduction"] = value
	}
	if c.Website != nil {
		value := *c.Website
		v = website(v, "website", &value)
		columns["website"] = value
	}
	if c.Online != nil {
		columns["online"] = *c.Online
	}
	return columns, v.Or()
}

func slug(v *fault.Error, s string) *fault.Error {
	if len(s) < 2 || len(s) > maxSlug || !slugForm.MatchString(s) {
		return v.Field("slug", "invalid_format")
	}
	return v
}

func line(v *fault.Error, field string, value *string, least, most int) *fault.Error {
	clean, ok := text.Line(*value)
	if !ok {
		return v.Field(field, "invalid_characters")
	}
	*value = clean
	return length(v, field, clean, least, most)
}

func paragraphs(v *fault.Error, field string, value *string, most int) *fault.Error {
	clean, ok := text.Paragraphs(*value)
	if !ok {
		return v.Field(field, "invalid_characters")
	}
	*value = clean
	return length(v, field, clean, 0, most)
}

func length(v *fault.Error, field, clean string, least, most int) *fault.Error {
	switch n := utf8.RuneCountInString(clean); {
	case n > most:
		return v.Field(field, "too_long", "max", most)
	case n < least:
		return v.Field(field, "required")
	}
	return v
}

// website takes an http or https address or nothing: anything else, such as javascript:, would become a link on our pages.
func website(v *fault.Error, field string, value *string) *fault.Error {
	v = line(v, field, value, 0, maxWebsite)
	if *value == "" {
		return v
	}
	u, err := url.Parse(*value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return v.Field(field, "invalid_format")
	}
	return v
}
