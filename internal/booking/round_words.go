package booking

import (
	"fmt"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// Sentences tells the rules of a round, from the same values that decide.
func (r *Round) Sentences(l *i18n.Localizer) []string {
	say := func(id string, params map[string]any) string { return l.T("round.rule."+id, params) }
	return []string{
		say("what", map[string]any{"first": dayWords(l, r.FirstDay.Start()), "last": dayWords(l, r.LastDay.Start())}),
		say("apply", map[string]any{"opens": momentWords(l, r.OpensAt), "closes": momentWords(l, r.ClosesAt)}),
		say("caps", map[string]any{"applications": r.ApplicationsMax, "wishes": r.WishesMax}),
		say("draw", map[string]any{"draws": momentWords(l, r.DrawsAt)}),
		say("order", nil),
		say("accept", map[string]any{"until": momentWords(l, r.AcceptUntil)}),
		say("rest", map[string]any{"until": momentWords(l, r.AcceptUntil)}),
		say("secret", nil),
	}
}

func dayWords(l *i18n.Localizer, t time.Time) string {
	t = t.In(clock.Tokyo)
	if l.Lang() == i18n.English {
		return t.Format("Monday 2 January 2006")
	}
	return fmt.Sprintf("%d年%d月%d日（%s）", t.Year(), t.Month(), t.Day(), i18n.Weekday(t.Weekday()))
}

func momentWords(l *i18n.Localizer, t time.Time) string {
	t = t.In(clock.Tokyo)
	if l.Lang() == i18n.English {
		return t.Format("15:04") + " on " + dayWords(l, t)
	}
	return fmt.Sprintf("%s%d:%02d", dayWords(l, t), t.Hour(), t.Minute())
}
