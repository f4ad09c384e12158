package page

import (
	"slices"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// Bands in the order of how much room they tell of.
var Bands = []event.Band{event.BandAvailable, event.BandFew, event.BandFull}

// BestBand is the band of the quota with most room.
func BestBand(quotas []event.Quota) event.Band {
	found := event.BandFull
	for _, q := range quotas {
		if q.Channel != event.ChannelWalkIn && q.Accepting &&
			slices.Index(Bands, q.Band()) < slices.Index(Bands, found) {
			found = q.Band()
		}
	}
	return found
}

// BandBadge says how much room is left, with a colour and an icon.
func BandBadge(l *i18n.Localizer, b event.Band) Badge {
	looks := map[event.Band]Badge{
		event.BandAvailable: {
			Tone: "good",
			Icon: "circle",
		},
		event.BandFew:  {Tone: "few", Icon: "triangle"},
		event.BandFull: {Tone: "full", Icon: "cross"},
	}
	look := looks[b]
	look.Word = l.T("label.band_"+string(b), nil)
	return look
}
