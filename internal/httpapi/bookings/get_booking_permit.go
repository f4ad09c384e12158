package bookings

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/permit"
)

// GetBookingPermit prints the permit of a confirmed booking.
func (h *Handlers) GetBookingPermit(
	ctx context.Context,
	request api.GetBookingPermitRequestObject,
) (api.GetBookingPermitResponseObject, error) {
	b, err := h.Bookings.Permit(ctx, caller.Session(ctx).Organization.ID, request.BookingID)
	if err != nil {
		return nil, err
	}
	document, err := permit.Render(permitOf(&b))
	if err != nil {
		return nil, err
	}
	return api.GetBookingPermit200ApplicationPdfResponse{
		Body:          bytes.NewReader(document),
		ContentLength: int64(len(document)),
	}, nil
}

// permitOf puts a booking into the words of the paper, which is Japanese whatever the caller reads.
func permitOf(b *booking.Booking) permit.Permit {
	starts, ends := wire.Tokyo(b.StartsAt), wire.Tokyo(b.EndsAt)
	end := ends.Format("15:04")
	if ends.Equal(clock.DateOf(starts).AddDays(1).Start()) {
		end = "24:00"
	}
	p := permit.Permit{
		Number:     b.PermitNumber,
		Issued:     wire.Tokyo(b.ModifiedAt),
		Borrower:   b.Borrower.Name,
		Lender:     b.Lender.Name,
		Conditions: b.Conditions,
		Rows: []permit.Row{
			{
				Label: "施設",
				Value: b.Room.Facility,
			},
			{Label: "部屋", Value: b.Room.Name},
			{Label: "所在地", Value: b.Room.Address},
			{
				Label: "使用日時",
				Value: starts.Format("2006年1月2日") + "（" + i18n.Weekday(
					starts.Weekday(),
				) + "）" + starts.Format("15:04") + "〜" + end,
			},
			{Label: "使用目的", Value: b.Title},
		},
	}
	if b.People != nil {
		p.Rows = append(p.Rows, permit.Row{Label: "人数", Value: strconv.Itoa(*b.People) + "人"})
	}
	if b.SetupMinutes+b.ClearingMinutes > 0 {
		p.Rows = append(
			p.Rows,
			permit.Row{Label: "準備・片付け", Value: fmt.Sprintf("前%d分、後%d分", b.SetupMinutes, b.ClearingMinutes)},
		)
	}
	if due := b.DueYen(); due != nil {
		fee := i18n.Yen(*due)
		if b.Exemption.State == booking.Granted && *b.FeeYen > 0 {
			fee += fmt.Sprintf("（%sから%d%%減免）", i18n.Yen(*b.FeeYen), b.Exemption.Percent)
		}
		p.Rows = append(p.Rows, permit.Row{Label: "使用料", Value: fee})
	}
	return p
}
