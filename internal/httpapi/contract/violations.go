package contract

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// MostFields bounds an answer about a body that is wrong everywhere.
const MostFields = 50

// examined bounds how many values of a wrong body are looked at for all that is wrong with them.
const examined = 2000

var (
	firstFault = append([]openapi3.SchemaValidationOption{openapi3.VisitAsRequest()}, SchemaOptions...)
	everyFault = append([]openapi3.SchemaValidationOption{openapi3.MultiErrors()}, firstFault...)
)

// Validate holds a decoded body against its schema; the fault names the values that break it. Sizes
// come first: the items of a list that is too long are not visited. The validator makes an error
// for every value that is wrong, so it goes on after the first one in a part of the body only.
func Validate(schema *openapi3.Schema, value any) error {
	if refusal := sizes(ErrInvalid, schema, value, nil); len(refusal.Fields) > 0 {
		slices.SortStableFunc(refusal.Fields, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
		return refusal
	}
	err := schema.VisitJSON(value, firstFault...)
	if err == nil {
		return nil
	}
	left := examined
	if all := schema.VisitJSON(part(value, &left), everyFault...); all != nil {
		if refusal := violations(ErrInvalid, "", all); len(refusal.Fields) > 0 {
			return refusal
		}
	}
	if refusal := violations(ErrInvalid, "", err); len(refusal.Fields) > 0 {
		return refusal
	}
	return ErrInvalid
}

// sizes adds what is too long or too many.
func sizes(refusal *fault.Error, schema *openapi3.Schema, value any, path []string) *fault.Error {
	if schema == nil || len(refusal.Fields) >= MostFields {
		return refusal
	}
	for _, each := range schema.AllOf {
		refusal = sizes(refusal, each.Value, value, path)
	}
	at := func() string { return strings.Join(safePath(path), ".") }
	switch value := value.(type) {
	case string:
		if most := schema.MaxLength; most != nil && exceeds(utf8.RuneCountInString(value), *most) {
			return refusal.Field(at(), "too_long", "max", *most)
		}
	case []any:
		if most := schema.MaxItems; most != nil && exceeds(len(value), *most) {
			return refusal.Field(at(), "too_many", "max", *most)
		}
		if schema.Items == nil {
			return refusal
		}
		for i, item := range value {
			refusal = sizes(refusal, schema.Items.Value, item, append(path[:len(path):len(path)], strconv.Itoa(i)))
		}
	case map[string]any:
		if strict := schema.AdditionalProperties.Has; strict != nil && !*strict &&
			len(value) > len(schema.Properties)+MostFields {
			return unknownNames(refusal, at(), &openapi3.SchemaError{Schema: schema, Value: value})
		}
		for name, property := range schema.Properties {
			if given, ok := value[name]; ok {
				refusal = sizes(refusal, property.Value, given, append(path[:len(path):len(path)], name))
			}
		}
	}
	return refusal
}

func exceeds(n int, most uint64) bool { return n > 0 && uint64(n) > most }

// part copies a value with as many of its items as are left to look at; each list keeps its first,
// each object all of its names.
func part(value any, left *int) any {
	*left--
	switch value := value.(type) {
	case []any:
		some := make([]any, 0, min(len(value), max(1, *left)))
		for i, item := range value {
			if i > 0 && *left <= 0 {
				break
			}
			some = append(some, part(item, left))
		}
		return some
	case map[string]any:
		all := make(map[string]any, len(value))
		for name, item := range value {
			all[name] = part(item, left)
		}
		return all
	}
	return value
}

// violations adds to refusal what the validator found, without its words: they repeat what the
// caller typed.
func violations(refusal *fault.Error, at string, err error) *fault.Error {
	var broken *openapi3.SchemaError
	var many openapi3.MultiError
	switch {
	case len(refusal.Fields) >= MostFields:
	case errors.As(err, &many):
		for _, e := range many {
			refusal = violations(refusal, at, e)
		}
	case errors.As(err, &broken):
		path := strings.Join(append(nonEmpty(at), safePath(broken.JSONPointer())...), ".")
		if broken.SchemaField == "properties" {
			return unknownNames(refusal, path, broken)
		}
		code, params := judge(broken)
		refusal = refusal.Field(path, code, params...)
	}
	return refusal
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// safePath is made of the contract's own names and of indexes, except where a body has properties
// of free name, which no contract of ours has.
func safePath(names []string) []string {
	for i, name := range names {
		if Nameable(name) == "" {
			return names[:i]
		}
	}
	return names
}

func unknownNames(refusal *fault.Error, path string, broken *openapi3.SchemaError) *fault.Error {
	object, _ := broken.Value.(map[string]any)
	for _, f := range refusal.Fields {
		if f.Code == "unknown_field" && (f.Name == path || strings.HasPrefix(f.Name, path+".") || path == "") {
			return refusal // the validator reports each, this names all at once
		}
	}
	for name := range object {
		if _, known := broken.Schema.Properties[name]; known || len(refusal.Fields) >= MostFields {
			continue
		}
		refusal = refusal.Field(strings.Join(append(nonEmpty(path), nonEmpty(Nameable(name))...), "."), "unknown_field")
	}
	return refusal
}

func judge(broken *openapi3.SchemaError) (code string, params []any) {
	s := broken.Schema
	switch broken.SchemaField {
	case "required", "minProperties":
		return "required", nil
	case "type", "nullable":
		return "invalid_type", nil
	case "enum":
		return "unknown_value", nil
	case "maxLength":
		return "too_long", []any{"max", *s.MaxLength}
	case "minLength":
		if s.MinLength == 1 {
			return "required", nil
		}
		return "too_short", []any{"min", s.MinLength}
	case "maximum":
		return "too_large", []any{"max", int(*s.Max)}
	case "minimum":
		return "too_small", []any{"min", int(*s.Min)}
	case "maxItems":
		return "too_many", []any{"max", *s.MaxItems}
	case "minItems":
		return "required", nil
	case "uniqueItems":
		return "duplicate", nil
	case "format":
		switch s.Format {
		case "date":
			return "invalid_date", nil
		case "date-time":
			return "invalid_moment", nil
		}
	}
	return "invalid_format", nil
}
