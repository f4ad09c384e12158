package venue

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func TestWindows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		term          Term
		starts        time.Time
		opens, closes time.Time
	}{
		"three months before": {Term{OpensMonths: 3, OpensTime: at("9:00"), ClosesDays: 7},
			day("2026-05-31").At(13, 0), day("2026-02-28").At(9, 0), day("2026-05-25").Start()},
		"first of the month": {Term{OpensMonths: 1, MonthStart: true, OpensTime: at("10:00"), ClosesDays: 1},
			day("2026-05-31").At(13, 0), day("2026-04-01").At(10, 0), day("2026-05-31").Start()},
		"ten days before": {Term{OpensDays: 10}, day("2026-03-05").At(13, 0), day("2026-02-23").Start(),
			day("2026-03-05").At(13, 0)},
		"over the new year": {Term{OpensMonths: 3}, day("2027-01-15").At(9, 0), day("2026-10-15").Start(),
			day("2027-01-15").At(9, 0)},
	} {
		if opens, closes := c.term.Window(c.starts); !opens.Equal(c.opens) || !closes.Equal(c.closes) {
			t.Errorf("%s: %s to %s, want %s to %s", name, opens, closes, c.opens, c.closes)
		}
	}
}

func TestTermCheck(t *testing.T) {
	t.Parallel()
	term := Term{
		Who:         Partners,
		OpensMonths: 1,
		OpensTime:   at("9:00"),
		ClosesDays:  3,
		MonthCap:    2,
		CancelDays:  7,
		HoldDays:    5,
	}
	starts := day("2026-06-20").At(13, 0)
	for name, c := range map[string]struct {
		now   time.Time
		taken int
		want  []string
	}{
		"a second before it opens":      {day("2026-05-20").At(8, 59), 0, []string{BookingEarly}},
		"when it opens":                 {day("2026-05-20").At(9, 0), 0, nil},
		"one of two":                    {day("2026-05-20").At(9, 0), 1, nil},
		"both":                          {day("2026-05-20").At(9, 0), 2, []string{BookingCapped}},
		"the last day's last minute":    {day("2026-06-17").At(23, 59), 0, nil},
		"the day after":                 {day("2026-06-18").Start(), 0, []string{BookingLate}},
		"when the use starts":           {starts, 0, []string{BookingPast}},
		"in the past, and over the cap": {starts.AddDate(1, 0, 0), 9, []string{BookingPast}},
	} {
		if got := codes(term.Check(c.now, starts, c.taken)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := term.CancelUntil(starts); !got.Equal(day("2026-06-14").Start()) {
		t.Errorf("cancel until %s", got)
	}
	if until, ok := term.HoldUntil(
		day("2026-05-21").At(10, 0),
		starts,
	); !ok ||
		!until.Equal(day("2026-05-27").Start()) {
		t.Errorf("hold until %s, %v", until, ok)
	}
	if until, ok := term.HoldUntil(
		day("2026-06-16").At(10, 0),
		starts,
	); !ok ||
		!until.Equal(day("2026-06-18").Start()) {
		t.Errorf("a hold outlives the window: %s, %v", until, ok)
	}
	if _, ok := (Term{}).HoldUntil(starts, starts); ok {
		t.Error("a term without holds gives one")
	}
}

// Whenever one may book, it lies in the window; a longer window never takes a moment away.
func TestWindowsGrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		term := Term{
			OpensMonths: rapid.IntRange(
				0,
				12,
			).Draw(
				t,
				"months",
			),
			OpensDays:  rapid.IntRange(1, 40).Draw(t, "days"),
			MonthStart: rapid.Bool().Draw(t, "start"),
			ClosesDays: rapid.IntRange(0, 20).Draw(t, "closes"),
		}
		starts := day(
			"2026-01-01",
		).AddDays(
			rapid.IntRange(0, 800).Draw(t, "day"),
		).At(
			rapid.IntRange(0, 23).Draw(t, "hour"),
			0,
		)
		now := starts.Add(-time.Duration(rapid.IntRange(-48, 24*500).Draw(t, "before")) * time.Hour)
		opens, closes := term.Window(starts)
		free := len(term.Check(now, starts, 0)) == 0
		if free != (!now.Before(opens) && now.Before(closes) && now.Before(starts)) {
			t.Fatalf("%s for %s by %+v: %v", now, starts, term, free)
		}
		longer := term
		longer.OpensMonths++
		longer.ClosesDays = max(0, term.ClosesDays-1)
		if free && len(longer.Check(now, starts, 0)) > 0 {
			t.Fatalf("a longer window refuses %s for %s", now, starts)
		}
	})
}

