package httpapi

import (
	"regexp"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// A date that can't be booked yet says from when on in words for people, alone and in a series.
func TestWhenBookingOpensIsReadable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	ask := func(operation, lang string, body obj) req {
		return req{
			operation: operation,
			auth:      bearer(b.foreign),
			path:      map[string]string{"slug": "bunkyo"},
			query:     "?lang=" + lang,
			body:      body,
		}
	}
	far := b.bookingBody(h.Tea, 9, 12)
	far["starts_at"], far["ends_at"] = "2098-05-01T13:00:00+09:00", "2098-05-01T14:00:00+09:00"
	day := clock.DateOf(b.clock.Now())
	for lang, form := range map[string]string{
		"ja": `申込みは20\d\d年\d+月\d+日（[日月火水木金土]）\d+:\d\dに始まります。`,
		"en": `Booking opens at \d\d:\d\d on \w+day \d+ \w+ 20\d\d\.`,
	} {
		if r := b.do(t, ask("placeBooking", lang, far)); r.code != "booking_not_open_yet" ||
			!regexp.MustCompile(form).Match(r.raw) {
			t.Errorf("%s: %s", lang, r.raw)
		}
		in := b.bookingSeriesBody(h.Tea)
		in["first_day"], in["last_day"] = day.AddDays(170).String(), day.AddDays(192).String()
		if lang == "en" {
			in["starts_time"], in["ends_time"] = "13:00", "15:00"
		}
		series := must[api.BookingSeriesResult](t, b, 201, ask("placeBookingSeries", lang, in))
		if len(series.Rejected) == 0 || series.Rejected[0].Code != "booking_not_open_yet" ||
			!regexp.MustCompile(form).MatchString(series.Rejected[0].Detail) {
			t.Errorf("%s: %+v", lang, series.Rejected)
		}
	}
}
