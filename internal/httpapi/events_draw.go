package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetDraw publishes the draw of a part so that anybody can draw again.
func (f *face) GetDraw(ctx context.Context, request api.GetDrawRequestObject) (api.GetDrawResponseObject, error) {
	d, err := f.Tickets.Draw(ctx, request.EventID, request.PartID)
	if err != nil {
		return nil, err
	}
	out := api.GetDraw200JSONResponse{
		EventID: d.EventID, PartID: d.PartID, State: api.DrawState(d.State), Postponed: d.PutOff, OpensAt: local(d.OpensAt), ClosesAt: tokyo(d.ClosesAt),
		DrawsAt: tokyo(d.DrawsAt), Commitment: d.Commitment.String(), FixedAt: local(d.FixedAt), Entries: []api.DrawEntry{}, Erased: d.Erased,
		DrawnAt: local(d.DrawnAt), List: orNull(d.List), Seed: orNull(d.Seed),
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

// orNull is nil for "".
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
