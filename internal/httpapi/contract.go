package httpapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

type spec = openapi3.T

// operation holds requests against one operation of the contract.
type operation struct {
	id         string
	route      *routers.Route
	parameters []*openapi3.Parameter
	names      []string // of path parameters
	queries    map[string]bool
	takesKey   bool // Idempotency-Key
	body       *openapi3.Schema
	bodyNeeded bool
	file       string // media type of a body that is a file: image/*, text/csv
	limit      int64  // greatest body in bytes; 0: the usual one
}

func newOperation(s *spec, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*operation, error) {
	o := &operation{
		id:      op.OperationID,
		route:   &routers.Route{Spec: s, Path: path, PathItem: item, Method: method, Operation: op},
		queries: map[string]bool{"lang": true},
	}
	for _, list := range []openapi3.Parameters{item.Parameters, op.Parameters} {
		for _, ref := range list {
			p := ref.Value
			o.parameters = append(o.parameters, p)
			switch {
			case p.In == openapi3.ParameterInPath:
				o.names = append(o.names, p.Name)
			case p.In == openapi3.ParameterInQuery:
				o.queries[p.Name] = true
			case p.Name == headerKey:
				o.takesKey = true
			}
		}
	}
	if op.RequestBody == nil {
		return o, nil
	}
	switch limit := op.RequestBody.Value.Extensions["x-body-limit"].(type) {
	case nil:
	case float64:
		o.limit = int64(limit)
	default:
		return nil, fmt.Errorf("read contract: %s has an x-body-limit that is no number", o.id)
	}
	for _, file := range []string{"image/*", "text/csv"} {
		if _, ok := op.RequestBody.Value.Content[file]; ok {
			o.file = file
			return o, nil
		}
	}
	media := op.RequestBody.Value.Content.Get(echo.MIMEApplicationJSON)
	if media == nil || media.Schema == nil {
		return nil, fmt.Errorf("read contract: %s has a body that is not JSON", o.id)
	}
	o.body, o.bodyNeeded = media.Schema.Value, op.RequestBody.Value.Required
	return o, nil
}

// check refuses what the contract does not permit and leaves the decoded body for the binder.
func (o *operation) check(c echo.Context) error {
	if err := o.checkParameters(c); err != nil {
		return err
	}
	if o.file != "" {
		return o.checkFile(c.Request())
	}
	if o.body == nil {
		return refuseBody(c.Request())
	}
	value, err := readJSON(c.Request())
	if err != nil {
		return err
	}
	if err := validate(o.body, value); err != nil {
		return err
	}
	c.Request().Body = validated{Reader: strings.NewReader(""), value: value}
	return nil
}

func (o *operation) checkParameters(c echo.Context) error {
	r := c.Request()
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errQuery
	}
	refusal := errQuery
	for name, values := range query {
		switch {
		case len(refusal.Fields) >= mostFields:
		case !o.queries[name]:
			refusal = refusal.Field(nameable(name), "unknown_field")
		case len(values) > 1:
			refusal = refusal.Field(name, "duplicate")
		}
	}
	for _, p := range o.parameters { // sizes first: the validator would name each value of a list
		if p.In != openapi3.ParameterInQuery || p.Schema == nil || p.Schema.Value.MaxItems == nil {
			continue
		}
		if most := *p.Schema.Value.MaxItems; exceeds(strings.Count(query.Get(p.Name), ",")+1, most) {
			refusal = refusal.Field(p.Name, "too_many", "max", most)
		}
	}
	if err := refusal.Or(); err != nil {
		return err
	}
	path := make(map[string]string, len(o.names))
	for _, name := range o.names {
		path[name] = c.Param(name)
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: path, QueryParams: query, Route: o.route, Options: options}
	for _, p := range o.parameters {
		if err := openapi3filter.ValidateParameter(r.Context(), input, p); err != nil {
			switch p.In {
			case openapi3.ParameterInPath:
				return errPath.Field(p.Name, "invalid_format")
			case openapi3.ParameterInHeader:
				return errHeader.Field(p.Name, "invalid_format")
			}
			return named(errQuery, p.Name, err)
		}
	}
	return nil
}

// options hold requests and, in tests, answers against the contract's own meaning of its formats.
var options = &openapi3filter.Options{
	SkipSettingDefaults:     true,
	MultiError:              true,
	SchemaValidationOptions: schemaOptions,
}

var schemaOptions = []openapi3.SchemaValidationOption{
	openapi3.EnableFormatValidation(),
	openapi3.DisableSchemaErrorDetails(),
	openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid":      format(func(s string) error { return parseUUID(s, new(uuid.UUID)) }),
		"date":      format(func(s string) error { _, err := clock.ParseDate(s); return err }),
		"date-time": format(checkMoment),
	}),
}

type format func(string) error

// Validate is what the contract's validator calls.
func (f format) Validate(s string) error { return f(s) }

// momentForm is stricter than time.Parse, which takes a comma before fractions and offsets of any size.
var momentForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

func checkMoment(s string) error {
	if !momentForm.MatchString(s) {
		return errPath
	}
	_, err := time.Parse(time.RFC3339, s)
	return err
}

// parseUUID takes the 36 characters of RFC 9562 only; uuid.Parse would take braces and bare digits, too.
func parseUUID(s string, id *uuid.UUID) error {
	if len(s) != 36 {
		return errPath
	}
	parsed, err := uuid.Parse(s)
	*id = parsed
	return err
}

// refuseBody keeps callers from believing that what they sent was read.
func refuseBody(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	var one [1]byte
	for {
		n, err := r.Body.Read(one[:])
		if n > 0 {
			return errBodyUnexpected
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
	}
}

// nameable gives a name that a caller typed only if it is harmless to repeat.
func nameable(name string) string {
	if len(name) > 64 || !harmless.MatchString(name) {
		return ""
	}
	return name
}

var harmless = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func named(refusal *fault.Error, name string, err error) *fault.Error {
	if found := violations(refusal, name, err); len(found.Fields) > 0 {
		return found
	}
	return refusal.Field(name, "invalid_format")
}
