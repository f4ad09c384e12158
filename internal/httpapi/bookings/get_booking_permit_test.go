package bookings

import (
	"testing"

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
		"nothing": {
			new(2400),
			booking.ExemptionState{State: booking.Granted, Percent: 100},
			"無料（2,400円から100%減免）",
		},
		"free":            {new(0), booking.ExemptionState{}, "無料"},
		"half of nothing": {new(0), granted, "無料"},
		"the desk says":   {nil, granted, ""},
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
