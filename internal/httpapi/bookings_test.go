package httpapi

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// bookingDay is twenty days ahead.
func (b *bundle) bookingDay() clock.Date { return clock.DateOf(b.clock.Now()).AddDays(20) }

func (b *bundle) bookingBody(room uuid.UUID, from, to int) obj {
	d := b.bookingDay()
	return obj{
		"room_id":   room,
		"starts_at": d.At(from, 0).Format(time.RFC3339),
		"ends_at":   d.At(to, 0).Format(time.RFC3339),
		"title":     "秘密の会議",
	}
}

func (b *bundle) bookingSeriesBody(room uuid.UUID) obj {
	d := clock.DateOf(b.clock.Now())
	return obj{
		"room_id":     room,
		"rule":        "FREQ=WEEKLY",
		"starts_time": "10:00",
		"ends_time":   "12:00",
		"first_day":   d.AddDays(30).String(),
		"last_day":    d.AddDays(51).String(),
		"title":       "定例",
	}
}

// windows are the query strings of operations that don't go without one.
func (b *bundle) windows() map[string]string {
	d := b.bookingDay()
	window := "?from=" + d.String() + "&to=" + d.String()
	return map[string]string{
		"getRoomAvailability":    window,
		"getOwnRoomAvailability": window,
		"findFreeRooms": "?from=" + url.QueryEscape(d.At(13, 0).Format(time.RFC3339)) + "&to=" + url.QueryEscape(
			d.At(16, 0).Format(time.RFC3339),
		),
	}
}

func (b *bundle) newHall(t *testing.T) testkit.Hall {
	t.Helper()
	return testkit.NewHall(
		t,
		b.Pool(t),
		b.toshima.ID,
		testkit.HallOptions{Partners: []uuid.UUID{b.bunkyo.ID}, Slug: "ux", Setup: 15, Clearing: 15},
	)
}

