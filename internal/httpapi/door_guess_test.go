package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
)

// [S10] Whoever tries digit after digit must wait, and the staff learn of it, at the door and in
// the list of links.
func TestGuessedDayCodesAreReportedToStaff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, at := b.today(t)
	issued := must[api.IssuedDoorLink](t, b, 201, req{operation: "createDoorLink", auth: bearer(b.editor), path: at})
	auth := "Door " + issued.Token
	if d := must[api.Door](t, b, 200, req{operation: "openDoor", auth: auth}); d.DayCodesPausedUntil != nil {
		t.Errorf("paused from the start: %v", d.DayCodesPausedUntil)
	}
	for i := range 10 {
		operation := []string{"checkIn", "undoCheckIn"}[i%2]
		b.refuse(
			t,
			"a guess",
			req{operation: operation, auth: auth, body: obj{"day_code": fmt.Sprintf("%06d", i)}},
			404,
		)
	}
	for _, operation := range []string{"checkIn", "undoCheckIn"} {
		r := b.refuse(t, "one guess more", req{operation: operation, auth: auth, body: obj{"day_code": "012345"}}, 429)
		if r.code != "door_codes_paused" || r.Header.Get("Retry-After") != "60" ||
			!strings.Contains(string(r.raw), "1分ほど") {
			t.Errorf("%s: %s %s %s", operation, r.code, r.Header.Get("Retry-After"), r.raw)
		}
	}
	b.refuse(
		t,
		"a participation code",
		req{operation: "checkIn", auth: auth, body: obj{"secret": "7BEBM6F474KRN78C7XN5T5G7MC"}},
		404,
	)
	until := must[api.Door](t, b, 200, req{operation: "openDoor", auth: auth}).DayCodesPausedUntil
	links := must[api.DoorLinkPage](t, b, 200, req{operation: "listDoorLinks", auth: bearer(b.editor), path: at})
	if until == nil || links.Items[0].DayCodesPausedUntil == nil || !until.Equal(*links.Items[0].DayCodesPausedUntil) {
		t.Errorf("the door says %v, the list %+v", until, links.Items)
	}
}
