package httpapi

import (
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/bookings"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/events"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/facilities"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/organizations"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/reports"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/rooms"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/rounds"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/schedule"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/staff"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/tickets"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
)

// The packages of handlers under names of their own: an embedded field is called as its type is.
type (
	bookingHandlers      = bookings.Handlers
	doorHandlers         = door.Handlers
	eventHandlers        = events.Handlers
	facilityHandlers     = facilities.Handlers
	organizationHandlers = organizations.Handlers
	reportHandlers       = reports.Handlers
	roomHandlers         = rooms.Handlers
	roundHandlers        = rounds.Handlers
	scheduleHandlers     = schedule.Handlers
	staffHandlers        = staff.Handlers
	ticketHandlers       = tickets.Handlers
)

// handlers implements the operations of the contract: each embedded one has its share of them, and
// the compiler says when one is missing or there twice.
type handlers struct {
	*bookingHandlers
	*doorHandlers
	*eventHandlers
	*facilityHandlers
	*organizationHandlers
	*reportHandlers
	*roomHandlers
	*roundHandlers
	*scheduleHandlers
	*staffHandlers
	*ticketHandlers
}

var _ api.StrictServerInterface = handlers{}

func newHandlers(o Options, takeBody *openapi3.Schema) handlers {
	positions, words := listing.Positions{Keys: o.Keys}, caller.Words{Messages: o.Messages}
	eventView := eventjson.View{BaseURL: o.BaseURL}
	venueView := venuejson.View{BaseURL: o.BaseURL, Words: words}
	return handlers{
		bookingHandlers: bookings.New(bookings.Options{
			Bookings: o.Bookings, Events: o.Events, BaseURL: o.BaseURL, Positions: positions, Words: words,
		}),
		doorHandlers: door.New(door.Options{Door: o.Door, BaseURL: o.BaseURL}),
		eventHandlers: events.New(events.Options{
			Events: o.Events, Search: o.Search, Clock: o.Clock, View: eventView, Positions: positions,
		}),
		facilityHandlers: facilities.New(facilities.Options{
			Venues: o.Venues, Lists: o.FacilityLists, Organizations: o.Organizations,
			View: venueView, Positions: positions, Words: words,
		}),
		organizationHandlers: organizations.New(organizations.Options{Organizations: o.Organizations}),
		reportHandlers: reports.New(reports.Options{
			Reports: o.Reports, Organizations: o.Organizations, Labels: o.Words,
		}),
		roomHandlers: rooms.New(rooms.Options{
			Venues: o.Venues, Board: o.Board, Organizations: o.Organizations, BaseURL: o.BaseURL,
			View: venueView, Positions: positions,
		}),
		roundHandlers: rounds.New(rounds.Options{
			Rounds: o.Rounds, Organizations: o.Organizations, BaseURL: o.BaseURL,
			Positions: positions, Words: words,
		}),
		scheduleHandlers: schedule.New(schedule.Options{Events: o.Events, Clock: o.Clock, View: eventView}),
		staffHandlers:    staff.New(staff.Options{Staff: o.Staff, Ledger: o.Ledger}),
		ticketHandlers: tickets.New(tickets.Options{
			Events: o.Events, Tickets: o.Tickets, Contacts: o.Contacts, Admission: o.Admission, Paper: o.Paper,
			BaseURL: o.BaseURL, TakeBody: takeBody,
		}),
	}
}
