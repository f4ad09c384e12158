package event

import (
	"reflect"
	"testing"
	"time"
)

func TestCheckOccurrence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*OccurrenceInput)
		want   map[string]string
	}{
		{"as it may be", func(*OccurrenceInput) {}, nil},
		{"ends as it starts", func(o *OccurrenceInput) { o.EndsAt = o.StartsAt },
			map[string]string{"ends_at": "times_out_of_order"}},
		{"a moment long", func(o *OccurrenceInput) { o.EndsAt = o.StartsAt.Add(1) }, nil},
		{"31 days", func(o *OccurrenceInput) { o.EndsAt = o.StartsAt.Add(longest) }, nil},
		{"longer than 31 days", func(o *OccurrenceInput) { o.EndsAt = o.StartsAt.Add(longest + 1) },
			map[string]string{"ends_at": "too_long_span"}},
		{"the earliest", func(o *OccurrenceInput) { o.StartsAt, o.EndsAt = earliest, earliest.Add(1) }, nil},
		{"before the earliest", func(o *OccurrenceInput) { o.StartsAt, o.EndsAt = earliest.Add(-1), earliest.Add(1) },
			map[string]string{"starts_at": "year_out_of_range"}},
		{"the latest", func(o *OccurrenceInput) { o.StartsAt, o.EndsAt = latest.Add(-1), latest }, nil},
		{"after the latest", func(o *OccurrenceInput) { o.StartsAt, o.EndsAt = latest.Add(-1), latest.Add(1) },
			map[string]string{"starts_at": "year_out_of_range"}},
		{"doors at the start", func(o *OccurrenceInput) { o.DoorsAt = at(o.StartsAt, 0) }, nil},
		{"doors after the start", func(o *OccurrenceInput) { o.DoorsAt = at(o.StartsAt, 1) },
			map[string]string{"doors_at": "times_out_of_order"}},
		{"doors less than a day before", func(o *OccurrenceInput) { o.DoorsAt = at(o.StartsAt, -24*time.Hour+1) }, nil},
		{"doors a day before", func(o *OccurrenceInput) { o.DoorsAt = at(o.StartsAt, -24*time.Hour) },
			map[string]string{"doors_at": "times_out_of_order"}},
	} {
		o := OccurrenceInput{StartsAt: morning, EndsAt: midday}
		c.change(&o)
		if got := broken(checkOccurrences("", o)); !reflect.DeepEqual(got, orEmpty(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func TestCheckPart(t *testing.T) {
	t.Parallel()
	seats := PartInput{Reservation: Seat, Quotas: []QuotaInput{{Channel: ChannelInPerson, Capacity: 1}}}
	drawn := seats
	drawn.Reservation, drawn.ClosesAt = Lottery, at(morning, -time.Hour)
	for _, c := range []struct {
		name  string
		part  PartInput
		field string
		code  string
		set   func(*PartInput)
	}{
		{"as it may be", seats, "", "", func(*PartInput) {}},
		{"all of the date", seats, "", "", func(p *PartInput) { p.StartsAt, p.EndsAt = &morning, &midday }},
		{"ends as it starts", seats, "ends_at", "times_out_of_order", func(p *PartInput) { p.EndsAt = &morning }},
		{"a moment long", seats, "", "", func(p *PartInput) { p.EndsAt = at(morning, 1) }},
		{
			"begins before the date",
			seats,
			"starts_at",
			"outside_occurrence",
			func(p *PartInput) { p.StartsAt = at(morning, -1) },
		},
		{
			"ends after the date",
			seats,
			"starts_at",
			"outside_occurrence",
			func(p *PartInput) { p.EndsAt = at(midday, 1) },
		},
		{"closes at the end", seats, "", "", func(p *PartInput) { p.ClosesAt = &midday }},
		{
			"closes after the end",
			seats,
			"closes_at",
			"times_out_of_order",
			func(p *PartInput) { p.ClosesAt = at(midday, 1) },
		},
		{"opens just before it closes", seats, "", "", func(p *PartInput) { p.OpensAt = at(morning, -1) }},
		{"opens as it closes", seats, "opens_at", "times_out_of_order", func(p *PartInput) { p.OpensAt = &morning }},
		{"opens as it closes, both set", seats, "opens_at", "times_out_of_order",
			func(p *PartInput) { p.OpensAt, p.ClosesAt = at(morning, -5), at(morning, -5) }},
		{"opens after it closes", seats, "opens_at", "times_out_of_order",
			func(p *PartInput) { p.OpensAt, p.ClosesAt = at(morning, -4), at(morning, -5) }},
		{"the line ends with the part", seats, "", "", func(p *PartInput) { p.WaitingUntil = &midday }},
		{
			"the line ends later",
			seats,
			"waiting_until",
			"times_out_of_order",
			func(p *PartInput) { p.WaitingUntil = at(midday, 1) },
		},
		{"seats without a quota", seats, "quotas", "required", func(p *PartInput) { p.Quotas = nil }},
		{"slots without a quota", seats, "", "", func(p *PartInput) { p.Reservation, p.Quotas = Slot, nil }},
		{"draws without a lottery", seats, "draws_at", "only_for_lottery", func(p *PartInput) { p.DrawsAt = &morning }},
		{"a lottery as it may be", drawn, "", "", func(*PartInput) {}},
		{"a lottery without a quota", drawn, "quotas", "required", func(p *PartInput) { p.Quotas = nil }},
		{"a lottery without an end", drawn, "closes_at", "required", func(p *PartInput) { p.ClosesAt = nil }},
		{"a lottery open until the start", drawn, "", "", func(p *PartInput) { p.ClosesAt = &morning }},
		{
			"a lottery open after the start",
			drawn,
			"closes_at",
			"times_out_of_order",
			func(p *PartInput) { p.ClosesAt = at(morning, 1) },
		},
		{"drawn as it closes", drawn, "", "", func(p *PartInput) { p.DrawsAt = p.ClosesAt }},
		{
			"drawn before it closes",
			drawn,
			"draws_at",
			"times_out_of_order",
			func(p *PartInput) { p.DrawsAt = at(*p.ClosesAt, -1) },
		},
		{"drawn at the start", drawn, "", "", func(p *PartInput) { p.DrawsAt = &morning }},
		{
			"drawn after the start",
			drawn,
			"draws_at",
			"times_out_of_order",
			func(p *PartInput) { p.DrawsAt = at(morning, 1) },
		},
	} {
		c.set(&c.part)
		want := map[string]string{}
		if c.field != "" {
			want["parts.0."+c.field] = c.code
		}
		got := broken(
			checkOccurrences("", OccurrenceInput{StartsAt: morning, EndsAt: midday, Parts: []PartInput{c.part}}),
		)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
}

func TestSizeOfAnEvent(t *testing.T) {
	t.Parallel()
	dates := func(n, parts, quotas int) []OccurrenceInput {
		all := make([]OccurrenceInput, n)
		for i := range all {
			all[i] = OccurrenceInput{StartsAt: morning, EndsAt: midday, Parts: make([]PartInput, parts)}
			for p := range all[i].Parts {
				all[i].Parts[p].Quotas = make([]QuotaInput, quotas)
			}
		}
		return all
	}
	for _, c := range []struct {
		name  string
		dates []OccurrenceInput
		fits  bool
	}{
		{"dates without parts have one each", dates(MaxParts, 0, 0), true},
		{"one more", dates(MaxParts+1, 0, 0), false},
		{"as many parts", dates(MaxParts/10, 10, 0), true},
		{"ten more", dates(MaxParts/10+1, 10, 0), false},
		{"as many quotas", dates(MaxQuotas/20, 1, 20), true},
		{"twenty more", dates(MaxQuotas/20+1, 1, 20), false},
	} {
		if err := checkOccurrences("occurrences", c.dates...); (err == nil) != c.fits {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
