package board

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

var testSunday = clock.NewDate(2026, 12, 20)

// gridRoom is a room for 20 that everyone may have from 9:00 to 21:30 by half hours, every day.
func gridRoom() *Facts {
	f := &Facts{}
	f.Room.ID, f.Room.Organization.ID = uuid.New(), uuid.New()
	f.Room.Status, f.Room.Facility.Status = venue.Open, venue.Open
	f.Room.OpenTo, f.Room.Capacity, f.Room.Noise = venue.OpenToEveryone, 20, venue.Normal
	f.Room.Terms = []venue.Term{{Who: venue.Own, Payer: "own"}, {Who: venue.Others, OpensMonths: 2, Payer: "general"}}
	f.Rules.Uses = venue.Uses{Mode: venue.ByGrid, Grid: 30}
	f.Rules.Facility = venue.Calendar{Seasons: []venue.Season{
		{Week: venue.EveryDay(venue.Hours{From: 9 * 60, To: 21*60 + 30})},
	}}
	return f
}

// blockRoom is gridRoom by blocks: morning, afternoon, evening, an extension and the whole day.
func blockRoom() *Facts {
	f := gridRoom()
	hours := func(from, to venue.TimeOfDay) venue.Hours { return venue.Hours{From: from * 60, To: to * 60} }
	f.Rules.Uses = venue.Uses{Mode: venue.ByBlocks, Blocks: []venue.Block{
		{Key: "am", Name: "午前", Kind: venue.PlainBlock, Hours: hours(9, 12)},
		{Key: "noon", Name: "正午", Kind: venue.Extension, Hours: hours(12, 13)},
		{Key: "pm", Name: "午後", Kind: venue.PlainBlock, Hours: hours(13, 17)},
		{Key: "night", Name: "夜間", Kind: venue.PlainBlock, Hours: hours(17, 21)},
		{Key: "all", Name: "全日", Kind: venue.WholeDay, Hours: hours(9, 21)},
	}}
	return f
}

