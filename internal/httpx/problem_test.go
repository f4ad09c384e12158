package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

func TestErrorsBecomeProblems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"invalid":         {fault.Invalid("ticket_code_empty"), 422, "ticket_code_empty"},
		"malformed":       {fault.Malformed("cursor_invalid"), 400, "cursor_invalid"},
		"unauthenticated": {fault.Unauthenticated("unauthenticated"), 401, "unauthenticated"},
		"forbidden":       {fault.Forbidden("forbidden"), 403, "forbidden"},
		"not found":       {fault.NotFound("link_invalid"), 404, "link_invalid"},
		"conflict":        {fault.Conflict("request_conflict"), 409, "request_conflict"},
		"full":            {fault.Full("request_conflict"), 409, "request_conflict"},
		"gone":            {fault.Gone("request_gone"), 410, "request_gone"},
		"too large":       {fault.TooLarge("body_too_large"), 413, "body_too_large"},
		"too many":        {fault.TooMany("too_many_requests"), 429, "too_many_requests"},
		"unavailable":     {fault.Unavailable("unavailable"), 503, "unavailable"},
		"wrapped":         {fmt.Errorf("take seat: %w", fault.Full("request_conflict")), 409, "request_conflict"},
		"foreign":         {errors.New("boom"), 500, "internal"},
		"deadline":        {fmt.Errorf("query rows: %w", context.DeadlineExceeded), 503, "unavailable"},
		"echo 400":        {echo.NewHTTPError(400, "canary"), 400, "malformed_request"},
		"echo 415":        {echo.ErrUnsupportedMediaType, 415, "unsupported_media_type"},
		"echo 418":        {echo.NewHTTPError(418, "canary"), 418, "malformed_request"},
		"echo 500":        {echo.NewHTTPError(500, "canary"), 500, "internal"},
		"echo 302":        {echo.NewHTTPError(302, "canary"), 500, "internal"},
		"fault in echo": {
			echo.NewHTTPError(400, "x").SetInternal(fault.NotFound("link_invalid")),
			404,
			"link_invalid",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			b.e.GET("/api/x", func(echo.Context) error { return tt.err })
			w := b.get("/api/x")
			p := problemIn(t, w)
			if w.Code != tt.status || p.Code != tt.code {
				t.Errorf("got %d %s, want %d %s", w.Code, p.Code, tt.status, tt.code)
			}
			if strings.Contains(fmt.Sprint(p), "canary") || strings.Contains(fmt.Sprint(p), "boom") {
				t.Errorf("the cause is shown: %+v", p)
			}
			if neutral := messages(t).Localizer(i18n.Japanese).T("neutral", nil); p.Detail == neutral {
				t.Errorf("%s has no text of its own", p.Code)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("an error may be cached")
			}
			if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
				t.Error("401 and the challenge go together")
			}
			if logged := strings.Contains(b.logs.String(), "request failed"); logged != (w.Code >= 500) {
				t.Errorf("failure logged: %v\n%s", logged, b.logs)
			}
		})
	}
}

// [O6] A 503 always says when to come back: the fault's own time, or the usual one.
func TestUnavailableSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"fault":       {fault.Unavailable("database_unavailable"), "3"},
		"its own":     {fault.Unavailable("unavailable").With("retry_after", 60), "60"},
		"wrapped":     {fmt.Errorf("list events: %w", fault.Unavailable("database_unavailable")), "3"},
		"deadline":    {fmt.Errorf("query rows: %w", context.DeadlineExceeded), "3"},
		"echo":        {echo.ErrServiceUnavailable, "3"},
		"too many":    {fault.TooMany("too_many_requests"), ""}, // nobody knows
		"other error": {errors.New("boom"), ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				b := setup(t, nil)
				b.e.Add(method, "/api/x", func(echo.Context) error { return tt.err })
				w := b.do(httptest.NewRequestWithContext(t.Context(), method, "/api/x", nil))
				if got := w.Header().Get("Retry-After"); got != tt.want {
					t.Errorf("%d with Retry-After %q, want %q", w.Code, got, tt.want)
				}
			})
		}
	}
}

