package bookings

import (
	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func bookingWhole(b *booking.Booking) api.Booking {
	return api.Booking{
		ID:              b.ID,
		Lender:          wire.OrganizationRef(b.Lender),
		Borrower:        wire.OrganizationRef(b.Borrower),
		Room:            wire.BookedRoom(b.Room),
		SeriesID:        b.SeriesID,
		Status:          api.BookingStatus(b.Status),
		StartsAt:        wire.Tokyo(b.StartsAt),
		EndsAt:          wire.Tokyo(b.EndsAt),
		SetupMinutes:    b.SetupMinutes,
		ClearingMinutes: b.ClearingMinutes,
		Title:           b.Title,
		People:          b.People,
		Noise:           api.UseNoise(b.Noise),
		ExpiresAt:       wire.Local(b.ExpiresAt),
		Approvals:       b.Approvals,
		ApprovalSteps:   b.ApprovalSteps,
		Reason:          b.Reason,
		Conditions:      b.Conditions,
		FeeClass:        b.FeeClass,
		FeeYen:          b.FeeYen,
		DueYen:          b.DueYen(),
		CancelUntil:     wire.Local(b.CancelUntil),
		PermitNumber:    b.PermitNumber,
		Version:         b.Version,
		Exemption: api.BookingExemption{
			State:   api.BookingExemptionState(b.Exemption.State),
			Class:   b.Exemption.Class,
			Asked:   b.Exemption.Asked,
			Answer:  b.Exemption.Answer,
			Percent: b.Exemption.Percent,
		},
		CreatedAt:  wire.Tokyo(b.CreatedAt),
		ModifiedAt: wire.Tokyo(b.ModifiedAt),
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
		Booking: bookingWhole(&d.Booking),
		Ahead:   d.Ahead,
		Behind:  d.Behind,
		Clashes: make([]api.BookedRoom, len(d.Clashes)),
		Notes:   make([]api.BookingNote, len(d.Notes)),
		History: bookingChanges(d.History),
	}
	for i, r := range d.Clashes {
		out.Clashes[i] = wire.BookedRoom(r)
	}
	for i, n := range d.Notes {
		out.Notes[i] = api.BookingNote{ID: n.ID, At: wire.Tokyo(n.At), By: wire.OrganizationRef(n.By), Body: n.Body}
	}
	return out
}

func bookingChanges(all []booking.Change) []api.BookingChange {
	out := make([]api.BookingChange, len(all))
	for i, c := range all {
		out[i] = api.BookingChange{
			ID:        c.ID,
			BookingID: c.BookingID,
			At:        wire.Tokyo(c.At),
			Kind:      c.Kind,
			Status:    api.BookingStatus(c.Status),
		}
		if c.By != nil {
			by := wire.OrganizationRef(*c.By)
			out[i].By = &by
		}
	}
	return out
}

func bookingSeries(s *booking.Series) api.BookingSeries {
	return api.BookingSeries{
		ID:         s.ID,
		Lender:     wire.OrganizationRef(s.Lender),
		Borrower:   wire.OrganizationRef(s.Borrower),
		Rule:       s.Rule,
		StartsTime: s.Starts.String(),
		EndsTime:   s.Ends.String(),
		FirstDay: types.Date{
			Time: s.First.Start(),
		},
		LastDay:   types.Date{Time: s.Last.Start()},
		Title:     s.Title,
		CreatedAt: wire.Tokyo(s.CreatedAt),
		Bookings:  bookings(s.Bookings),
	}
}

func bookingPath(slug string, id uuid.UUID) string {
	return contract.Base + "/organizations/" + slug + "/bookings/" + id.String()
}
