package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
)

// A wrong digit in the year is refused by its field, and what really took place is corrected by
// those who publish [F1].
func TestAPublishedDateIsCorrectedNotMovedBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	publish := func(days int) (api.StaffOccurrence, map[string]string) {
		draft := must[api.StaffEvent](
			t,
			b,
			201,
			req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(days)},
		)
		at := map[string]string{"event_id": draft.ID.String(), "occurrence_id": draft.Occurrences[0].ID.String()}
		must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
		return draft.Occurrences[0], at
	}
	o, at := publish(3)
	ask := func(operation string, starts, ends time.Time) req {
		return req{
			operation: operation,
			auth:      bearer(b.publisher),
			path:      at,
			body:      obj{"starts_at": starts.Format(time.RFC3339), "ends_at": ends.Format(time.RFC3339)},
		}
	}
	for what, c := range map[string]struct {
		q      req
		status int
		code   string
		field  string
	}{
		"a year back": {
			ask("changeOccurrence", o.StartsAt.AddDate(-1, 0, 0), o.EndsAt.AddDate(-1, 0, 0)),
			422,
			"occurrence_in_the_past",
			`"/starts_at"`,
		},
		"ten years ahead": {
			ask("changeOccurrence", o.StartsAt.AddDate(10, 0, 0), o.EndsAt.AddDate(10, 0, 0)),
			422,
			"occurrence_too_far",
			`"/starts_at"`,
		},
		"before it has begun": {
			ask("correctOccurrence", o.StartsAt, o.StartsAt.Add(time.Hour)),
			409,
			"occurrence_not_begun",
			"",
		},
		"ends before it began": {ask("correctOccurrence", o.EndsAt, o.StartsAt), 422, "event_invalid", `"/ends_at"`},
	} {
		if r := b.do(t, c.q); r.StatusCode != c.status || r.code != c.code ||
			!strings.Contains(string(r.raw), c.field) {
			t.Errorf("%s: %d %s", what, r.StatusCode, r.raw)
		}
	}
	o, at = publish(0)
	b.clock.Set(o.EndsAt.Add(time.Hour))
	q := ask("correctOccurrence", o.StartsAt, o.EndsAt.Add(-30*time.Minute))
	after := must[api.StaffEvent](t, b, 200, q)
	if got := after.Occurrences[0]; !got.EndsAt.Equal(o.EndsAt.Add(-30*time.Minute)) || got.MovedFrom != nil {
		t.Errorf("corrected: %+v", got)
	}
	q.auth = bearer(b.editor)
	if r := b.do(t, q); r.StatusCode != 403 {
		t.Errorf("an editor: %d %s", r.StatusCode, r.raw)
	}
}
