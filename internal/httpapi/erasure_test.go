package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

func TestErasureIsCertifiedWithoutNumbers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(1)})
	at := map[string]string{"event_id": e.ID.String()}
	if r := b.do(t, req{operation: "getErasure", path: at}); r.StatusCode != 404 || r.code != "event_unknown" {
		t.Errorf("of a draft: %d %s, want 404", r.StatusCode, r.code)
	}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	take := obj{"quota_id": e.Occurrences[0].Parts[0].Quotas[0].ID, "nickname": "すみれ"}
	must[api.IssuedTicket](t, b, 201, req{operation: "takeSeat", path: at, body: take})
	ended := e.Occurrences[0].EndsAt
	seen := func(when string, move time.Time) *bool {
		t.Helper()
		b.clock.Set(move)
		c := must[api.ErasureCertificate](t, b, 200, req{operation: "getErasure", path: at})
		if len(c.Occurrences) != 1 {
			t.Fatalf("%s: %+v, want one date", when, c)
		}
		o := c.Occurrences[0]
		if o.OccurrenceID != e.Occurrences[0].ID || !o.EndedAt.Equal(ended) ||
			!o.EraseAfter.Equal(ended.Add(retention.AfterDate)) {
			t.Errorf("%s: %+v", when, o)
		}
		return o.Erased
	}
	if erased := seen("ended", ended.Add(time.Hour)); erased != nil {
		t.Errorf("before it is due: %v, want null", *erased)
	}
	raw := b.do(t, req{operation: "getErasure", path: at})
	if !strings.Contains(string(raw.raw), `"erased":null`) || !strings.Contains(string(raw.raw), "+09:00") ||
		strings.Contains(string(raw.raw), "すみれ") {
		t.Errorf("certificate %s", raw.raw)
	}
	due := ended.Add(retention.AfterDate + time.Minute)
	if erased := seen("due", due); erased == nil || *erased {
		t.Errorf("due and not done: %v, want false", erased)
	}
	if _, err := b.Pool(t).Exec(t.Context(), "update ticket set secret_mac = null, nickname = null"); err != nil {
		t.Fatal(err)
	}
	if erased := seen("done", due); erased == nil || !*erased {
		t.Errorf("done: %v, want true", erased)
	}
}
