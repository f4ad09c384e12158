package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// GetDraw publishes the draw of a part so that anybody can draw again.
func (h *Handlers) GetDraw(ctx context.Context, request api.GetDrawRequestObject) (api.GetDrawResponseObject, error) {
	d, err := h.Tickets.Draw(ctx, request.EventID, request.PartID)
	if err != nil {
		return nil, err
	}
	out := api.GetDraw200JSONResponse{
		EventID:    d.EventID,
		PartID:     d.PartID,
		State:      api.DrawState(d.State),
		Postponed:  d.PutOff,
		OpensAt:    wire.Local(d.OpensAt),
		ClosesAt:   wire.Tokyo(d.ClosesAt),
		DrawsAt:    wire.Tokyo(d.DrawsAt),
		Commitment: d.Commitment.String(),
		FixedAt:    wire.Local(d.FixedAt),
		Entries:    []api.DrawEntry{},
		Erased:     d.Erased,
		DrawnAt:    wire.Local(d.DrawnAt),
		List:       wire.OrNull(d.List),
		Seed:       wire.OrNull(d.Seed),
	}
	if d.Digest != nil {
		digest := d.Digest.String()
		out.ListDigest = &digest
	}
	for _, e := range d.Entries {
		entry := api.DrawEntry{Number: e.Number, Seats: e.Seats, QuotaID: e.QuotaID}
		if e.Outcome != "" {
			outcome := api.DrawEntryOutcome(e.Outcome)
			entry.Outcome = &outcome
		}
		out.Entries = append(out.Entries, entry)
	}
	return out, nil
}
