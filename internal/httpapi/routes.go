package httpapi

import (
	"net/http"

	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// rule says who may use a route.
type rule struct {
	access     access
	permission staff.Permission // of staffOnly
	// checksItself leaves the checks against the contract to the handler. Only takeSeat does: on a
	// sold-out event the generic checks cost more than the answer.
	checksItself bool
	// notesPeer tells the handler which address asks, where admission counts by network.
	notesPeer bool
}

type access int

const (
	public     access = iota + 1 // anyone, from any page
	paperOnly                    // anyone; the body holds a code on paper
	holderOnly                   // whoever presents a participation code
	doorOnly                     // whoever presents the token of a day link
	staffOnly                    // a token of the organization in the path whose member has the permission
)

var (
	anyone    = rule{access: public}
	paperCode = rule{access: paperOnly}
	taker     = rule{access: public, checksItself: true}
	holder    = rule{access: holderOnly}
	changer   = rule{access: holderOnly, notesPeer: true}
	dayLink   = rule{access: doorOnly}
)

func may(p staff.Permission) rule { return rule{access: staffOnly, permission: p} }

// route is one operation of the contract.
type route struct {
	method, path, operation string
	rule                    rule
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// table has every route of the API; Register fails when it and the contract differ. What
// may(staff.EventsDraft) opens ends where an event is published: event.Service keeps that for those
// who may publish (event.ErrPublisherOnly), since the route alone doesn't tell the event's state,
// and the database keeps it on every other way.
var table = []route{
	{get, "/organizations", "listOrganizations", anyone},
	{get, "/organizations/{slug}", "getOrganization", anyone},
	{get, "/partnerships", "listPartnerships", anyone},
	{get, "/facilities", "listFacilities", anyone},
	{get, "/facilities/{facility_id}", "getFacility", anyone},
	{get, "/rooms", "listRooms", anyone},
	{get, "/rooms/{room_id}", "getRoom", anyone},
	{get, "/events", "listEvents", anyone},
	{get, "/events/changes", "listEventChanges", anyone},
	{get, "/events/{event_id}", "getEvent", anyone},
	{get, "/events/{event_id}/erasure", "getErasure", anyone},
	{get, "/events/{event_id}/parts/{part_id}/draw", "getDraw", anyone},
	{get, "/events/{event_id}/slots", "listSlots", anyone},
	{get, "/events/{event_id}/contact", "getContactWays", anyone},
	{post, "/events/{event_id}/tickets", "takeSeat", taker},

	{post, "/paper", "lookAtPaperCode", paperCode},
	{post, "/paper/tickets", "takeByPaperCode", paperCode},
	{get, "/rooms/free", "findFreeRooms", anyone},
	{get, "/rooms/{room_id}/availability", "getRoomAvailability", anyone},
	{get, "/rounds", "listRounds", anyone},
	{get, "/rounds/{round_id}", "getRound", anyone},
	{get, "/rounds/{round_id}/draw", "getRoundDraw", anyone},

	{get, "/ticket", "getTicket", holder},
	{remove, "/ticket", "cancelTicket", holder},
	{post, "/ticket/confirm", "confirmTicket", holder},
	{post, "/ticket/rotate", "rotateTicket", holder},
	{put, "/ticket/contact", "keepContact", holder},
	{remove, "/ticket/contact", "forgetContact", holder},
	{post, "/ticket/calendar", "startCalendar", holder},
	{remove, "/ticket/calendar", "stopCalendar", holder},
	{post, "/ticket/slots", "changeTicketSlots", changer},
	{post, "/ticket/day-code", "giveDayCode", holder},

	{get, "/door", "openDoor", dayLink},
	{post, "/door/parts/{part_id}/taps", "countAtDoor", dayLink},
	{get, "/door/slots", "listDoorSlots", dayLink},
	{put, "/door/slots/{slot_id}", "markDoorSlot", dayLink},
	{post, "/door/check-ins", "checkIn", dayLink},
	{post, "/door/check-ins/undo", "undoCheckIn", dayLink},

	{get, "/organizations/{slug}/events", "listStaffEvents", may(staff.EventsRead)},
	{post, "/organizations/{slug}/events", "createEvent", may(staff.EventsDraft)},
	{get, "/organizations/{slug}/events/{event_id}", "getStaffEvent", may(staff.EventsRead)},
	{patch, "/organizations/{slug}/events/{event_id}", "changeEvent", may(staff.EventsDraft)},
	{remove, "/organizations/{slug}/events/{event_id}", "deleteEvent", may(staff.EventsDraft)},
	{post, "/organizations/{slug}/events/{event_id}/submit", "submitEvent", may(staff.EventsDraft)},
	{post, "/organizations/{slug}/events/{event_id}/publish", "publishEvent", may(staff.EventsPublish)},
	{post, "/organizations/{slug}/events/{event_id}/cancel", "cancelEvent", may(staff.EventsPublish)},
	{post, "/organizations/{slug}/events/{event_id}/postpone", "postponeEvent", may(staff.EventsPublish)},
	{post, "/organizations/{slug}/events/{event_id}/copy", "copyEvent", may(staff.EventsDraft)},
	{post, "/organizations/{slug}/events/{event_id}/approval", "decideApproval", may(staff.OrganisersDecide)},
	{post, "/organizations/{slug}/events/{event_id}/occurrences", "addOccurrence", may(staff.EventsDraft)},
	{
		patch,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}",
		"changeOccurrence",
		may(staff.EventsDraft),
	},
	{
		remove,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}",
		"deleteOccurrence",
		may(staff.EventsDraft),
	},
	{
		put,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/room",
		"setOccurrenceRoom",
		may(staff.EventsDraft),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/move",
		"moveOccurrence",
		may(staff.EventsPublish),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/correct",
		"correctOccurrence",
		may(staff.EventsPublish),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/cancel",
		"cancelOccurrence",
		may(staff.EventsPublish),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/postpone",
		"postponeOccurrence",
		may(staff.EventsPublish),
	},
	{get, "/organizations/{slug}/events/{event_id}/paper-sheets", "listPaperSheets", may(staff.EventsRead)},
	{post, "/organizations/{slug}/events/{event_id}/paper-sheets", "printPaperSheet", may(staff.EventsPublish)},
	{
		remove,
		"/organizations/{slug}/events/{event_id}/paper-sheets/{sheet_id}",
		"revokePaperSheet",
		may(staff.EventsPublish),
	},
	{
		get,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/door-links",
		"listDoorLinks",
		may(staff.DoorOpen),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/door-links",
		"createDoorLink",
		may(staff.DoorOpen),
	},
	{
		remove,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/door-links/{link_id}",
		"revokeDoorLink",
		may(staff.DoorOpen),
	},
	{
		put,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/parts/{part_id}/door",
		"setDoorCapacity",
		may(staff.DoorOpen),
	},
	{
		put,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/parts/{part_id}/slot-rule",
		"setSlotRule",
		may(staff.EventsDraft),
	},
	{
		post,
		"/organizations/{slug}/events/{event_id}/occurrences/{occurrence_id}/parts/{part_id}/slots",
		"layOutSlots",
		may(staff.EventsDraft),
	},
	{get, "/organizations/{slug}/events/{event_id}/slots", "listStaffSlots", may(staff.EventsRead)},
	{patch, "/organizations/{slug}/events/{event_id}/slots/{slot_id}", "changeSlot", may(staff.EventsDraft)},
	{remove, "/organizations/{slug}/events/{event_id}/slots/{slot_id}", "deleteSlot", may(staff.EventsDraft)},
	{post, "/organizations/{slug}/events/{event_id}/series", "createSeries", may(staff.EventsDraft)},
	{patch, "/organizations/{slug}/series/{series_id}", "changeSeries", may(staff.EventsDraft)},
	{put, "/organizations/{slug}/series/{series_id}/months/{month}", "decideMonth", may(staff.SeriesDecide)},

	{get, "/organizations/{slug}/facilities", "listStaffFacilities", may(staff.VenuesRead)},
	{post, "/organizations/{slug}/facilities", "createFacility", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/facilities/{facility_id}", "getStaffFacility", may(staff.VenuesRead)},
	{patch, "/organizations/{slug}/facilities/{facility_id}", "changeFacility", may(staff.VenuesManage)},
	{remove, "/organizations/{slug}/facilities/{facility_id}", "deleteFacility", may(staff.VenuesManage)},
	{post, "/organizations/{slug}/facilities/{facility_id}/open", "openFacility", may(staff.VenuesManage)},
	{post, "/organizations/{slug}/facilities/{facility_id}/close", "closeFacility", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/facilities/{facility_id}/closures", "listClosures", may(staff.VenuesRead)},
	{post, "/organizations/{slug}/facilities/{facility_id}/closures", "createClosure", may(staff.VenuesManage)},
	{
		remove,
		"/organizations/{slug}/facilities/{facility_id}/closures/{closure_id}",
		"deleteClosure",
		may(staff.VenuesManage),
	},
	{post, "/organizations/{slug}/facilities/{facility_id}/photos", "addPhoto", may(staff.VenuesManage)},
	{patch, "/organizations/{slug}/facilities/{facility_id}/photos/{photo_id}", "changePhoto", may(staff.VenuesManage)},
	{
		remove,
		"/organizations/{slug}/facilities/{facility_id}/photos/{photo_id}",
		"deletePhoto",
		may(staff.VenuesManage),
	},
	{post, "/organizations/{slug}/facility-imports", "importFacilities", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/rooms", "listStaffRooms", may(staff.VenuesRead)},
	{post, "/organizations/{slug}/rooms", "createRoom", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/rooms/{room_id}", "getStaffRoom", may(staff.VenuesRead)},
	{patch, "/organizations/{slug}/rooms/{room_id}", "changeRoom", may(staff.VenuesManage)},
	{remove, "/organizations/{slug}/rooms/{room_id}", "deleteRoom", may(staff.VenuesManage)},
	{post, "/organizations/{slug}/rooms/{room_id}/open", "openRoom", may(staff.VenuesManage)},
	{post, "/organizations/{slug}/rooms/{room_id}/close", "closeRoom", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/holidays", "listHolidays", may(staff.VenuesRead)},
	{put, "/organizations/{slug}/holidays/{day}", "setHoliday", may(staff.VenuesManage)},
	{remove, "/organizations/{slug}/holidays/{day}", "removeHoliday", may(staff.VenuesManage)},
	{get, "/organizations/{slug}/rooms/{room_id}/availability", "getOwnRoomAvailability", may(staff.BookingsRead)},
	{get, "/organizations/{slug}/rooms/{room_id}/calendars", "listRoomCalendars", may(staff.BookingsDecide)},
	{post, "/organizations/{slug}/rooms/{room_id}/calendars", "createRoomCalendar", may(staff.BookingsDecide)},
	{
		remove,
		"/organizations/{slug}/rooms/{room_id}/calendars/{calendar_id}",
		"revokeRoomCalendar",
		may(staff.BookingsDecide),
	},
	{get, "/organizations/{slug}/bookings", "listBookings", may(staff.BookingsRead)},
	{post, "/organizations/{slug}/bookings", "placeBooking", may(staff.BookingsRequest)},
	{get, "/organizations/{slug}/bookings/{booking_id}", "getBooking", may(staff.BookingsRead)},
	{post, "/organizations/{slug}/bookings/{booking_id}/submit", "submitBooking", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/bookings/{booking_id}/approve", "approveBooking", may(staff.BookingsDecide)},
	{post, "/organizations/{slug}/bookings/{booking_id}/decline", "declineBooking", may(staff.BookingsDecide)},
	{post, "/organizations/{slug}/bookings/{booking_id}/confirm", "confirmBooking", may(staff.BookingsDecide)},
	{post, "/organizations/{slug}/bookings/{booking_id}/cancel", "cancelBooking", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/bookings/{booking_id}/move", "moveBooking", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/bookings/{booking_id}/swap", "swapBookings", may(staff.BookingsDecide)},
	{post, "/organizations/{slug}/bookings/{booking_id}/notes", "addBookingNote", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/bookings/{booking_id}/exemption", "askExemption", may(staff.BookingsRequest)},
	{
		post,
		"/organizations/{slug}/bookings/{booking_id}/exemption/decision",
		"decideExemption",
		may(staff.BookingsDecide),
	},
	{get, "/organizations/{slug}/bookings/{booking_id}/permit", "getBookingPermit", may(staff.BookingsRead)},
	{get, "/organizations/{slug}/booking-changes", "listBookingChanges", may(staff.BookingsRead)},
	{post, "/organizations/{slug}/booking-series", "placeBookingSeries", may(staff.BookingsRequest)},
	{get, "/organizations/{slug}/booking-series/{booking_series_id}", "getBookingSeries", may(staff.BookingsRead)},
	{
		post,
		"/organizations/{slug}/booking-series/{booking_series_id}/move",
		"moveBookingSeries",
		may(staff.BookingsRequest),
	},
	{
		post,
		"/organizations/{slug}/booking-series/{booking_series_id}/cancel",
		"cancelBookingSeries",
		may(staff.BookingsRequest),
	},
	{get, "/organizations/{slug}/rounds", "listOwnRounds", may(staff.BookingsRead)},
	{post, "/organizations/{slug}/rounds", "createRound", may(staff.RoundsRun)},
	{get, "/organizations/{slug}/rounds/{round_id}", "getOwnRound", may(staff.BookingsRead)},
	{patch, "/organizations/{slug}/rounds/{round_id}", "changeRound", may(staff.RoundsRun)},
	{post, "/organizations/{slug}/rounds/{round_id}/cancel", "cancelRound", may(staff.RoundsRun)},
	{get, "/organizations/{slug}/applications", "listApplications", may(staff.BookingsRead)},
	{post, "/organizations/{slug}/applications", "applyForRooms", may(staff.BookingsRequest)},
	{get, "/organizations/{slug}/applications/{application_id}", "getApplication", may(staff.BookingsRead)},
	{put, "/organizations/{slug}/applications/{application_id}", "changeApplication", may(staff.BookingsRequest)},
	{remove, "/organizations/{slug}/applications/{application_id}", "withdrawApplication", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/applications/{application_id}/accept", "acceptResult", may(staff.BookingsRequest)},
	{post, "/organizations/{slug}/applications/{application_id}/decline", "declineResult", may(staff.BookingsRequest)},

	{patch, "/organizations/{slug}", "changeOrganization", may(staff.OrganizationEdit)},
	{post, "/organizations/{slug}/partner-groups", "registerPartnerGroup", may(staff.GroupsRegister)},
	{get, "/organizations/{slug}/tokens", "listTokens", may(staff.TokensManage)},
	{post, "/organizations/{slug}/tokens", "createToken", may(staff.TokensManage)},
	{remove, "/organizations/{slug}/tokens/{token_id}", "revokeToken", may(staff.TokensManage)},
	{get, "/organizations/{slug}/reports/events/{event_id}", "getEventReport", may(staff.ReportsRead)},
	{get, "/organizations/{slug}/reports/years/{year}", "getYearReport", may(staff.ReportsRead)},
	{get, "/organizations/{slug}/reports/years/{year}/csv", "getYearReportCSV", may(staff.ReportsRead)},
	{get, "/organizations/{slug}/audit", "listAudit", may(staff.AuditRead)},
}
