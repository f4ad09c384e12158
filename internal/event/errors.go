package event

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// What callers hear.
var (
	ErrUnknown           = fault.NotFound("event_unknown")
	ErrOccurrenceUnknown = fault.NotFound("occurrence_unknown")
	ErrSeriesUnknown     = fault.NotFound("series_unknown")
	ErrInvalid           = fault.Invalid("event_invalid")
	ErrNotOwner          = fault.Forbidden("event_not_yours")  // a neighbour's event may be seen, not changed
	ErrPublisherOnly     = postgres.ErrPublisherOnly           // what is published is changed by a publisher
	ErrNotInvited        = fault.NotFound("event_not_invited") // no place among the organisers to decide about
	ErrAskedAnew         = fault.Conflict(
		"event_asked_anew",
	) // it has changed again since what the answer saw; param revision
	ErrOwnerDecides     = fault.Conflict("event_owner_always_stands") // the owner can't decline its own event
	ErrNoDates          = fault.Conflict("event_has_no_dates")        // nothing to publish yet
	ErrStatus           = fault.Conflict("event_status_not_fitting")  // the event is not in a state for this
	ErrOccurrenceStatus = fault.Conflict("occurrence_status_not_fitting")
	ErrPast             = fault.Invalid(
		"occurrence_in_the_past",
	) // a published date is moved ahead, or corrected afterwards
	ErrTooFar          = fault.Invalid("occurrence_too_far")
	ErrLongOver        = fault.Conflict("occurrence_long_over")       // its tickets are about to be erased, or were
	ErrNotBegun        = fault.Conflict("occurrence_not_begun")       // what lies ahead is moved, not corrected
	ErrPublishedStays  = fault.Conflict("event_published_stays")      // cancel it instead, so that people hear of it
	ErrTicketsHeld     = fault.Conflict("quota_has_tickets")          // seats were taken there
	ErrBelowTaken      = fault.Conflict("quota_capacity_below_taken") // more seats are taken already
	ErrApplied         = fault.Conflict("lottery_has_applications")   // it stays a lottery once somebody has applied
	ErrListFixed       = fault.Conflict("lottery_list_fixed")         // the list with the room there is was published
	ErrSeriesExists    = fault.Conflict("event_has_series")
	ErrMonthOutside    = fault.Invalid("series_month_outside")
	ErrDateNotOffered  = fault.Invalid("series_date_not_offered") // the rule does not give this date
	ErrChooseOne       = fault.Invalid("series_choose_one")
	ErrPartUnknown     = fault.NotFound("part_unknown")
	ErrSlotUnknown     = fault.NotFound("slot_unknown")
	ErrWithoutSlots    = fault.Conflict("part_without_slots") // its way of taking part is another
	ErrSlotOverlaps    = fault.Conflict("slot_overlaps")      // a booth sits in another slot at that time
	ErrSlotOutside     = fault.Conflict("slot_outside_part")  // before the part starts or after it ends
	ErrBoothHasSlots   = fault.Conflict("booth_has_slots")
	ErrRoomUnconfirmed = fault.Conflict(
		"event_room_not_confirmed",
	) // param dates: the days whose booking is not confirmed
	ErrRoomTime = fault.Conflict(
		"event_room_other_time",
	) // the booking doesn't reach from the doors to the end
	ErrRoomOver     = fault.Conflict("event_room_booking_over")    // declined, cancelled, lapsed or used
	ErrRoomTaken    = fault.Conflict("event_room_serves_another")  // that booking gives another date its room
	ErrRoomUnknown  = fault.NotFound("event_room_booking_unknown") // no booking of this organization
	ErrRoomNone     = fault.Conflict("event_room_none")            // no booked room to move along
	ErrRoomOnline   = fault.Invalid("event_room_online")
	ErrSize         = fault.Invalid("event_too_much")  // params parts, quotas: what its dates to come may hold
	ErrTooManySlots = fault.Conflict("slots_too_many") // param max
)
