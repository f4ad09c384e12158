package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func TestKindAndCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		kind fault.Kind
		code string
		text string
	}{
		{"nil", nil, fault.KindInternal, "", ""},
		{"foreign", io.EOF, fault.KindInternal, "internal", "EOF"},
		{"invalid", fault.Invalid("bad_title"), fault.KindInvalid, "bad_title", "invalid: bad_title"},
		{"malformed", fault.Malformed("bad_json"), fault.KindMalformed, "bad_json", "malformed: bad_json"},
		{
			"unauthenticated",
			fault.Unauthenticated("token_unknown"),
			fault.KindUnauthenticated,
			"token_unknown",
			"unauthenticated: token_unknown",
		},
		{"forbidden", fault.Forbidden("role_missing"), fault.KindForbidden, "role_missing", "forbidden: role_missing"},
		{"not found", fault.NotFound("event_absent"), fault.KindNotFound, "event_absent", "not_found: event_absent"},
		{"conflict", fault.Conflict("already"), fault.KindConflict, "already", "conflict: already"},
		{"full", fault.Full("sold_out"), fault.KindFull, "sold_out", "full: sold_out"},
		{"gone", fault.Gone("over"), fault.KindGone, "over", "gone: over"},
		{"too large", fault.TooLarge("big"), fault.KindTooLarge, "big", "too_large: big"},
		{"too many", fault.TooMany("slow"), fault.KindTooMany, "slow", "too_many: slow"},
		{"unavailable", fault.Unavailable("later"), fault.KindUnavailable, "later", "unavailable: later"},
		{
			"wrapped",
			fmt.Errorf("take seat: %w", fault.Full("sold_out")),
			fault.KindFull,
			"sold_out",
			"take seat: full: sold_out",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := fault.KindOf(tt.err); got != tt.kind {
				t.Errorf("KindOf = %v, want %v", got, tt.kind)
			}
			if got := fault.CodeOf(tt.err); got != tt.code {
				t.Errorf("CodeOf = %q, want %q", got, tt.code)
			}
			if tt.err != nil && tt.err.Error() != tt.text {
				t.Errorf("Error() = %q, want %q", tt.err.Error(), tt.text)
			}
		})
	}
}

func TestErrorTextHoldsNoUserData(t *testing.T) {
	t.Parallel()
	err := fault.Invalid("event_invalid").
		Field("title", "too_long", "value", "canary-field").
		With("name", "canary-param").
		Because(errors.New("canary-cause"))
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("Error() = %q holds data", err.Error())
	}
	if err.Unwrap() == nil || err.Unwrap().Error() != "canary-cause" {
		t.Errorf("Unwrap() = %v, want the cause", err.Unwrap())
	}
}

func TestRefiningCopies(t *testing.T) {
	t.Parallel()
	base := fault.Full("sold_out")
	one := base.Field("seats", "too_many", "max", 3)
	two := one.Field("quota_id", "unknown")
	three := one.Field("nickname", "too_long")
	if len(base.Fields) != 0 || len(one.Fields) != 1 {
		t.Fatalf("refining changed the original: %v %v", base.Fields, one.Fields)
	}
	if two.Fields[1].Name != "quota_id" || three.Fields[1].Name != "nickname" {
		t.Errorf("siblings share memory: %v %v", two.Fields, three.Fields)
	}
	if one.Fields[0].Params["max"] != 3 {
		t.Errorf("params = %v", one.Fields[0].Params)
	}
	p := base.With("a", 1)
	q := p.With("b", 2)
	if len(p.Params) != 1 || len(q.Params) != 2 {
		t.Errorf("params = %v %v", p.Params, q.Params)
	}
	cause := errors.New("x")
	if got := base.Because(cause); !errors.Is(got, cause) || base.Unwrap() != nil {
		t.Errorf("Because changed the original or lost the cause")
	}
}

func TestIsByCode(t *testing.T) {
	t.Parallel()
	sentinel := fault.Full("sold_out")
	err := fmt.Errorf("take seat: %w", sentinel.With("event", 1).Because(io.EOF))
	if !errors.Is(err, sentinel) || !errors.Is(err, io.EOF) {
		t.Error("errors.Is misses the sentinel or the cause")
	}
	if errors.Is(err, fault.Full("closed")) {
		t.Error("errors.Is matches another code")
	}
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != "sold_out" {
		t.Error("errors.As misses the fault")
	}
}

func TestOr(t *testing.T) {
	t.Parallel()
	v := fault.Invalid("event_invalid")
	if err := v.Or(); err != nil {
		t.Errorf("no field named, yet %v", err)
	}
	if err := v.Field("title", "required").Or(); fault.CodeOf(err) != "event_invalid" {
		t.Errorf("Or() = %v", err)
	}
}
