package httpapi

import (
	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

func (f *face) round(l *i18n.Localizer, r *booking.Round) api.Round {
	out := api.Round{
		ID: r.ID, Organization: organizationRef(r.Lender), Name: r.Name, Note: r.Note, Rooms: make([]api.BookedRoom, len(r.Rooms)), FirstDay: types.Date{Time: r.FirstDay.Start()},
		LastDay: types.Date{Time: r.LastDay.Start()}, OpensAt: tokyo(r.OpensAt), ClosesAt: tokyo(r.ClosesAt), DrawsAt: tokyo(r.DrawsAt), AcceptUntil: tokyo(r.AcceptUntil),
		ApplicationsMax: r.ApplicationsMax, WishesMax: r.WishesMax, State: api.RoundState(r.State), Rules: r.Sentences(l), Commitment: r.Commitment.String(), FixedAt: local(r.FixedAt),
		ListDigest: orNull(r.Digest), DrawnAt: local(r.DrawnAt), Seed: orNull(r.Seed), URL: f.BaseURL + "/rounds/" + r.ID.String(),
	}
	for i, room := range r.Rooms {
		out.Rooms[i] = bookedRoom(room)
	}
	return out
}

func (f *face) rounds(l *i18n.Localizer, all []booking.Round) []api.Round {
	out := make([]api.Round, len(all))
	for i := range all {
		out[i] = f.round(l, &all[i])
	}
	return out
}

func roundDraw(r *booking.Round) (api.RoundDraw, error) {
	entries, err := r.Entries()
	if err != nil {
		return api.RoundDraw{}, err
	}
	out := api.RoundDraw{
		RoundID: r.ID, State: api.RoundState(r.State), Commitment: r.Commitment.String(), FixedAt: local(r.FixedAt), ListDigest: orNull(r.Digest), List: orNull(r.List),
		Entries: make([]api.RoundEntry, len(entries)), DrawnAt: local(r.DrawnAt), Seed: orNull(r.Seed),
	}
	for i, e := range entries {
		entry := api.RoundEntry{Number: e.Number, Choices: e.Choices, Struck: append([]string{}, e.Struck...), Pool: orNull(e.Pool)}
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

func application(l *i18n.Localizer, a *booking.Application) api.Application {
	out := api.Application{ID: a.ID, RoundID: a.RoundID, Number: a.Number, Title: a.Title, People: a.People, Wishes: make([]api.Wish, len(a.Wishes)), BookingID: a.BookingID, AcceptUntil: local(a.AnswerUntil)}
	for i, w := range a.Wishes {
		out.Wishes[i] = api.Wish{RoomID: w.RoomID, StartsAt: tokyo(w.StartsAt), EndsAt: tokyo(w.EndsAt), Dropped: w.Dropped}
		switch w.Dropped {
		case "":
		case booking.WishStruck:
			out.Wishes[i].Detail = l.T("round.struck", nil)
		default:
			out.Wishes[i].Detail = l.Problem(w.Dropped, nil)
		}
	}
	if a.Outcome != "" {
		outcome := api.ApplicationOutcome(a.Outcome)
		out.Outcome = &outcome
	}
	if a.Status != "" {
		status := api.BookingStatus(a.Status)
		out.Status = &status
	}
	return out
}
