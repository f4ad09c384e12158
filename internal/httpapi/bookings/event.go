package bookings

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func (h *Handlers) bookingEvent(s *event.Served) *api.BookingEvent {
	if s == nil {
		return nil
	}
	out := api.BookingEvent{
		EventID:      s.Event,
		OccurrenceID: s.Occurrence,
		PartID:       s.Part,
		Title:        s.Title,
		StartsAt:     wire.Tokyo(s.StartsAt),
		EndsAt:       wire.Tokyo(s.EndsAt),
	}
	if s.Listed {
		out.URL = h.BaseURL + "/events/" + s.Event.String()
	}
	return &out
}
