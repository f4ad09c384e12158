package httpapi

import (
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// mostFields bounds an answer about a body that is wrong everywhere.
const mostFields = 50

// validate holds a decoded body against its schema; the fault names every value that breaks it.
func validate(schema *openapi3.Schema, value any) error {
	err := schema.VisitJSON(value, append([]openapi3.SchemaValidationOption{openapi3.VisitAsRequest()}, schemaOptions...)...)
	if err == nil {
		return nil
	}
	if refusal := violations(errInvalid, "", err); len(refusal.Fields) > 0 {
		return refusal
	}
	return errInvalid
}

// violations adds to refusal what the validator found, without its words: they repeat what the caller typed.
func violations(refusal *fault.Error, at string, err error) *fault.Error {
	var broken *openapi3.SchemaError
	var many openapi3.MultiError
	switch {
	case len(refusal.Fields) >= mostFields:
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

// safePath is made of the contract's own names and of indexes, except where a body has properties of free name, which no contract of ours has.
func safePath(names []string) []string {
	for i, name := range names {
		if nameable(name) == "" {
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
		if _, known := broken.Schema.Properties[name]; known || len(refusal.Fields) >= mostFields {
			continue
		}
		refusal = refusal.Field(strings.Join(append(nonEmpty(path), nonEmpty(nameable(name))...), "."), "unknown_field")
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
