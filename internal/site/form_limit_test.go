package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// [S1] Every form takes 16 KiB and 256 fields; the routes are those of the table, so that a new one
// is tried by itself.
func TestEveryFormHasItsBounds(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	there := map[string]string{"id": e.ID.String()}
	tried := 0
	for _, r := range k.echo.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		tried++
		for what, tt := range map[string]struct {
			body string
			want int // 0: neither too large nor unreadable
		}{
			"a usual form":   {"secret=x", 0},
			"just the limit": {"secret=" + strings.Repeat("x", httpx.DefaultBodyLimit-len("secret=")), 0},
			"one byte more": {
				"secret=" + strings.Repeat("x", httpx.DefaultBodyLimit-len("secret=")+1),
				http.StatusRequestEntityTooLarge,
			},
			"256 fields":      {strings.Repeat("a=1&", 255) + "a=1", 0},
			"257 fields":      {strings.Repeat("a=1&", 256) + "a=1", http.StatusBadRequest},
			"half an escape":  {"secret=%4", http.StatusBadRequest},
			"an empty body":   {"", 0},
			"many small ones": {strings.Repeat("&", httpx.DefaultBodyLimit), http.StatusBadRequest},
		} {
			request := httptest.NewRequestWithContext(
				t.Context(),
				http.MethodPost,
				concrete(r.Path, there),
				strings.NewReader(tt.body),
			)
			request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
			got := k.do(request).Code
			if tt.want != 0 && got != tt.want ||
				tt.want == 0 &&
					(got == http.StatusRequestEntityTooLarge || got == http.StatusBadRequest || got >= 500) {
				t.Errorf("%s: %s answers %d, want %d", r.Path, what, got, tt.want)
			}
		}
	}
	if tried < 14 {
		t.Errorf("%d routes tried", tried)
	}
}
