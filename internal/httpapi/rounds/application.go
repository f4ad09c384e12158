package rounds

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

func wishes(in []api.WishInput) []round.Wish {
	all := make([]round.Wish, len(in))
	for i, w := range in {
		all[i] = round.Wish{RoomID: w.RoomID, StartsAt: w.StartsAt, EndsAt: w.EndsAt}
	}
	return all
}

func application(l *i18n.Localizer, a *round.Application) api.Application {
	out := api.Application{
		ID:          a.ID,
		RoundID:     a.RoundID,
		Number:      a.Number,
		Title:       a.Title,
		People:      a.People,
		Wishes:      make([]api.Wish, len(a.Wishes)),
		BookingID:   a.BookingID,
		AcceptUntil: wire.Local(a.AnswerUntil),
	}
	for i, w := range a.Wishes {
		out.Wishes[i] = api.Wish{
			RoomID:   w.RoomID,
			StartsAt: wire.Tokyo(w.StartsAt),
			EndsAt:   wire.Tokyo(w.EndsAt),
			Dropped:  w.Dropped,
		}
		switch w.Dropped {
		case "":
		case round.WishStruck:
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

func applicationPath(slug string, id uuid.UUID) string {
	return contract.Base + "/organizations/" + slug + "/applications/" + id.String()
}
