package httpx_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func TestPad(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]int{0: 0, 1: 8, 7: 8, 8: 8, 9: 16} {
		for _, spare := range []int{0, 32} {
			body := append(make([]byte, 0, length+spare), strings.Repeat("x", length)...)
			got := string(httpx.Pad(body, 8))
			if len(got) != want || strings.TrimRight(got, " ") != strings.Repeat("x", length) {
				t.Errorf("%d bytes, %d spare: %q", length, spare, got)
			}
		}
	}
}

// All that a ticket's route can answer has one size, and stays JSON.
func TestBucketed(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	short, long := "x", strings.Repeat("長い", 100)
	answers := map[string]struct {
		status, size int
		h            echo.HandlerFunc
	}{
		"short": {http.StatusOK, 1024, func(c echo.Context) error { return c.JSON(http.StatusOK, short) }},
		"long":  {http.StatusCreated, 1024, func(c echo.Context) error { return c.JSON(http.StatusCreated, long) }},
		"over": {
			http.StatusOK,
			2048,
			func(c echo.Context) error { return c.JSON(http.StatusOK, strings.Repeat("x", 1024)) },
		},
		"unknown": {http.StatusNotFound, 1024, func(echo.Context) error { return fault.NotFound("ticket_unknown") }},
		"interrupted": {http.StatusConflict, 1024, func(c echo.Context) error {
			if err := c.JSON(http.StatusOK, long); err != nil {
				return err
			}
			return fault.Conflict("request_conflict")
		}},
		"panic": {http.StatusInternalServerError, 0, func(echo.Context) error { panic("on purpose") }},
		"empty": {http.StatusNoContent, 0, func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }},
	}
	for name, a := range answers {
		httpx.Get(b.e, "/api/"+name, httpx.Bucketed(a.h))
	}
	for name, want := range answers {
		w := b.get("/api/" + name)
		if w.Code != want.status || name != "panic" && w.Body.Len() != want.size {
			t.Errorf("%s = %d, %d bytes: %q", name, w.Code, w.Body.Len(), strings.TrimSpace(w.Body.String()))
		}
		if w.Body.Len() > 0 &&
			(!json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len())) {
			t.Errorf("%s: Content-Length %s, %q", name, w.Header().Get("Content-Length"), w.Body)
		}
	}
	head := b.do(httptest.NewRequest(http.MethodHead, "/api/short", http.NoBody))
	if head.Header().Get("Content-Length") != "1024" {
		t.Errorf("HEAD: %v", head.Header())
	}
}
