package rounds

import (
	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

func (h *Handlers) round(l *i18n.Localizer, r *round.Round) api.Round {
	out := api.Round{
		ID:           r.ID,
		Organization: wire.OrganizationRef(r.Lender),
		Name:         r.Name,
		Note:         r.Note,
		Rooms:        make([]api.BookedRoom, len(r.Rooms)),
		FirstDay:     types.Date{Time: r.FirstDay.Start()},
		LastDay: types.Date{
			Time: r.LastDay.Start(),
		},
		OpensAt:         wire.Tokyo(r.OpensAt),
		ClosesAt:        wire.Tokyo(r.ClosesAt),
		DrawsAt:         wire.Tokyo(r.DrawsAt),
		AcceptUntil:     wire.Tokyo(r.AcceptUntil),
		ApplicationsMax: r.ApplicationsMax,
		WishesMax:       r.WishesMax,
		State:           api.RoundState(r.State),
		Rules:           r.Sentences(l),
		Commitment:      r.Commitment.String(),
		FixedAt:         wire.Local(r.FixedAt),
		ListDigest:      wire.OrNull(r.Digest),
		DrawnAt:         wire.Local(r.DrawnAt),
		Seed:            wire.OrNull(r.Seed),
		URL:             h.BaseURL + "/rounds/" + r.ID.String(),
	}
	for i, room := range r.Rooms {
		out.Rooms[i] = wire.BookedRoom(room)
	}
	return out
}

func (h *Handlers) rounds(l *i18n.Localizer, all []round.Round) []api.Round {
	out := make([]api.Round, len(all))
	for i := range all {
		out[i] = h.round(l, &all[i])
	}
	return out
}

func roundDraw(r *round.Round) (api.RoundDraw, error) {
	entries, err := r.Entries()
	if err != nil {
		return api.RoundDraw{}, err
	}
	out := api.RoundDraw{
		RoundID:    r.ID,
		State:      api.RoundState(r.State),
		Commitment: r.Commitment.String(),
		FixedAt:    wire.Local(r.FixedAt),
		ListDigest: wire.OrNull(r.Digest),
		List:       wire.OrNull(r.List),
		Entries:    make([]api.RoundEntry, len(entries)),
		DrawnAt:    wire.Local(r.DrawnAt),
		Seed:       wire.OrNull(r.Seed),
	}
	for i, e := range entries {
		entry := api.RoundEntry{
			Number:  e.Number,
			Choices: e.Choices,
			Struck:  append([]string{}, e.Struck...),
			Pool:    wire.OrNull(e.Pool),
		}
		outcome := api.RoundEntryOutcomeNotDrawn
		switch {
		case e.Withdrawn:
			outcome = api.RoundEntryOutcomeWithdrawn
		case e.Pool != "":
			outcome = api.RoundEntryOutcomeDrawn
		}
		if r.Seed != "" || e.Withdrawn {
			entry.Outcome = &outcome
		}
		out.Entries[i] = entry
	}
	return out, nil
}