func TestWhoIs(t *testing.T) {
	t.Parallel()
	owner, partner, stranger := uuid.New(), uuid.New(), uuid.New()
	agreed := []organization.Partnership{
		{Slug: "ux", Members: []organization.Ref{{ID: owner}, {ID: partner}}},
		{Slug: "other", Members: []organization.Ref{{ID: stranger}}},
	}
	room := Room{
		Organization: organization.Ref{ID: owner},
		RoomInput:    RoomInput{OpenTo: OpenToPartners, Partnerships: []string{"ux"}},
	}
	for _, c := range []struct {
		asker  uuid.UUID
		openTo OpenTo
		who    Who
		ok     bool
	}{
		{owner, OpenToOwn, Own, true}, {partner, OpenToOwn, "", false}, {partner, OpenToPartners, Partners, true},
		{stranger, OpenToPartners, Others, false},
		{stranger, OpenToEveryone, Others, true}, {partner, OpenToEveryone, Partners, true},
	} {
		room.OpenTo = c.openTo
		if who, ok := WhoIs(room, c.asker, agreed); ok != c.ok || ok && who != c.who {
			t.Errorf("%s: %s, %v, want %s, %v", c.openTo, who, ok, c.who, c.ok)
		}
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	hourly := 501
	fees := []Fee{
		{
			Payer: "general",
			Blocks: []BlockFee{
				{"morning", 1200},
				{"noon", 400},
				{"afternoon", 1600},
				{"evening", 1800},
				{"full_day", 4200},
			},
		},
		{
			Payer:  "group",
			Blocks: []BlockFee{{"morning", 0}, {"afternoon", 0}, {"evening", 500}},
		},
		{Payer: "hour", Hourly: &hourly},
	}
	for _, c := range []struct {
		payer string
		h     Hours
		yen   int
		ok    bool
	}{
		{"general", hours("9:00", "12:00"), 1200, true}, {"general", hours("9:00", "17:00"), 3200, true},
		{"general", hours("9:00", "21:30"), 4200, true},
		// no price for the extension
		{"general", hours("9:00", "11:00"), 0, false}, {"group", hours("9:00", "12:00"), 0, true},
		{"group", hours("9:00", "17:00"), 0, false},
		{"hour", hours("9:00", "10:30"), 752, true}, {"nobody", hours("9:00", "12:00"), 0, false},
	} {
		if yen, ok := Price(blocks(), fees, c.payer, c.h); yen != c.yen || ok != c.ok {
			t.Errorf("%s %v: %d yen, %v, want %d, %v", c.payer, c.h, yen, ok, c.yen, c.ok)
		}
	}
	if got := (Exemption{Percent: 50}).Apply(1201); got != 600 {
		t.Errorf("half of 1201 is %d", got)
	}
	if got := (Exemption{Percent: 100}).Apply(1201); got != 0 {
		t.Errorf("nothing of 1201 is %d", got)
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mine, theirs Noise
		want         NoiseRule
	}{{Loud, Quiet, Forbid}, {Quiet, Loud, Forbid}, {Loud, Loud, ""}, {Loud, Normal, ""}, {Quiet, Quiet, ""},
		{Normal, Quiet, ""}} {
		if got := Clash(Forbid, c.mine, c.theirs); got != c.want {
			t.Errorf("%s beside %s: %q, want %q", c.mine, c.theirs, got, c.want)
		}
	}
	if Normal.Bears(Loud) || Quiet.Bears(Loud) || !Loud.Bears(Quiet) || !Quiet.Bears(Normal) {
		t.Error("a room bears what it should not, or refuses what it bears")
	}
}
