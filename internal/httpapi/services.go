package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/bookings"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/events"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/facilities"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/organizations"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/reports"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/rooms"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/rounds"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/schedule"
	staffhttp "github.com/tonarimachi/tonarimachi/internal/httpapi/staff"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/tickets"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// What the handlers ask of each service, put together: every package of handlers declares its share
// beside them.
type (
	// Events is event.Service.
	Events interface {
		events.Events
		schedule.Events
		tickets.Events
		bookings.Events
	}
	// Search is search.Service.
	Search interface {
		events.Search
	}
	// Tickets is ticket.Service.
	Tickets interface {
		tickets.Tickets
	}
	// Contacts is contact.Service.
	Contacts interface {
		tickets.Contacts
	}
	// Admission is admission.Service.
	Admission interface {
		tickets.Admission
	}
	// Entrance is door.Service.
	Entrance interface {
		door.Entrance
	}
	// Paper is paper.Service.
	Paper interface {
		tickets.Paper
	}
	// Reports is report.Service.
	Reports interface {
		reports.Reports
	}
	// Venues is venue.Service.
	Venues interface {
		rooms.Venues
		facilities.Venues
	}
	// FacilityLists is facilitylist.Service.
	FacilityLists interface {
		facilities.Lists
	}
	// Bookings is booking.Service.
	Bookings interface {
		bookings.Bookings
	}
	// Board is board.Service.
	Board interface {
		rooms.Board
	}
	// Rounds is round.Service.
	Rounds interface {
		rounds.Rounds
	}
	// Organizations is organization.Service.
	Organizations interface {
		rounds.Organizations
		rooms.Organizations
		facilities.Organizations
		reports.Organizations
		organizations.Organizations
	}
	// Staff is staff.Service.
	Staff interface {
		Authenticate(ctx context.Context, bearer string) (staff.Session, error)
		staffhttp.Staff
	}
	// Ledger is audit.Ledger.
	Ledger interface {
		staffhttp.Ledger
	}
)
