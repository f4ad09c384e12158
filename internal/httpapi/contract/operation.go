package contract

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Base is where the API lives.
const Base = "/api/v1"

// ReadSpec reads the contract once; nothing changes it.
var ReadSpec = sync.OnceValues(api.GetSpec)

// EchoPath turns /events/{event_id} into /events/:event_id, below Base.
func EchoPath(path string) string {
	return Base + strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// Spec is a contract.
type Spec = openapi3.T

// Operation holds requests against one operation of the contract.
type Operation struct {
	ID         string
	Route      *routers.Route
	parameters []*openapi3.Parameter
	Names      []string // of path parameters
	Queries    map[string]bool
	TakesKey   bool // Idempotency-Key
	Body       *openapi3.Schema
	bodyNeeded bool
	File       string // media type of a body that is a file: image/*, text/csv
	Limit      int64  // greatest body in bytes; 0: the usual one
}

func newOperation(s *Spec, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	o := &Operation{
		ID:      op.OperationID,
		Route:   &routers.Route{Spec: s, Path: path, PathItem: item, Method: method, Operation: op},
		Queries: map[string]bool{"lang": true},
	}
	for _, list := range []openapi3.Parameters{item.Parameters, op.Parameters} {
		for _, ref := range list {
			p := ref.Value
			o.parameters = append(o.parameters, p)
			switch {
			case p.In == openapi3.ParameterInPath:
				o.Names = append(o.Names, p.Name)
			case p.In == openapi3.ParameterInQuery:
				o.Queries[p.Name] = true
			case p.Name == IdempotencyKey:
				o.TakesKey = true
			}
		}
	}
	if op.RequestBody == nil {
		return o, nil
	}
	switch limit := op.RequestBody.Value.Extensions["x-body-limit"].(type) {
	case nil:
	case float64:
		o.Limit = int64(limit)
	default:
		return nil, fmt.Errorf("read contract: %s has an x-body-limit that is no number", o.ID)
	}
	for _, file := range []string{"image/*", "text/csv"} {
		if _, ok := op.RequestBody.Value.Content[file]; ok {
			o.File = file
			return o, nil
		}
	}
	media := op.RequestBody.Value.Content.Get(echo.MIMEApplicationJSON)
	if media == nil || media.Schema == nil {
		return nil, fmt.Errorf("read contract: %s has a body that is not JSON", o.ID)
	}
	o.Body, o.bodyNeeded = media.Schema.Value, op.RequestBody.Value.Required
	return o, nil
}

// Operations gives every operation of our contract by method and path, as echo writes them.
func Operations() (map[string]*Operation, error) {
	spec, err := ReadSpec()
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	return OperationsOf(spec)
}

// OperationsOf is Operations for any contract.
func OperationsOf(spec *Spec) (map[string]*Operation, error) {
	all := map[string]*Operation{}
	for path, item := range spec.Paths.Map() {
		for method, described := range item.Operations() {
			o, err := newOperation(spec, path, method, item, described)
			if err != nil {
				return nil, err
			}
			all[method+" "+EchoPath(path)] = o
		}
	}
	return all, nil
}

// Check refuses what the contract does not permit and leaves the decoded body for the binder.
func (o *Operation) Check(c echo.Context) error {
	if err := o.checkParameters(c); err != nil {
		return err
	}
	if o.File != "" {
		return o.checkFile(c.Request())
	}
	if o.Body == nil {
		return refuseBody(c.Request())
	}
	value, err := o.readBody(c.Request())
	if err != nil {
		return err
	}
	if err := Validate(o.Body, value); err != nil {
		return err
	}
	c.Request().Body = Validated{Reader: strings.NewReader(""), Value: value}
	return nil
}

func (o *Operation) checkParameters(c echo.Context) error {
	r := c.Request()
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ErrQuery
	}
	refusal := ErrQuery
	for name, values := range query {
		switch {
		case len(refusal.Fields) >= MostFields:
		case !o.Queries[name]:
			refusal = refusal.Field(Nameable(name), "unknown_field")
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
	path := make(map[string]string, len(o.Names))
	for _, name := range o.Names {
		path[name] = c.Param(name)
	}
	input := &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  path,
		QueryParams: query,
		Route:       o.Route,
		Options:     Options,
	}
	for _, p := range o.parameters {
		if err := openapi3filter.ValidateParameter(r.Context(), input, p); err != nil {
			switch p.In {
			case openapi3.ParameterInPath:
				return ErrPath.Field(p.Name, "invalid_format")
			case openapi3.ParameterInHeader:
				return errHeader.Field(p.Name, "invalid_format")
			}
			return named(ErrQuery, p.Name, err)
		}
	}
	return nil
}

// Options hold requests and, in tests, answers against the contract's own meaning of its formats.
var Options = &openapi3filter.Options{
	SkipSettingDefaults:     true,
	MultiError:              true,
	SchemaValidationOptions: SchemaOptions,
}

// SchemaOptions hold values against their schema; formats mean what the contract says of them.
var SchemaOptions = []openapi3.SchemaValidationOption{
	openapi3.EnableFormatValidation(),
	openapi3.DisableSchemaErrorDetails(),
	openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid":      format(func(s string) error { return ParseUUID(s, new(uuid.UUID)) }),
		"date":      format(func(s string) error { _, err := clock.ParseDate(s); return err }),
		"date-time": format(checkMoment),
	}),
}

type format func(string) error

// Validate is what the contract's validator calls.
func (f format) Validate(s string) error { return f(s) }

// momentForm is stricter than time.Parse, which takes a comma before fractions and offsets of any
// size.
var momentForm = regexp.MustCompile(
	`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`,
)

func checkMoment(s string) error {
	if !momentForm.MatchString(s) {
		return ErrPath
	}
	_, err := time.Parse(time.RFC3339, s)
	return err
}

// ParseUUID takes the 36 characters of RFC 9562 only; uuid.Parse would take braces and bare digits,
// too.
func ParseUUID(s string, id *uuid.UUID) error {
	if len(s) != 36 {
		return ErrPath
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
			return Unreadable(err)
		}
	}
}

// Nameable gives a name that a caller typed only if it is harmless to repeat.
func Nameable(name string) string {
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

// IdempotencyKey is Idempotency-Key of draft-ietf-httpapi-idempotency-key-header.
const IdempotencyKey = "Idempotency-Key"
