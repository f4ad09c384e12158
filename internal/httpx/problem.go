package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// ProblemType is the media type of problems (RFC 9457).
const ProblemType = "application/problem+json"

// Problem is an error as callers see it (RFC 9457 section 3), in their language.
type Problem struct {
	Type   string         `json:"type"` // URI reference: /problems/<code>
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Code   string         `json:"code"` // stable
	Errors []FieldProblem `json:"errors,omitempty"`
	// Challenge is what has to be done first (package guard), an extension member (RFC 9457 section
	// 3.2); nil nearly always.
	Challenge any `json:"challenge,omitempty"`
}

// FieldProblem is what is wrong with one value.
type FieldProblem struct {
	Field  string `json:"field"` // JSON pointer (RFC 6901): /occurrences/0/starts_at
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Name   string `json:"-"` // as the fault named it, for the fields of a form
}

// StatusOf is the HTTP status of a kind of fault: the only place that decides it.
func StatusOf(k fault.Kind) int {
	switch k {
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindMalformed:
		return http.StatusBadRequest
	case fault.KindUnauthenticated:
		return http.StatusUnauthorized
	case fault.KindForbidden:
		return http.StatusForbidden
	case fault.KindNotFound:
		return http.StatusNotFound
	case fault.KindConflict, fault.KindFull:
		return http.StatusConflict
	case fault.KindGone:
		return http.StatusGone
	case fault.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	case fault.KindInternal:
	}
	return http.StatusInternalServerError
}

// outcome is a status with the ids of its words.
type outcome struct {
	status int
	title  string // kind.<title>
	code   string
}

// byStatus words what Echo and its parts answer by themselves.
var byStatus = map[int]outcome{
	http.StatusBadRequest:            {http.StatusBadRequest, "malformed", "malformed_request"},
	http.StatusUnauthorized:          {http.StatusUnauthorized, "unauthenticated", "unauthenticated"},
	http.StatusForbidden:             {http.StatusForbidden, "forbidden", "forbidden"},
	http.StatusNotFound:              {http.StatusNotFound, "not_found", "route_not_found"},
	http.StatusMethodNotAllowed:      {http.StatusMethodNotAllowed, "method", "method_not_allowed"},
	http.StatusNotAcceptable:         {http.StatusNotAcceptable, "format", "not_acceptable"},
	http.StatusRequestTimeout:        {http.StatusRequestTimeout, "timeout", "request_timeout"},
	http.StatusConflict:              {http.StatusConflict, "conflict", "request_conflict"},
	http.StatusGone:                  {http.StatusGone, "gone", "request_gone"},
	http.StatusRequestEntityTooLarge: {http.StatusRequestEntityTooLarge, "too_large", "body_too_large"},
	http.StatusUnsupportedMediaType:  {http.StatusUnsupportedMediaType, "format", "unsupported_media_type"},
	http.StatusUnprocessableEntity:   {http.StatusUnprocessableEntity, "invalid", "invalid_request"},
	http.StatusTooManyRequests:       {http.StatusTooManyRequests, "too_many", "too_many_requests"},
	http.StatusServiceUnavailable:    {http.StatusServiceUnavailable, "unavailable", "unavailable"},
}

var internal = outcome{http.StatusInternalServerError, "internal", fault.CodeInternal}

// judge says what an error means outside. The fault is nil where Echo or the
// program itself failed.
func judge(err error) (outcome, *fault.Error) {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		return byStatus[http.StatusRequestEntityTooLarge], nil
	case errors.Is(err, errBodySlow):
		return byStatus[http.StatusRequestTimeout], nil
	}
	if e, ok := fault.As(err); ok && e.Kind != fault.KindInternal {
		return outcome{StatusOf(e.Kind), e.Kind.String(), e.Code}, e
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		if o, ok := byStatus[he.Code]; ok {
			return o, nil
		}
		if he.Code >= http.StatusBadRequest && he.Code < http.StatusInternalServerError {
			o := byStatus[http.StatusBadRequest]
			o.status = he.Code
			return o, nil
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return byStatus[http.StatusServiceUnavailable], nil
	}
	return internal, nil
}

// word says a problem in a language. It never shows a cause.
func word(o outcome, e *fault.Error, l *i18n.Localizer) Problem {
	p := Problem{Type: "/problems/" + o.code, Title: l.Title(o.title), Status: o.status, Code: o.code}
	if e == nil {
		p.Detail = l.Problem(o.code, nil)
		return p
	}
	p.Detail, p.Challenge = l.Problem(e.Code, e.Params), e.Params["challenge"]
	for _, f := range e.Fields {
		p.Errors = append(
			p.Errors,
			FieldProblem{Field: pointer(f.Name), Code: f.Code, Detail: l.Field(f.Code, f.Params), Name: f.Name},
		)
	}
	return p
}