// tourBookings is a booking between two towns from the search to the permit, and what stands beside
// it.
func (b *bundle) tourBookings(t *testing.T) {
	t.Helper()
	h := b.newHall(t)
	toshima := func(operation string, path map[string]string, body any) req {
		return req{operation: operation, auth: bearer(b.admin), path: path, body: body}
	}
	bunkyo := func(operation string, path map[string]string, body any) req {
		all := map[string]string{"slug": "bunkyo"}
		for k, v := range path {
			all[k] = v
		}
		return req{operation: operation, auth: bearer(b.foreign), path: all, body: body}
	}
	free := must[api.FreeRoomPage](
		t,
		b,
		200,
		req{operation: "findFreeRooms", query: b.windows()["findFreeRooms"] + "&capacity=30&partnership=ux&limit=1"},
	)
	if len(free.Items) != 1 || free.NextCursor == nil || free.Items[0].Capacity != 40 {
		t.Fatalf("free: %+v", free)
	}
	held := b.bookingBody(h.A, 13, 16)
	held["hold"], held["exemption"] = true, obj{"class": "welfare", "reason": "福祉の催し"}
	booked := must[api.Booking](t, b, 201, bunkyo("placeBooking", nil, held))
	at := map[string]string{"booking_id": booked.ID.String()}
	room := map[string]string{"room_id": h.A.String()}
	seen := b.do(t, req{operation: "getRoomAvailability", path: room, query: b.windows()["getRoomAvailability"]})
	if seen.StatusCode != 200 || strings.Contains(string(seen.raw), "秘密") ||
		strings.Contains(string(seen.raw), "bunkyo") ||
		!strings.Contains(string(seen.raw), `"partly"`) {
		t.Errorf("the public sees %s", seen.raw)
	}
	must[api.Availability](
		t,
		b,
		200,
		req{
			operation: "getOwnRoomAvailability",
			auth:      bearer(b.editor),
			path:      room,
			query:     b.windows()["getRoomAvailability"],
		},
	)
	if r := b.do(
		t,
		toshima("placeBooking", nil, b.bookingBody(h.Whole, 15, 17)),
	); r.StatusCode != 409 || r.code != "taken" ||
		strings.Contains(string(r.raw), "秘密") {
		t.Errorf("a conflict says %s", r.raw)
	}
	waiting := b.bookingBody(h.Whole, 15, 17)
	waiting["queue"] = true
	waits := must[api.Booking](t, b, 201, toshima("placeBooking", nil, waiting))
	if waits.Status != "waiting" {
		t.Errorf("it is %s", waits.Status)
	}
	must[api.BookingDetail](t, b, 200, bunkyo("submitBooking", at, nil))
	must[api.BookingDetail](t, b, 200, toshima("approveBooking", at, obj{"conditions": "ピアノは使えません。"}))
	must[api.BookingDetail](t, b, 200, bunkyo("askExemption", at, obj{"class": "welfare", "reason": "福祉の催しです"}))
	must[api.BookingDetail](t, b, 200, toshima("decideExemption", at, obj{"decision": "grant", "reason": "認めます"}))
	must[api.BookingDetail](t, b, 200, bunkyo("addBookingNote", at, obj{"body": "鍵はどちらですか。"}))
	if d := must[api.BookingDetail](
		t,
		b,
		200,
		bunkyo("confirmBooking", at, nil),
	); d.Status != "confirmed" || d.PermitNumber == "" || *d.DueYen != 1200 ||
		len(d.Notes) != 1 {
		t.Errorf("confirmed: %+v", d)
	}
	for _, q := range []req{bunkyo("getBookingPermit", at, nil), toshima("getBookingPermit", at, nil)} {
		if r := b.do(t, q); r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/pdf" ||
			!strings.HasPrefix(string(r.raw), "%PDF-") {
			t.Errorf("the permit: %d %s %.20s", r.StatusCode, r.Header.Get("Content-Type"), r.raw)
		}
	}
	if l := must[api.BookingPage](
		t,
		b,
		200,
		req{operation: "listBookings", auth: bearer(b.editor), query: "?side=lender&limit=1&status=confirmed"},
	); len(l.Items) != 1 ||
		l.Items[0].ID != booked.ID {
		t.Errorf("the lender's list: %+v", l.Items)
	}
	if d := must[api.BookingDetail](t, b, 200, toshima("getBooking", at, nil)); d.Behind != 1 {
		t.Errorf("%d wait behind it", d.Behind)
	}
	if c := must[api.BookingChangePage](
		t,
		b,
		200,
		req{operation: "listBookingChanges", auth: bearer(b.editor), query: "?limit=2"},
	); len(c.Items) != 2 ||
		c.NextCursor == nil {
		t.Errorf("changes: %+v", c)
	}
	other := must[api.Booking](t, b, 201, bunkyo("placeBooking", nil, b.bookingBody(h.Tea, 9, 12)))
	must[api.BookingPair](t, b, 200, toshima("swapBookings", at, obj{"with": other.ID, "reason": "工事"}))
	must[api.BookingDetail](
		t,
		b,
		200,
		toshima(
			"moveBooking",
			at,
			obj{
				"starts_at": b.bookingDay().At(17, 0).Format(time.RFC3339),
				"ends_at":   b.bookingDay().At(18, 0).Format(time.RFC3339),
			},
		),
	)
	must[api.BookingDetail](
		t,
		b,
		200,
		toshima("declineBooking", map[string]string{"booking_id": other.ID.String()}, obj{"reason": "工事"}),
	)
	if d := must[api.BookingDetail](
		t,
		b,
		200,
		toshima("getBooking", map[string]string{"booking_id": waits.ID.String()}, nil),
	); d.Status != "approved" {
		t.Errorf("who waited is %s", d.Status)
	}
	must[api.BookingDetail](t, b, 200, bunkyo("cancelBooking", at, obj{}))

	// A series.
	d := clock.DateOf(b.clock.Now()).AddDays(37)
	in := b.bookingBody(h.Tea, 9, 12)
	in["starts_at"], in["ends_at"] = d.At(11, 0).Format(time.RFC3339), d.At(13, 0).Format(time.RFC3339)
	must[api.Booking](t, b, 201, toshima("placeBooking", nil, in))
	series := must[api.BookingSeriesResult](t, b, 201, bunkyo("placeBookingSeries", nil, b.bookingSeriesBody(h.Tea)))
	if len(series.Series.Bookings) != 3 || len(series.Rejected) != 1 || series.Rejected[0].Code != "taken" ||
		series.Rejected[0].Detail == "" ||
		len(series.Rejected[0].Offers) == 0 {
		t.Errorf("series: %+v", series)
	}
	of := map[string]string{"booking_series_id": series.Series.ID.String()}
	must[api.BookingSeries](t, b, 200, toshima("getBookingSeries", of, nil))
	must[api.BookingSeries](
		t,
		b,
		200,
		bunkyo(
			"moveBookingSeries",
			of,
			obj{
				"scope":       "following",
				"from":        series.Series.Bookings[1].ID,
				"starts_time": "14:00",
				"ends_time":   "16:00",
			},
		),
	)
	if s := must[api.BookingSeries](
		t,
		b,
		200,
		bunkyo("cancelBookingSeries", of, obj{"scope": "all", "reason": "終了"}),
	); s.Bookings[0].Status != "cancelled" {
		t.Errorf("the series after its end: %+v", s.Bookings)
	}

	// A room's calendar.
	issued := must[api.IssuedRoomCalendar](t, b, 201, toshima("createRoomCalendar", room, obj{"name": "清掃の会社"}))
	if l := must[api.RoomCalendarPage](t, b, 200, toshima("listRoomCalendars", room, nil)); len(l.Items) != 1 ||
		!strings.HasPrefix(issued.URL, "https://tonarimachi.example.jp/r/") {
		t.Errorf("calendars: %+v, %s", l, issued.URL)
	}
	must[struct{}](
		t,
		b,
		204,
		toshima(
			"revokeRoomCalendar",
			map[string]string{"room_id": h.A.String(), "calendar_id": issued.Details.ID.String()},
			nil,
		),
	)
}

func TestImpossibleBookingsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	set := func(pairs ...any) obj {
		body := b.bookingBody(h.A, 13, 16)
		for i := 0; i < len(pairs); i += 2 {
			body[pairs[i].(string)] = pairs[i+1]
		}
		return body
	}
	day := b.bookingDay().String()
	stranger := testkit.NewHall(t, b.Pool(t), b.bunkyo.ID, testkit.HallOptions{Terms: `[{"who": "own"}]`})
	for what, c := range map[string]struct {
		body   obj
		status int
		code   string
	}{
		"inverted": {set("ends_at", day+"T12:00:00+09:00"), 422, "booking_times_invalid"},
		"empty":    {set("ends_at", day+"T13:00:00+09:00"), 422, "booking_times_invalid"},
		"endless":  {set("ends_at", "9999-12-31T23:59:59+09:00"), 422, "booking_times_invalid"},
		"a month long": {
			set("ends_at", b.bookingDay().AddDays(30).String()+"T13:00:00+09:00"),
			422,
			"booking_times_invalid",
		},
		"over midnight": {
			set("ends_at", b.bookingDay().AddDays(1).String()+"T10:00:00+09:00"),
			422,
			"span_midnight",
		},
		"in the past": {
			set("starts_at", "2020-05-01T13:00:00+09:00", "ends_at", "2020-05-01T14:00:00+09:00"),
			422,
			"booking_in_the_past",
		},
		"24:00":             {set("ends_at", day+"T24:00:00+09:00"), 422, "invalid_request"},
		"a leap second":     {set("ends_at", day+"T15:59:60+09:00"), 422, "invalid_request"},
		"no offset":         {set("starts_at", day+"T13:00:00"), 422, "invalid_request"},
		"an offset of 99":   {set("starts_at", day+"T13:00:00+99:00"), 422, "invalid_request"},
		"between the steps": {set("starts_at", day+"T13:07:00+09:00"), 422, "off_grid"},
		"with seconds":      {set("starts_at", day+"T13:00:30+09:00"), 422, "span_seconds"},
		"at night": {
			set("starts_at", day+"T04:00:00+09:00", "ends_at", day+"T05:00:00+09:00"),
			409,
			"outside_hours",
		},
		"too many people": {set("people", 41), 422, "too_many_heads"},
		"nobody":          {set("people", 0), 422, "invalid_request"},
		"far ahead": {
			set("starts_at", "2098-05-01T13:00:00+09:00", "ends_at", "2098-05-01T14:00:00+09:00"),
			409,
			"booking_not_open_yet",
		},
		"a room of nowhere":  {set("room_id", uuid.NewString()), 404, "booking_room_unknown"},
		"another's own room": {set("room_id", stranger.A), 404, "booking_room_unknown"},
		"an unknown exemption": {
			set("exemption", obj{"class": "vip", "reason": "x"}),
			422,
			"booking_exemption_unknown",
		},
		"a blank title":     {set("title", " \u3000"), 422, "booking_invalid"},
		"bidi in the title": {set("title", "安全\u202egpj.exe"), 422, "booking_invalid"},
		"endless buffers":   {set("setup_minutes", 721), 422, "invalid_request"},
	} {
		if r := b.refuse(
			t,
			what,
			req{operation: "placeBooking", auth: bearer(b.editor), body: c.body},
			c.status,
		); r.code != c.code {
			t.Errorf("%s: %s, want %s", what, r.code, c.code)
		}
	}
	// An offset of a zone with summer time is an instant like any other; 24:00 is written as the
	// next day's 00:00.
	for _, times := range [][2]string{{"T13:00:00+09:00", "T16:00:00+09:00"}, {"T16:30:00+12:00", "T22:30:00+13:45"}} {
		body := set("starts_at", day+times[0], "ends_at", day+times[1])
		if r := b.do(
			t,
			req{operation: "placeBooking", auth: bearer(b.editor), body: body},
		); r.StatusCode != 201 && r.code != "taken" &&
			r.code != "off_grid" {
			t.Errorf("%v: %d %s", times, r.StatusCode, r.code)
		}
	}
	// A town that is not in the partnership does not even learn that the room is there; one whose
	// facility closed books nothing.
	if _, err := b.Pool(t).Exec(
		t.Context(),
		"update facility set status = 'closed', closed_on = current_date where id = $1",
		h.FacilityID,
	); err != nil {
		t.Fatal(err)
	}
	if r := b.refuse(
		t,
		"a closed facility",
		req{operation: "placeBooking", auth: bearer(b.editor), body: b.bookingBody(h.B, 9, 10)},
		409,
	); r.code != "room_not_open" {
		t.Errorf("a closed facility: %s", r.code)
	}
	if r := b.do(
		t,
		req{operation: "findFreeRooms", query: b.windows()["findFreeRooms"] + "&partnership=ux"},
	); strings.Contains(
		string(r.raw),
		"市民会館",
	) {
		t.Errorf("a closed facility is found: %s", r.raw)
	}
	for _, query := range []string{
		"",
		"?from=2027-01-01",
		"?from=2027-01-02&to=2027-01-01",
		"?from=2027-01-01&to=2027-12-31",
		"?from=1999-01-01&to=1999-01-02",
		"?from=x&to=y",
	} {
		b.refuse(
			t,
			"availability of "+query,
			req{operation: "getRoomAvailability", path: map[string]string{"room_id": h.A.String()}, query: query},
			400,
			422,
		)
	}
}