func TestFactsAreUnsureOnceTheyAreKeptTooLong(t *testing.T) {
	t.Parallel()
	loaded := minuteOf(9, 0)
	for name, tt := range map[string]struct {
		cached bool
		age    time.Duration
		want   bool
	}{
		"read anew, however long ago": {false, time.Hour, false},
		"kept for as long as is sure": {true, factsSure, false},
		"kept a moment longer":        {true, factsSure + 1, true},
	} {
		f := &Facts{cached: tt.cached, loadedAt: loaded}
		if got := f.Unsure(loaded.Add(tt.age)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFactsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	loaded := minuteOf(9, 0)
	key := factsKey{uuid.New(), uuid.New()}
	f := &Facts{loadedAt: loaded}
	known := &knownFacts{}
	known.put(key, f, 1)
	if known.get(key, loaded) != nil {
		t.Error("facts that began to be read before all was forgotten were kept")
	}
	known.put(key, f, 0)
	for name, tt := range map[string]struct {
		after time.Duration
		want  *Facts
	}{
		"at once":                {0, f},
		"as long as they last":   {factsAge, f},
		"a moment longer":        {factsAge + 1, nil},
		"by a clock turned back": {-1, nil},
	} {
		if got := known.get(key, loaded.Add(tt.after)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for range factsMost - 1 {
		known.put(factsKey{uuid.New(), uuid.New()}, &Facts{loadedAt: loaded}, 0)
	}
	if known.get(key, loaded) != f {
		t.Error("facts were forgotten before there were too many")
	}
	known.put(factsKey{uuid.New(), uuid.New()}, &Facts{loadedAt: loaded}, 0)
	if known.get(key, loaded) != nil || len(known.all) != 1 {
		t.Errorf("%d facts are kept", len(known.all))
	}
}

func TestRoomsOfATownShareTheirHolidays(t *testing.T) {
	t.Parallel()
	town := uuid.New()
	known := &knownFacts{}
	put := func(name string) *Facts {
		f := &Facts{}
		f.Room.Organization.ID = town
		f.Rules.Holidays = venue.Holidays{testSunday: name}
		known.put(factsKey{uuid.New(), uuid.New()}, f, 0)
		return f
	}
	first, same, moved := put("祝日"), put("祝日"), put("振替休日")
	first.Rules.Holidays[testSunday.AddDays(1)] = "あす"
	if len(same.Rules.Holidays) != 2 {
		t.Error("the same holidays are kept twice")
	}
	if len(moved.Rules.Holidays) != 1 || moved.Rules.Holidays[testSunday] != "振替休日" {
		t.Errorf("holidays that changed: %v", moved.Rules.Holidays)
	}
}

func TestRefusalsSayWhetherTheTextOrTheTimesAreWrong(t *testing.T) {
	t.Parallel()
	if err := Refuse(nil); err != nil {
		t.Errorf("no problem: %v", err)
	}
	for code, want := range map[string]fault.Kind{
		venue.SpanEmpty:     fault.KindInvalid,
		venue.SpanMidnight:  fault.KindInvalid,
		venue.SpanSeconds:   fault.KindInvalid,
		venue.SpanYears:     fault.KindInvalid,
		venue.NotABlock:     fault.KindInvalid,
		venue.OffGrid:       fault.KindInvalid,
		venue.TooShort:      fault.KindInvalid,
		venue.TooLong:       fault.KindInvalid,
		venue.TooMany:       fault.KindInvalid,
		venue.BookingPast:   fault.KindInvalid,
		venue.NotOpen:       fault.KindConflict,
		venue.ClosedOnce:    fault.KindConflict,
		venue.OutsideHours:  fault.KindConflict,
		venue.BookingEarly:  fault.KindConflict,
		venue.BookingLate:   fault.KindConflict,
		venue.BookingCapped: fault.KindConflict,
	} {
		err := Refuse([]venue.Problem{{Code: code}, {Code: "another"}})
		if fault.CodeOf(err) != code || fault.KindOf(err) != want {
			t.Errorf("%s: %v of kind %v", code, err, fault.KindOf(err))
		}
	}
	opens := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	refused, _ := fault.As(Refuse([]venue.Problem{
		{Code: venue.BookingEarly, Params: map[string]any{"opens_at": opens, "minutes": 30}},
	}))
	at, _ := refused.Params["opens_at"].(time.Time)
	if !at.Equal(opens) || at.Location() != clock.Tokyo || refused.Params["minutes"] != 30 {
		t.Errorf("params: %v", refused.Params)
	}
}

func TestCheckJudgesAUseByTheRoom(t *testing.T) {
	t.Parallel()
	draft := func(f *Facts) { f.Room.Status = venue.Draft }
	shut := func(f *Facts) { f.Room.Facility.Status = venue.Draft }
	quiet := func(f *Facts) { f.Room.Noise = venue.Quiet }
	loud := func(f *Facts) { f.Room.Noise = venue.Loud }
	for name, tt := range map[string]struct {
		change func(*Facts)
		use    Use
		want   string
	}{
		"as it should be":        {nil, Use{Noise: venue.Normal}, ""},
		"a draft":                {draft, Use{}, venue.NotOpen},
		"of a facility not open": {shut, Use{}, venue.NotOpen},
		"as many as fit":         {nil, Use{People: new(20)}, ""},
		"one more than fits":     {nil, Use{People: new(21)}, venue.TooMany},
		"before it opens":        {nil, Use{StartsAt: minuteOf(8, 30), EndsAt: minuteOf(10, 0)}, venue.OutsideHours},
		"until it closes":        {nil, Use{StartsAt: minuteOf(20, 0), EndsAt: minuteOf(21, 30)}, ""},
		"loud":                   {nil, Use{Noise: venue.Loud}, "booking_noise_forbidden"},
		"loud in a quiet one":    {quiet, Use{Noise: venue.Loud}, "booking_noise_forbidden"},
		"loud in a loud one":     {loud, Use{Noise: venue.Loud}, ""},
		"quiet in a quiet one":   {quiet, Use{Noise: venue.Quiet}, ""},
		"hours before heads": {
			nil,
			Use{StartsAt: minuteOf(8, 0), EndsAt: minuteOf(9, 0), People: new(99)},
			venue.OutsideHours,
		},
		"heads before noise":       {nil, Use{People: new(99), Noise: venue.Loud}, venue.TooMany},
		"not open before anything": {draft, Use{People: new(99), Noise: venue.Loud}, venue.NotOpen},
	} {
		f := gridRoom()
		if tt.change != nil {
			tt.change(f)
		}
		if tt.use.StartsAt.IsZero() {
			tt.use.StartsAt, tt.use.EndsAt = minuteOf(10, 0), minuteOf(12, 0)
		}
		if err := f.Check(tt.use); err == nil && tt.want != "" || err != nil && fault.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	crowd := Use{StartsAt: minuteOf(10, 0), EndsAt: minuteOf(12, 0), People: new(21)}
	if e, _ := fault.As(gridRoom().Check(crowd)); e == nil || e.Params["capacity"] != 20 {
		t.Errorf("too many: %+v", e)
	}
}

func TestTermOf(t *testing.T) {
	t.Parallel()
	view, stranger := &organization.View{}, uuid.New()
	use := Use{StartsAt: minuteOf(10, 0), EndsAt: minuteOf(12, 0)}
	f := gridRoom()
	if term, err := f.TermOf(view, f.Room.Organization.ID, use); err != nil || term.Who != venue.Own {
		t.Errorf("its own: %+v, %v", term, err)
	}
	if term, err := f.TermOf(view, stranger, use); err != nil || term.Who != venue.Others {
		t.Errorf("another: %+v, %v", term, err)
	}
	use.People = new(21)
	if _, err := f.TermOf(view, stranger, use); fault.CodeOf(err) != venue.TooMany {
		t.Errorf("too many: %v", err)
	}
	use.People = nil
	f.Room.OpenTo = venue.OpenToPartners
	if _, err := f.TermOf(view, stranger, use); !errors.Is(err, ErrNotOpenToYou) {
		t.Errorf("no partner: %v", err)
	}
	f.Room.OpenTo, f.Room.Terms = venue.OpenToEveryone, f.Room.Terms[:1]
	if _, err := f.TermOf(view, stranger, use); !errors.Is(err, ErrNotOpenToYou) {
		t.Errorf("without a term: %v", err)
	}
}

func TestPriceIsOfTheHoursOfTheDay(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.Fees = []venue.Fee{{Payer: "general", Hourly: new(600)}}
	if yen := f.Price("general", minuteOf(9, 0), minuteOf(10, 30)); yen == nil || *yen != 900 {
		t.Errorf("an hour and a half: %v", yen)
	}
	if yen := f.Price("own", minuteOf(9, 0), minuteOf(10, 30)); yen != nil {
		t.Errorf("without a price: %d", *yen)
	}
	b := blockRoom()
	b.Room.Fees = []venue.Fee{
		{Payer: "general", Blocks: []venue.BlockFee{{Block: "am", Yen: 500}, {Block: "pm", Yen: 700}}},
	}
	if yen := b.Price("general", minuteOf(13, 0), minuteOf(17, 0)); yen == nil || *yen != 700 {
		t.Errorf("the afternoon: %v", yen)
	}
}

func TestExemption(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.Exemptions = []venue.Exemption{{Key: "school", Percent: 50}, {Key: "town", Percent: 100}}
	if e, err := f.Exemption("town"); err != nil || e.Percent != 100 {
		t.Errorf("one of them: %+v, %v", e, err)
	}
	if _, err := f.Exemption("club"); !errors.Is(err, ErrExemptionUnknown) {
		t.Errorf("another: %v", err)
	}
}

func TestCheckSpan(t *testing.T) {
	t.Parallel()
	first, last := clock.NewDate(2000, 1, 1).Start(), clock.NewDate(2100, 1, 1).Start()
	now := minuteOf(10, 0)
	for name, tt := range map[string]struct {
		now, starts, ends time.Time
		want              string // of the field, or of the whole
	}{
		"the first moment":          {first.Add(-1), first, first.Add(1), ""},
		"before it":                 {first.Add(-2), first.Add(-1), first.Add(1), "starts_at year_out_of_range"},
		"the last moment":           {now, last.Add(-2), last.Add(-1), ""},
		"ends after it":             {now, last.Add(-1), last, "ends_at year_out_of_range"},
		"starts after it":           {now, last, last.Add(1), "starts_at year_out_of_range"},
		"ends before the first":     {first.Add(-2), first, first.Add(-1), "ends_at year_out_of_range"},
		"ends as it starts":         {now, now.Add(1), now.Add(1), "ends_at times_out_of_order"},
		"ends before it starts":     {now, now.Add(2), now.Add(1), "ends_at times_out_of_order"},
		"ends after it starts":      {now, now.Add(1), now.Add(2), ""},
		"the longest":               {now, now.Add(1), now.Add(1 + MaxLength), ""},
		"longer":                    {now, now.Add(1), now.Add(2 + MaxLength), "ends_at longer_than_14_days"},
		"starts now":                {now, now, now.Add(1), venue.BookingPast},
		"started":                   {now, now.Add(-1), now.Add(1), venue.BookingPast},
		"fourteen days, as it says": {now, now.Add(time.Hour), now.Add(14*24*time.Hour + time.Hour), ""},
	} {
		err := CheckSpan(tt.now, tt.starts, tt.ends)
		if got := saysOf(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// saysOf gives the field and code that a fault blames, or the fault's own code when it blames none.
func saysOf(err error) string {
	if err == nil {
		return ""
	}
	f, ok := fault.As(err)
	switch {
	case !ok:
		return err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Code
	}
	return f.Code
}

func TestRefNamesTheRoomAndItsFacility(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.Name, f.Room.Facility.ID = "会議室", uuid.New()
	f.Room.Facility.Name, f.Room.Facility.Address, f.Room.Facility.Access = "公民館", "1番地", "駅から5分"
	want := RoomRef{f.Room.ID, f.Room.Facility.ID, "会議室", "公民館", "1番地", "駅から5分"}
	if got := f.Ref(); got != want {
		t.Errorf("%+v", got)
	}
}
