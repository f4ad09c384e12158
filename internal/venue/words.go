package venue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// The words for rules are made from the rules themselves, so that a page can't promise what the
// program does not do. l is any language.

// Words are the sentences of one heading.
type Words struct {
	Who   Who // of terms
	Title string
	Lines []string
}

// Sentences tells who may book a room and when: one heading a term, in the order own, partners,
// others. owner is the name of the room's organization.
func (r Room) Sentences(l *i18n.Localizer, owner string) []Words {
	var all []Words
	for _, who := range []Who{Own, Partners, Others} {
		t, ok := TermFor(r.Terms, who)
		if !ok || who == Others && r.OpenTo != OpenToEveryone || who == Partners && len(r.Partnerships) == 0 {
			continue
		}
		all = append(
			all,
			Words{
				Who:   who,
				Title: l.T("venue.who."+string(who), map[string]any{"owner": owner}),
				Lines: t.sentences(l, r.Fees),
			},
		)
	}
	return all
}

func (t Term) sentences(l *i18n.Localizer, fees []Fee) []string {
	lines := []string{t.opens(l)}
	switch t.ClosesDays {
	case 0:
		lines = append(lines, l.T("venue.closes.start", nil))
	case 1:
		lines = append(lines, l.T("venue.closes.eve", nil))
	default:
		lines = append(lines, l.T("venue.closes.days", map[string]any{"n": t.ClosesDays}))
	}
	if t.MonthCap > 0 {
		lines = append(lines, l.T("venue.cap", map[string]any{"n": t.MonthCap}))
	}
	lines = append(lines, l.T("venue.approval."+strconv.Itoa(t.Approvals), nil))
	if t.HoldDays > 0 {
		lines = append(lines, l.T("venue.hold", map[string]any{"n": t.HoldDays}))
	}
	switch t.CancelDays {
	case 0:
		lines = append(lines, l.T("venue.cancel.start", nil))
	case 1:
		lines = append(lines, l.T("venue.cancel.eve", nil))
	default:
		lines = append(lines, l.T("venue.cancel.days", map[string]any{"n": t.CancelDays}))
	}
	for _, f := range fees {
		if f.Payer == t.Payer && t.Payer != "" {
			lines = append(lines, l.T("venue.payer", map[string]any{"name": f.Name}))
		}
	}
	return lines
}

func (t Term) opens(l *i18n.Localizer) string {
	params := map[string]any{"months": t.OpensMonths, "days": t.OpensDays, "time": plainTime(t.OpensTime)}
	id := "venue.opens.day"
	switch {
	case t.MonthStart && t.OpensDays == 0 && t.OpensMonths > 0:
		id = "venue.opens.month_start"
	case t.MonthStart:
		id = "venue.opens.month_start_and_days"
	case t.OpensMonths > 0 && t.OpensDays > 0:
		id = "venue.opens.month_and_days"
	case t.OpensMonths > 0:
		id = "venue.opens.month"
	}
	return l.T(id, params)
}

// plainTime is 9:00.
func plainTime(t TimeOfDay) string { return strings.TrimPrefix(t.String(), "0") }

func hoursText(l *i18n.Localizer, list []Hours) string {
	var parts []string
	for _, h := range list {
		parts = append(parts, plainTime(h.From)+"〜"+plainTime(h.To))
	}
	return strings.Join(parts, l.T("venue.list_and", nil))
}

// Sentences tells the opening hours and the closed days.
func (c Calendar) Sentences(l *i18n.Localizer) []string {
	var lines []string
	for _, s := range c.Seasons {
		text := c.weekText(l, s.Week)
		if s.First != nil && s.Last != nil {
			text = l.T(
				"venue.season",
				map[string]any{"from": monthDayText(l, *s.First), "to": monthDayText(l, *s.Last), "hours": text},
			)
		}
		lines = append(lines, text)
	}
	if closed := c.closedText(l); closed != "" {
		lines = append(lines, l.T("venue.closed_days", map[string]any{"days": closed}))
	}
	if c.NextWeekday {
		lines = append(lines, l.T("venue.next_weekday", nil))
	}
	if c.Holidays == HolidaysAsSunday {
		lines = append(lines, l.T("venue.holidays_as_sunday", nil))
	}
	return lines
}

