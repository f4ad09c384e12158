// Package check judges what people enter by the validate tags of an input's fields, and brings its
// texts into the form in which they are stored. Every concept declares its rules that way; what
// one rule is called in its answers is the concept's own (Rules.Code), because those codes are part
// of the API.
//
// Tags of its own, beside those of go-playground/validator:
//
//	line        one line of text without hidden characters
//	paragraphs  text that may have line breaks, without hidden characters
//	filled      something is left of the text when it is tidied
//	https       an absolute https address without a user
//	web         the same with http too, or nothing
//	time_of_day HH:MM
//	month       YYYY-MM
package check

import (
	"errors"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Broken is one rule that a value breaks.
type Broken struct {
	Tag   string       // for example "max"
	Param string       // the tag's parameter, "" for none
	Kind  reflect.Kind // of the value: a "max" of a string is another rule than one of a slice
}

// Rules judges the inputs of one concept. Safe for concurrent use.
type Rules struct {
	validate *validator.Validate
	code     func(Broken) (code string, params []any)
}

// New makes the rules of a concept. tags are the concept's own tags for text values; code names
// a broken rule, with the parameters of its text as fault.Error.Field takes them.
func New(tags map[string]func(string) bool, code func(Broken) (string, []any)) *Rules {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for _, set := range []map[string]func(string) bool{sharedTags, tags} {
		for tag, accepts := range set {
			if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool {
				return accepts(f.Field().String())
			}); err != nil {
				panic(err) // a programming error, found at the first call of any test
			}
		}
	}
	return &Rules{validate: v, code: code}
}

var sharedTags = map[string]func(string) bool{
	"line":        func(s string) bool { _, ok := text.Line(s); return ok },
	"filled":      func(s string) bool { clean, _ := text.Line(s); return clean != "" },
	"paragraphs":  func(s string) bool { _, ok := text.Paragraphs(s); return ok },
	"https":       func(s string) bool { return webAddress(s, "https") },
	"web":         func(s string) bool { return s == "" || webAddress(s, "https", "http") },
	"time_of_day": timeOfDay.MatchString,
	"month":       func(s string) bool { _, err := clock.ParseDate(s + "-01"); return err == nil },
}

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// webAddress refuses whatever would become another thing than a link to a page, such as
// javascript:.
func webAddress(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || text.Hidden(r) })
}

// Struct adds every rule that input breaks to refusal, by the names the caller wrote: the json name
// of each field, with the position in a list ("occurrences.0.starts_at"). input is a struct or a
// pointer to one; anything else is a programming error and panics.
func (r *Rules) Struct(refusal *fault.Error, input any) *fault.Error {
	err := r.validate.Struct(input)
	if err == nil {
		return refusal
	}
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		panic(err)
	}
	for _, b := range broken {
		code, params := r.code(Broken{Tag: b.Tag(), Param: b.Param(), Kind: b.Kind()})
		refusal = refusal.Field(fieldPath(b.Namespace()), code, params...)
	}
	return refusal
}

var brackets = strings.NewReplacer("[", ".", "]", "")

// fieldPath turns the validator's Input.occurrences[0].starts_at into occurrences.0.starts_at.
func fieldPath(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return brackets.Replace(path)
}
