package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

// The metrics tell how many notices of a kind went which way, and nothing else of them.
func TestNoticesAreCounted(t *testing.T) {
	t.Parallel()
	metrics := httpx.NewMetrics()
	count := countNotices(metrics)
	count(notice.Reminder, "sent")
	count(notice.Reminder, "sent")
	count(notice.Offer, "gave_up")
	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	lines := map[string]bool{}
	n := 0
	for line := range strings.Lines(w.Body.String()) {
		lines[strings.TrimSpace(line)] = true
		if strings.HasPrefix(line, "tonarimachi_notices_total{") {
			n++
		}
	}
	for _, want := range []string{
		`tonarimachi_notices_total{kind="reminder",outcome="sent"} 2`,
		`tonarimachi_notices_total{kind="offer",outcome="gave_up"} 1`,
		`tonarimachi_notices_total{kind="offer",outcome="sent"} 0`,
		`tonarimachi_notices_total{kind="result",outcome="failed"} 0`,
	} {
		if !lines[want] {
			t.Errorf("no line %s", want)
		}
	}
	if n != len(notice.Kinds)*len(notice.Outcomes) {
		t.Errorf("%d counts, want one for each kind and outcome", n)
	}
}
