package httpapi

import (
	"regexp"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func TestThePermitTellsTheFee(t *testing.T) {
	t.Parallel()
	granted := booking.ExemptionState{State: booking.Granted, Percent: 50}
	for name, c := range map[string]struct {
		yen  *int
		ask  booking.ExemptionState
		want string
	}{
		"full": {new(2400), booking.ExemptionState{}, "2,400円"}, "half": {new(2400), granted, "1,200円（2,400円から50%減免）"},
		"nothing": {new(2400), booking.ExemptionState{State: booking.Granted, Percent: 100}, "無料（2,400円から100%減免）"},
		"free":    {new(0), booking.ExemptionState{}, "無料"}, "half of nothing": {new(0), granted, "無料"}, "the desk says": {nil, granted, ""},
	} {
		day := clock.NewDate(2026, 12, 20)
		p := permitOf(&booking.Booking{StartsAt: day.At(9, 0), EndsAt: day.At(12, 0), FeeYen: c.yen, Exemption: c.ask})
		got := ""
		for _, row := range p.Rows {
			if row.Label == "使用料" {
				got = row.Value
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A date that can't be booked yet says from when on in words for people, alone and in a series.
func TestWhenBookingOpensIsReadable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	ask := func(operation, lang string, body obj) req {
		return req{operation: operation, auth: bearer(b.foreign), path: map[string]string{"slug": "bunkyo"}, query: "?lang=" + lang, body: body}
	}
	far := b.bookingBody(h.Tea, 9, 12)
	far["starts_at"], far["ends_at"] = "2098-05-01T13:00:00+09:00", "2098-05-01T14:00:00+09:00"
	day := clock.DateOf(b.clock.Now())
	for lang, form := range map[string]string{
		"ja": `申込みは20\d\d年\d+月\d+日（[日月火水木金土]）\d+:\d\dに始まります。`, "en": `Booking opens at \d\d:\d\d on \w+day \d+ \w+ 20\d\d\.`,
	} {
		if r := b.do(t, ask("placeBooking", lang, far)); r.code != "booking_not_open_yet" || !regexp.MustCompile(form).Match(r.raw) {
			t.Errorf("%s: %s", lang, r.raw)
		}
		in := b.bookingSeriesBody(h.Tea)
		in["first_day"], in["last_day"] = day.AddDays(170).String(), day.AddDays(192).String()
		if lang == "en" {
			in["starts_time"], in["ends_time"] = "13:00", "15:00"
		}
		series := must[api.BookingSeriesResult](t, b, 201, ask("placeBookingSeries", lang, in))
		if len(series.Rejected) == 0 || series.Rejected[0].Code != "booking_not_open_yet" || !regexp.MustCompile(form).MatchString(series.Rejected[0].Detail) {
			t.Errorf("%s: %+v", lang, series.Rejected)
		}
	}
}
