package event

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Each kind of broken rule has its own code, at the edge of what may be written.
func TestCodesOfBrokenRules(t *testing.T) {
	t.Parallel()
	tags := func(n int) (all []AudienceTag) {
		for i := range n {
			all = append(all, AudienceTags[i%len(AudienceTags)])
		}
		return all
	}
	yen := func(n int) *Fee { return &Fee{Yen: &n} }
	of := func(s string) *string { return &s }
	for _, c := range []struct {
		name   string
		change Change
		want   map[string]string
	}{
		{"nothing", Change{}, nil},
		{"200 characters", Change{Title: of(strings.Repeat("あ", 200))}, nil},
		{"201 characters", Change{Title: of(strings.Repeat("あ", 201))}, map[string]string{"title": "too_long"}},
		{"an empty title", Change{Title: of("")}, map[string]string{"title": "required"}},
		{"all tags", Change{AudienceTags: ptr(tags(9))}, nil},
		{"a tag twice", Change{AudienceTags: ptr([]AudienceTag{"women", "women"})},
			map[string]string{"audience_tags": "twice"}},
		{"ten tags", Change{AudienceTags: ptr(tags(10))}, map[string]string{"audience_tags": "too_many"}},
		{"free of charge", Change{Fee: yen(0)}, nil},
		{"less than free", Change{Fee: yen(-1)}, map[string]string{"fee.yen": "too_small"}},
		{"a million yen", Change{Fee: yen(1_000_000)}, nil},
		{"a yen more", Change{Fee: yen(1_000_001)}, map[string]string{"fee.yen": "too_big"}},
		{"no such kind", Change{Kind: ptr(Kind("x"))}, map[string]string{"kind": "unknown_value"}},
		{"no address", Change{Website: of("x")}, map[string]string{"website": "not_an_address"}},
	} {
		if got := broken(checkInput(c.change)); !reflect.DeepEqual(got, orEmpty(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestYearsOfADate(t *testing.T) {
	t.Parallel()
	first, last := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		starts, ends time.Time
		want         string
	}{
		{first, first.Add(time.Hour), ""},
		{first.Add(-1), first.Add(time.Hour), "year_out_of_range"},
		{last.Add(-time.Hour), last, ""},
		{last.Add(-time.Hour), last.Add(1), "year_out_of_range"},
	} {
		got := broken(checkOccurrences("", OccurrenceInput{StartsAt: c.starts, EndsAt: c.ends}))
		if got["starts_at"] != c.want {
			t.Errorf("%v–%v: %v, want %q", c.starts, c.ends, got, c.want)
		}
	}
	month := 31 * 24 * time.Hour
	for length, want := range map[time.Duration]string{month: "", month + 1: "too_long_span"} {
		got := broken(checkOccurrences("", OccurrenceInput{StartsAt: morning, EndsAt: morning.Add(length)}))
		if got["ends_at"] != want {
			t.Errorf("%v long: %v, want %q", length, got, want)
		}
	}
}

// The bounds are part of the contract, and some stand in the database as well.
func TestBoundsOfAnEvent(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]int{
		"parts": {MaxParts, 300}, "quotas": {MaxQuotas, 600}, "slots of a plan": {MaxPlanned, 500},
		"slots of a part": {MaxSlots, 1000}, "slots on a ticket": {DefaultSlotRule.MaxSlots, 3},
		"minutes between": {DefaultSlotRule.GapMinutes, 5},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, want %d", name, pair[0], pair[1])
		}
	}
	err := checkOccurrences("occurrences", make([]OccurrenceInput, 301)...)
	refusal, ok := fault.As(err)
	if !ok || refusal.Code != ErrSize.Code || refusal.Params["parts"] != 300 || refusal.Params["quotas"] != 600 {
		t.Errorf("301 dates: %v", err)
	}
}

func TestAnOpenPlanIsMade(t *testing.T) {
	t.Parallel()
	both := SlotSum{Bookable: 1, WalkIns: 1}
	if got := both.registration(); got != RegistrationFull {
		t.Errorf("one slot to book and one for walk-ins, none free: %s", got)
	}
	link := JoiningLink{URL: "https://example.jp/", Note: "入口", Phone: "03", OpensBefore: 5 * time.Hour}
	hours := 5
	want := &JoiningLinkInput{URL: link.URL, Note: "入口", Phone: "03", OpensHoursBefore: &hours}
	if got := (Part{JoiningLink: &link}).input().JoiningLink; !reflect.DeepEqual(got, want) {
		t.Errorf("joining link %+v, want %+v", got, want)
	}
	if got := (Part{}).input().JoiningLink; got != nil {
		t.Errorf("a part without a link is given one: %+v", got)
	}
}