func TestFieldsOfAProblem(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.POST("/api/x", func(echo.Context) error {
		return fault.Invalid(
			"invalid_request",
		).Field(
			"title",
			"too_long",
			"max",
			200,
		).Field(
			"occurrences.0.starts_at",
			"required",
		).Field(
			"/raw",
			"no_such_rule",
		)
	})
	r := httptest.NewRequest(http.MethodPost, "/api/x", strings.NewReader("{}"))
	r.Header.Set("Accept-Language", "en")
	w := b.do(r)
	p := problemIn(t, w)
	want := []httpx.FieldProblem{
		{Field: "/title", Code: "too_long", Detail: "Please keep this within 200 characters."},
		{Field: "/occurrences/0/starts_at", Code: "required", Detail: "Please fill this in."},
		{Field: "/raw", Code: "no_such_rule", Detail: "This can't be used."},
	}
	if fmt.Sprint(p.Errors) != fmt.Sprint(want) {
		t.Errorf("errors = %+v", p.Errors)
	}
	if w.Header().Get("Content-Language") != "en" || !strings.Contains(w.Header().Get("Vary"), "Accept-Language") {
		t.Error("the language is not declared")
	}
}

func TestLanguageOfAProblem(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, tt := range []struct{ target, accept, title string }{
		{"/api/none", "", "見つかりませんでした"},
		{"/api/none", "en-US", "Not found"},
		{"/api/none?lang=ja", "en-US", "見つかりませんでした"},
		{"/api/none?a=1&lang=en", "ja", "Not found"},
	} {
		r := httptest.NewRequest(http.MethodGet, tt.target, http.NoBody)
		r.Header.Set("Accept-Language", tt.accept)
		if p := problemIn(t, b.do(r)); p.Title != tt.title || p.Code != "route_not_found" {
			t.Errorf("%s %s: %+v", tt.target, tt.accept, p)
		}
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/x", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	if w := b.get("/api/none"); w.Code != 404 || problemIn(t, w).Code != "route_not_found" {
		t.Errorf("unknown route: %d", w.Code)
	}
	w := b.do(httptest.NewRequest(http.MethodPost, "/api/x", http.NoBody))
	if w.Code != 405 || problemIn(t, w).Code != "method_not_allowed" ||
		!strings.Contains(w.Header().Get("Allow"), "GET") {
		t.Errorf("unknown method: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	if w := b.do(httptest.NewRequest(http.MethodHead, "/api/none", http.NoBody)); w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestPagesForPeople(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpx.Options) {
		o.ErrorPage = func(c echo.Context, status int, p httpx.Problem) error {
			if c.Request().URL.Path == "/broken" {
				return errors.New("template broke")
			}
			return c.HTML(status, "<h1>"+p.Title+"</h1>")
		}
	})
	for _, tt := range []struct {
		target, accept string
		page           bool
	}{
		{"/none", "text/html,application/xhtml+xml,*/*;q=0.8", true},
		{"/none", "*/*", true},
		{"/none", "", true},
		{"/none", "application/json", false},
		{"/none", "application/problem+json", false},
		{"/api/none", "text/html", false},
		{"/feeds/none.ics", "text/html", false},
		{"/broken", "text/html", false},
	} {
		r := httptest.NewRequest(http.MethodGet, tt.target, http.NoBody)
		r.Header.Set("Accept", tt.accept)
		w := b.do(r)
		if page := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"); page != tt.page || w.Code != 404 {
			t.Errorf("%s %q: %d %s", tt.target, tt.accept, w.Code, w.Header().Get("Content-Type"))
		}
	}
	if !strings.Contains(b.logs.String(), "template broke") {
		t.Error("the broken error page is not logged")
	}
}

func TestErrorAfterTheAnswerBegan(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/api/x", func(c echo.Context) error {
		_ = c.String(http.StatusOK, "begun")
		return errors.New("too late")
	})
	w := b.get("/api/x")
	if w.Code != 200 || w.Body.String() != "begun" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	if !strings.Contains(b.logs.String(), "too late") {
		t.Error("the error is not logged")
	}
}

func TestErrorDropsHeadersOfTheAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.e.GET("/feeds/x.ics", func(c echo.Context) error {
		c.Response().Header().Set("ETag", `"a"`)
		c.Response().Header().Set("Content-Encoding", "gzip")
		return fault.TooMany("too_many_requests").With("retry_after", 30)
	})
	w := b.get("/feeds/x.ics")
	if w.Header().Get("ETag") != "" || w.Header().Get("Content-Encoding") != "" ||
		w.Header().Get("Retry-After") != "30" {
		t.Errorf("headers: %v", w.Header())
	}
}