// pointer turns "occurrences.0.starts_at" into a JSON pointer.
func pointer(name string) string {
	if name == "" || strings.HasPrefix(name, "/") {
		return name
	}
	return "/" + strings.ReplaceAll(name, ".", "/")
}

// handleError answers for every error of every handler.
func (m *middleware) handleError(err error, c echo.Context) {
	o, e := judge(err)
	w := c.Response()
	if o.status >= http.StatusInternalServerError {
		if clientLeft(c, err) {
			c.Set(endKey, endLeft)
		} else {
			m.logFailure(c, o, err)
			c.Set(endKey, endTold)
		}
	}
	if w.Committed {
		return
	}
	lang := NegotiateLanguage(c)
	m.prepare(c, o, e)
	if c.Request().Method == http.MethodHead {
		w.Header().Set(echo.HeaderContentType, ProblemType)
		w.WriteHeader(o.status)
		return
	}
	if m.ErrorPage != nil && wantsPage(c.Request()) {
		failed := m.ErrorPage(c, o.status, word(o, e, m.Messages.Localizer(lang)))
		if failed == nil || w.Committed {
			return
		}
		m.logFailure(c, internal, failed)
	}
	_, sized := err.(bucketed) //nolint:errorlint // the outermost alone: Bucketed's own mark
	raw := m.problemBody(o, e, lang, sized)
	h := w.Header()
	h.Set(echo.HeaderContentType, ProblemType)
	h.Set("Content-Language", lang.Tag())
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(raw)))
	w.WriteHeader(o.status)
	_, _ = w.Write(raw) // a client that left can't be told
}

// worded names a problem that says the same each time.
type worded struct {
	outcome
	lang  i18n.Lang
	sized bool
}

// problemBody gives a problem in JSON. One without values of its own is written once for each
// language: a full event says so thousands of times a second.
func (m *middleware) problemBody(o outcome, e *fault.Error, lang i18n.Lang, sized bool) []byte {
	same := e == nil || len(e.Fields) == 0 && len(e.Params) == 0
	key := worded{o, lang, sized}
	if same {
		if raw, ok := m.problems.Load(key); ok {
			return raw.([]byte)
		}
	}
	raw, err := json.Marshal(word(o, e, m.Messages.Localizer(lang)))
	if err != nil { // strings and integers always marshal
		raw = []byte(`{"type":"/problems/internal","status":500,"code":"internal"}`)
	}
	if sized {
		raw = Pad(raw, dataBucket)
	}
	if same {
		m.problems.Store(key, raw) // codes are constants of the program, so there are only so many
	}
	return raw
}

// prepare sets the headers an error needs beside its words.
func (m *middleware) prepare(c echo.Context, o outcome, e *fault.Error) {
	h := c.Response().Header()
	NoStore(c)
	// What a handler set for the answer it did not give.
	for _, name := range []string{
		"Etag",
		"Last-Modified",
		echo.HeaderContentEncoding,
		echo.HeaderContentDisposition,
		echo.HeaderContentLength,
	} {
		h.Del(name)
	}
	h.Add(echo.HeaderVary, "Accept, Accept-Language")
	switch o.status {
	case http.StatusUnauthorized: // RFC 9110 section 15.5.2 asks for a challenge
		if h.Get(echo.HeaderWWWAuthenticate) == "" {
			h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="tonarimachi"`)
		}
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout:
		h.Set(echo.HeaderConnection, "close") // the rest of the body is not wanted
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if seconds := retryAfter(o, e); seconds > 0 {
			h.Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
		}
	}
}

// RetryAfter is in how many seconds a client may come back after a 503 whose fault names no time of
// its own (RFC 9110 section 10.2.3): about as long as a busy pool needs to empty.
const RetryAfter = 3

// retryAfter gives the seconds for Retry-After; 0 means that nobody knows.
func retryAfter(o outcome, e *fault.Error) int {
	if e != nil {
		if seconds, ok := e.Params["retry_after"].(int); ok {
			return seconds
		}
	}
	if o.status == http.StatusServiceUnavailable {
		return RetryAfter
	}
	return 0
}

// wantsPage reports whether a person in a browser is to read the error.
func wantsPage(r *http.Request) bool {
	if isData(r.URL.Path) {
		return false
	}
	accept := strings.Join(r.Header["Accept"], ",")
	return strings.Contains(accept, "text/html") || !strings.Contains(accept, "json")
}