func (c Calendar) closedText(l *i18n.Localizer) string {
	var parts []string
	for _, r := range c.Closed {
		switch r.Kind {
		case ClosedWeekly:
			parts = append(
				parts,
				l.T("venue.closed_weekly", map[string]any{"day": l.T("venue.weekday."+r.Weekday, nil)}),
			)
		case ClosedNth:
			var nth []string
			for _, n := range r.Nth {
				nth = append(nth, l.T("venue.nth."+strconv.Itoa(n), nil))
			}
			parts = append(
				parts,
				l.T(
					"venue.closed_nth",
					map[string]any{
						"nth": strings.Join(nth, l.T("venue.list_and", nil)),
						"day": l.T("venue.weekday."+r.Weekday, nil),
					},
				),
			)
		case ClosedYearly:
			if r.First != nil && r.Last != nil {
				parts = append(
					parts,
					l.T(
						"venue.closed_yearly",
						map[string]any{"from": monthDayText(l, *r.First), "to": monthDayText(l, *r.Last)},
					),
				)
			}
		}
	}
	if c.Holidays == HolidaysClosed {
		parts = append(parts, l.T("venue.closed_holidays", nil))
	}
	return strings.Join(parts, l.T("venue.list_comma", nil))
}

func monthDayText(l *i18n.Localizer, m MonthDay) string {
	return l.T("venue.month_day", map[string]any{"month": int(m.Month), "day": m.Day, "name": m.Month.String()})
}

// weekText gathers days of the same hours: 月〜金 9:00〜21:30、土・日 9:00〜17:00. Days that are closed
// every week are told as closed days.
func (c Calendar) weekText(l *i18n.Localizer, w Week) string {
	order := []int{1, 2, 3, 4, 5, 6, 0}
	var parts []string
	done := map[int]bool{}
	for _, r := range c.Closed {
		if r.Kind == ClosedWeekly {
			done[int(r.weekday())] = true
		}
	}
	for i, d := range order {
		hours := w.On(weekdays[d])
		if done[d] || len(hours) == 0 {
			continue
		}
		var same []int
		for _, e := range order[i:] {
			if !done[e] && slices.Equal(w.On(weekdays[e]), hours) {
				same = append(same, e)
				done[e] = true
			}
		}
		parts = append(parts, daysText(l, same)+" "+hoursText(l, hours))
	}
	if len(parts) == 0 {
		return l.T("venue.no_hours", nil)
	}
	return strings.Join(parts, l.T("venue.list_comma", nil))
}

func daysText(l *i18n.Localizer, days []int) string {
	if len(days) == 7 {
		return l.T("venue.every_day", nil)
	}
	word := func(d int) string { return l.T("venue.weekday_short."+WeekdayNames[d], nil) }
	run := len(days) > 2
	for i := 1; i < len(days); i++ {
		run = run && (days[i]+6)%7 == (days[i-1]+6)%7+1
	}
	if run {
		return word(days[0]) + "〜" + word(days[len(days)-1])
	}
	var words []string
	for _, d := range days {
		words = append(words, word(d))
	}
	return strings.Join(words, l.T("venue.list_and", nil))
}

// Sentences tells how times are chosen.
func (u Uses) Sentences(l *i18n.Localizer) []string {
	var lines []string
	if u.Mode == ByGrid {
		lines = append(lines, l.T("venue.grid", map[string]any{"n": u.Grid}))
	}
	var blocks []string
	for _, b := range u.Blocks {
		blocks = append(blocks, b.Name+" "+hoursText(l, []Hours{b.Hours}))
	}
	if len(blocks) > 0 {
		lines = append(
			lines,
			l.T("venue.blocks", map[string]any{"blocks": strings.Join(blocks, l.T("venue.list_comma", nil))}),
		)
	}
	if u.Least > 0 {
		lines = append(lines, l.T("venue.least", map[string]any{"time": lengthText(l, u.Least)}))
	}
	if u.Most > 0 {
		lines = append(lines, l.T("venue.most", map[string]any{"time": lengthText(l, u.Most)}))
	}
	if u.Hours != nil {
		lines = append(lines, u.Hours.Sentences(l)...)
	}
	return lines
}

// BufferSentence tells what is kept free around a use; "" when nothing is.
func (in RoomInput) BufferSentence(l *i18n.Localizer) string {
	if in.SetupMinutes == 0 && in.ClearingMinutes == 0 {
		return ""
	}
	return l.T("venue.buffers", map[string]any{"before": in.SetupMinutes, "after": in.ClearingMinutes})
}

func lengthText(l *i18n.Localizer, minutes int) string {
	switch {
	case minutes%60 == 0:
		return l.T("venue.length_hours", map[string]any{"h": minutes / 60})
	case minutes < 60:
		return l.T("venue.length_minutes", map[string]any{"m": minutes})
	}
	return l.T("venue.length_both", map[string]any{"h": minutes / 60, "m": minutes % 60})
}
