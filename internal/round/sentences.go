package round

import "github.com/tonarimachi/tonarimachi/internal/i18n"

// Sentences tells the rules of a round, from the same values that decide.
func (r *Round) Sentences(l *i18n.Localizer) []string {
	say := func(id string, params map[string]any) string { return l.T("round.rule."+id, params) }
	return []string{
		say("what", map[string]any{"first": l.Day(r.FirstDay.Start()), "last": l.Day(r.LastDay.Start())}),
		say("apply", map[string]any{"opens": l.Moment(r.OpensAt), "closes": l.Moment(r.ClosesAt)}),
		say("caps", map[string]any{"applications": r.ApplicationsMax, "wishes": r.WishesMax}),
		say("draw", map[string]any{"draws": l.Moment(r.DrawsAt)}),
		say("order", nil),
		say("accept", map[string]any{"until": l.Moment(r.AcceptUntil)}),
		say("rest", map[string]any{"until": l.Moment(r.AcceptUntil)}),
		say("secret", nil),
	}
}
