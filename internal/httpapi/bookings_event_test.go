package httpapi

import (
	"bytes"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
)

// A booking tells its borrower which date stands in it, and its lender no more than everybody may
// read.
func TestABookingTellsWhichDateStandsInIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lent := b.newHall(t)
	day := b.bookingDay()
	const title = "ひみつの題の会"
	for visibility, public := range map[string]bool{"public": true, "partners": false} {
		room := lent.A
		if !public {
			room = lent.B
		}
		id := b.confirmedBooking(t, room)
		at := map[string]string{"booking_id": id}
		bunkyo := func(operation string, path map[string]string, body any) req {
			all := map[string]string{"slug": "bunkyo"}
			for k, v := range path {
				all[k] = v
			}
			return req{operation: operation, auth: bearer(b.foreign), path: all, body: body}
		}
		toshima := req{operation: "getBooking", auth: bearer(b.admin), path: at}
		mine := func() *api.BookingEvent {
			t.Helper()
			return must[api.BookingView](t, b, 200, bunkyo("getBooking", at, nil)).Event
		}
		theirs := func() *api.BookingEvent {
			t.Helper()
			got := must[api.BookingView](t, b, 200, toshima).Event
			if raw := b.do(t, toshima); got == nil && bytes.Contains(raw.raw, []byte(title)) {
				t.Errorf("%s: the lender reads the title in %s", visibility, raw.raw)
			}
			return got
		}
		if mine() != nil || theirs() != nil {
			t.Error("a booking without a date tells of one")
		}
		e := must[api.StaffEvent](
			t,
			b,
			201,
			bunkyo(
				"createEvent",
				nil,
				obj{"kind": "joshikai", "title": title, "visibility": visibility, "occurrences": list{
					obj{
						"starts_at": day.At(
							13,
							30,
						).Format(time.RFC3339),
						"ends_at":    day.At(16, 30).Format(time.RFC3339),
						"place":      obj{"kind": "in_person"},
						"booking_id": id,
					},
				}},
			),
		)
		if got := mine(); got == nil || got.EventID != e.ID || got.OccurrenceID != e.Occurrences[0].ID ||
			got.PartID != nil ||
			got.Title != title ||
			got.URL != "" ||
			!got.StartsAt.Equal(day.At(13, 30)) {
			t.Errorf("%s: the draft: %+v", visibility, got)
		}
		if got := theirs(); got != nil {
			t.Errorf("%s: the lender sees a draft: %+v", visibility, got)
		}
		event := map[string]string{"event_id": e.ID.String()}
		must[api.StaffEvent](t, b, 200, bunkyo("publishEvent", event, nil))
		if got := mine(); got == nil || (got.URL != "") != public {
			t.Errorf("%s: published: %+v", visibility, got)
		}
		if got := theirs(); (got != nil) != public ||
			got != nil &&
				(got.EventID != e.ID || got.OccurrenceID != e.Occurrences[0].ID || got.Title != title ||
					got.URL == "") {
			t.Errorf("%s: the lender sees %+v of what is published", visibility, got)
		}
		occurrence := map[string]string{"event_id": e.ID.String(), "occurrence_id": e.Occurrences[0].ID.String()}
		must[api.StaffEvent](t, b, 200, bunkyo("cancelOccurrence", occurrence, obj{"reason": "都合により"}))
		if got := theirs(); got != nil {
			t.Errorf("%s: cancelled, and the lender sees %+v", visibility, got)
		}
	}
}
