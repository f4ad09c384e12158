package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
)

func borrowerOf(ctx context.Context) booking.Author {
	s := sessionOf(ctx)
	return booking.Author{Organization: s.Organization.ID, Actor: s.Actor()}
}

func bookedRoom(r booking.RoomRef) api.BookedRoom {
	return api.BookedRoom{ID: r.ID, Name: r.Name, FacilityID: r.FacilityID, Facility: r.Facility, Address: r.Address, Access: r.Access}
}

func bookingWhole(b *booking.Booking) api.Booking {
	return api.Booking{
		ID: b.ID, Lender: organizationRef(b.Lender), Borrower: organizationRef(b.Borrower), Room: bookedRoom(b.Room), SeriesID: b.SeriesID, Status: api.BookingStatus(b.Status),
		StartsAt: tokyo(b.StartsAt), EndsAt: tokyo(b.EndsAt), SetupMinutes: b.SetupMinutes, ClearingMinutes: b.ClearingMinutes, Title: b.Title, People: b.People,
		Noise: api.UseNoise(b.Noise), ExpiresAt: local(b.ExpiresAt), Approvals: b.Approvals, ApprovalSteps: b.ApprovalSteps, Reason: b.Reason, Conditions: b.Conditions,
		FeeClass: b.FeeClass, FeeYen: b.FeeYen, DueYen: b.DueYen(), CancelUntil: local(b.CancelUntil), PermitNumber: b.PermitNumber, Version: b.Version,
		Exemption: api.BookingExemption{
			State: api.BookingExemptionState(b.Exemption.State), Class: b.Exemption.Class, Asked: b.Exemption.Asked, Answer: b.Exemption.Answer, Percent: b.Exemption.Percent,
		},
		CreatedAt: tokyo(b.CreatedAt), ModifiedAt: tokyo(b.ModifiedAt),
	}
}

func bookings(all []booking.Booking) []api.Booking {
	out := make([]api.Booking, len(all))
	for i := range all {
		out[i] = bookingWhole(&all[i])
	}
	return out
}

func bookingDetail(d booking.Detail) api.BookingDetail {
	out := api.BookingDetail{
		Booking: bookingWhole(&d.Booking), Ahead: d.Ahead, Behind: d.Behind, Clashes: make([]api.BookedRoom, len(d.Clashes)), Notes: make([]api.BookingNote, len(d.Notes)),
		History: bookingChanges(d.History),
	}
	for i, r := range d.Clashes {
		out.Clashes[i] = bookedRoom(r)
	}
	for i, n := range d.Notes {
		out.Notes[i] = api.BookingNote{ID: n.ID, At: tokyo(n.At), By: organizationRef(n.By), Body: n.Body}
	}
	return out
}

func bookingChanges(all []booking.Change) []api.BookingChange {
	out := make([]api.BookingChange, len(all))
	for i, c := range all {
		out[i] = api.BookingChange{ID: c.ID, BookingID: c.BookingID, At: tokyo(c.At), Kind: c.Kind, Status: api.BookingStatus(c.Status)}
		if c.By != nil {
			by := organizationRef(*c.By)
			out[i].By = &by
		}
	}
	return out
}

func bookingSeries(s *booking.Series) api.BookingSeries {
	return api.BookingSeries{
		ID: s.ID, Lender: organizationRef(s.Lender), Borrower: organizationRef(s.Borrower), Rule: s.Rule, StartsTime: s.Starts.String(), EndsTime: s.Ends.String(),
		FirstDay: types.Date{Time: s.First.Start()}, LastDay: types.Date{Time: s.Last.Start()}, Title: s.Title, CreatedAt: tokyo(s.CreatedAt), Bookings: bookings(s.Bookings),
	}
}

func freeRooms(all []booking.FreeRoom) []api.FreeRoom {
	out := make([]api.FreeRoom, len(all))
	for i, r := range all {
		out[i] = api.FreeRoom{Room: bookedRoom(r.Room), Organization: organizationRef(r.Lender), Capacity: r.Capacity, AreaCode: r.AreaCode}
	}
	return out
}

func availability(a booking.Availability) api.Availability {
	out := api.Availability{
		Room: bookedRoom(a.Room), Organization: organizationRef(a.Lender), From: tokyo(a.From), To: tokyo(a.To), Taken: make([]api.TakenSpan, len(a.Busy)),
		Kept: make([]api.KeptSpan, len(a.Kept)), Days: make([]api.AvailabilityDay, len(a.Days)),
	}
	for i, k := range a.Kept {
		out.Kept[i] = api.KeptSpan{StartsAt: tokyo(k.From), EndsAt: tokyo(k.To), RoundID: k.Round}
	}
	for i, s := range a.Busy {
		out.Taken[i] = api.TakenSpan{StartsAt: tokyo(s.From), EndsAt: tokyo(s.To)}
	}
	for i, d := range a.Days {
		day := api.AvailabilityDay{Date: types.Date{Time: d.Date.Start()}, Closed: d.Closed, Holiday: d.Holiday, Blocks: make([]api.AvailabilityBlock, len(d.Blocks))}
		for j, b := range d.Blocks {
			day.Blocks[j] = api.AvailabilityBlock{Key: b.Key, Name: b.Name, StartsAt: tokyo(b.Starts), EndsAt: tokyo(b.Ends), State: api.AvailabilityBlockState(b.State)}
		}
		out.Days[i] = day
	}
	return out
}

func roomCalendar(c booking.Calendar) api.RoomCalendar {
	return api.RoomCalendar{ID: c.ID, Name: c.Name, CreatedAt: tokyo(c.CreatedAt), RevokedAt: local(c.RevokedAt)}
}

func bookingPath(slug string, id uuid.UUID) string {
	return Base + "/organizations/" + slug + "/bookings/" + id.String()
}
