// Package fault is the small vocabulary of errors the whole program shares. A
// fault says what kind of refusal it is and carries a stable code; the words
// for a code live in the message files, the HTTP status of a kind in httpx.
// Everything that is not a fault is an internal error: the caller hears a
// neutral sentence, the log gets the cause.
package fault

import (
	"errors"
	"maps"
	"slices"
)

// Kind says what went wrong in terms a caller can act on.
type Kind uint8

// The kinds, with the HTTP status httpx answers.
const (
	KindInternal        Kind = iota // 500: not a fault of the caller, neutral text
	KindInvalid                     // 422: understood, but a value breaks a rule
	KindMalformed                   // 400: could not be read at all
	KindUnauthenticated             // 401: no or unknown credentials
	KindForbidden                   // 403: known, but not allowed
	KindNotFound                    // 404: absent, or hidden from this caller
	KindConflict                    // 409: the state does not permit it
	KindFull                        // 409: no seat or room left
	KindGone                        // 410: existed once, will not come back
	KindTooLarge                    // 413: body over the limit
	KindTooMany                     // 429: slow down
	KindUnavailable                 // 503: try again later
)

var kindNames = [...]string{
	KindInternal: "internal", KindInvalid: "invalid", KindMalformed: "malformed",
	KindUnauthenticated: "unauthenticated", KindForbidden: "forbidden", KindNotFound: "not_found",
	KindConflict: "conflict", KindFull: "full", KindGone: "gone", KindTooLarge: "too_large",
	KindTooMany: "too_many", KindUnavailable: "unavailable",
}

// String gives the kind's snake_case name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindInternal]
}

// CodeInternal is the code of every error that is not a fault.
const CodeInternal = "internal"

// Field names one value that breaks a rule.
type Field struct {
	// Name is the path of the value as the caller wrote it: "title" or
	// "occurrences.0.starts_at".
	Name string
	// Code says which rule, for example "too_long".
	Code string
	// Params fill the code's text: {"max": 200}.
	Params map[string]any
}

// Error is a fault. Make one with the constructors; its methods return copies,
// so a package-level fault can safely be refined for one request.
type Error struct {
	Kind   Kind
	Code   string // stable, snake_case, part of the API
	Fields []Field
	Params map[string]any // fill the code's text; never logged
	cause  error
}

// Invalid is a value that was understood and breaks a rule (422).
func Invalid(code string) *Error { return &Error{Kind: KindInvalid, Code: code} }

// Malformed is input that can't be read (400).
func Malformed(code string) *Error { return &Error{Kind: KindMalformed, Code: code} }

// Unauthenticated is missing or unknown credentials (401).
func Unauthenticated(code string) *Error { return &Error{Kind: KindUnauthenticated, Code: code} }

// Forbidden is something this caller may not do (403).
func Forbidden(code string) *Error { return &Error{Kind: KindForbidden, Code: code} }

// NotFound is something absent or hidden from this caller (404).
func NotFound(code string) *Error { return &Error{Kind: KindNotFound, Code: code} }

// Conflict is a request the present state does not permit (409).
func Conflict(code string) *Error { return &Error{Kind: KindConflict, Code: code} }

// Full means that no seat or room is left (409).
func Full(code string) *Error { return &Error{Kind: KindFull, Code: code} }

// Gone is something that existed and will not come back (410).
func Gone(code string) *Error { return &Error{Kind: KindGone, Code: code} }

// TooLarge is a body over the limit (413).
func TooLarge(code string) *Error { return &Error{Kind: KindTooLarge, Code: code} }

// TooMany asks the caller to slow down (429).
func TooMany(code string) *Error { return &Error{Kind: KindTooMany, Code: code} }

// Unavailable means that trying again later may work (503).
func Unavailable(code string) *Error { return &Error{Kind: KindUnavailable, Code: code} }

// Field returns a copy that also names one value and the rule it breaks.
// params are pairs: Field("title", "too_long", "max", 200).
func (e *Error) Field(name, code string, params ...any) *Error {
	c := e.copy()
	c.Fields = append(slices.Clone(e.Fields), Field{Name: name, Code: code, Params: pairs(nil, params)})
	return c
}

// With returns a copy with more parameters for the code's text, in pairs.
func (e *Error) With(params ...any) *Error {
	c := e.copy()
	c.Params = pairs(e.Params, params)
	return c
}

// Because returns a copy that wraps its cause, for the log and errors.Is.
func (e *Error) Because(cause error) *Error {
	c := e.copy()
	c.cause = cause
	return c
}

// Or is nil when no field has been named, else the fault itself: it ends a
// validation that collects fields.
func (e *Error) Or() error {
	if e == nil || len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error gives kind and code only: it never holds what a person typed.
func (e *Error) Error() string { return e.Kind.String() + ": " + e.Code }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is a fault with the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func (e *Error) copy() *Error {
	c := *e
	return &c
}

// As gives the outermost fault in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok && e != nil
}

// KindOf gives the kind of the outermost fault in err's chain, KindInternal for any other error.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return KindInternal
}

// CodeOf gives the code of the outermost fault in err's chain, CodeInternal for
// any other error and "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok {
		return e.Code
	}
	return CodeInternal
}

func pairs(base map[string]any, kv []any) map[string]any {
	if len(kv) == 0 {
		return base
	}
	m := maps.Clone(base)
	if m == nil {
		m = make(map[string]any, len(kv)/2)
	}
	for i := 0; i+1 < len(kv); i += 2 {
		if key, ok := kv[i].(string); ok {
			m[key] = kv[i+1]
		}
	}
	return m
}
