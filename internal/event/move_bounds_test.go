package event

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestCheckMoveAtItsEdges(t *testing.T) {
	t.Parallel()
	now := morning.Add(time.Hour) // while the date takes place
	part, other := uuid.New(), uuid.New()
	before := OccurrenceInput{StartsAt: morning, EndsAt: midday, Parts: []PartInput{{ID: &other}, {ID: &part}}}
	inPast := func(fields ...string) map[string]string {
		want := map[string]string{}
		for _, f := range fields {
			want[f] = "in_the_past"
		}
		return want
	}
	for _, c := range []struct {
		name       string
		start, end time.Time
		part       PartInput
		want       map[string]string
	}{
		{"unchanged, though it has begun", morning, midday, PartInput{ID: &part}, inPast()},
		{"starts just before now", now.Add(-1), midday, PartInput{ID: &part}, inPast("starts_at")},
		{"starts now", now, midday, PartInput{ID: &part}, inPast()},
		{"starts just after now", now.Add(1), midday, PartInput{ID: &part}, inPast()},
		{"ends just before now", morning, now.Add(-1), PartInput{ID: &part}, inPast("ends_at")},
		{"ends now", morning, now, PartInput{ID: &part}, inPast("ends_at")},
		{"ends just after now", morning, now.Add(1), PartInput{ID: &part}, inPast()},
		{"both", now.Add(-2), now.Add(-1), PartInput{ID: &part}, inPast("starts_at", "ends_at")},
		{"a part starts just before now", morning, midday, PartInput{ID: &part, StartsAt: at(now, -1)},
			inPast("parts.0.starts_at")},
		{"a part starts now", morning, midday, PartInput{ID: &part, StartsAt: at(now, 0)}, inPast()},
		{"a part ends now", morning, midday, PartInput{ID: &part, EndsAt: at(now, 0)}, inPast("parts.0.ends_at")},
		{"a part ends just after now", morning, midday, PartInput{ID: &part, EndsAt: at(now, 1)}, inPast()},
		{"a new part", morning, midday, PartInput{StartsAt: at(now, -1), EndsAt: at(now, 0)}, inPast()},
		{"both the date and its part", now.Add(-1), midday, PartInput{ID: &part, EndsAt: at(now, 0)},
			inPast("starts_at")},
	} {
		next := OccurrenceInput{StartsAt: c.start, EndsAt: c.end, Parts: []PartInput{c.part}}
		if got := broken(checkMove(now, before, next)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}

	// What has ended already stays as it is, and its parts are compared with themselves.
	later := midday.Add(time.Hour)
	if err := checkMove(later, before, before); err != nil {
		t.Errorf("a date that is over, unchanged: %v", err)
	}
	ended := before
	ended.Parts = []PartInput{{ID: &other, EndsAt: at(midday, -time.Hour)}, {ID: &part}}
	if err := checkMove(later, ended, ended); err != nil {
		t.Errorf("parts of other times, unchanged: %v", err)
	}
}

func TestCheckDistanceAtItsEdges(t *testing.T) {
	t.Parallel()
	far := 400 * 24 * time.Hour
	for _, c := range []struct {
		name string
		now  time.Time
		ends time.Time
		far  bool
	}{
		{"from its end", morning, midday.Add(far), false},
		{"a moment further", morning, midday.Add(far + 1), true},
		{"from now, as it ends", midday, midday.Add(far), false},
		{"from now, as it ends, a moment further", midday, midday.Add(far + 1), true},
		{"from now, once it has ended", midday.Add(1), midday.Add(far + 1), false},
		{"from now, once it has ended, a moment further", midday.Add(1), midday.Add(far + 2), true},
	} {
		err := checkDistance(c.now, OccurrenceInput{EndsAt: midday}, OccurrenceInput{EndsAt: c.ends})
		want := map[string]string{}
		if c.far {
			want["starts_at"] = "too_far_ahead"
		}
		if got := broken(err); (err != nil) != c.far || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
	}
}

func TestCutParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ start, end, wantStart, wantEnd *time.Time }{
		{nil, nil, nil, nil},
		{at(morning, -1), at(midday, 1), &morning, &midday},
		{&morning, &midday, &morning, &midday},
		{at(morning, 1), at(midday, -1), at(morning, 1), at(midday, -1)},
		{at(morning, -1), nil, &morning, nil},
		{nil, at(midday, 1), nil, &midday},
	} {
		o := OccurrenceInput{StartsAt: morning, EndsAt: midday, Parts: []PartInput{{StartsAt: c.start, EndsAt: c.end}}}
		o.cutParts()
		if p := o.Parts[0]; !equal(p.StartsAt, c.wantStart) || !equal(p.EndsAt, c.wantEnd) {
			t.Errorf("%v–%v is cut to %v–%v, want %v–%v", c.start, c.end, p.StartsAt, p.EndsAt, c.wantStart, c.wantEnd)
		}
	}
}

func TestWhatIsAMove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change OccurrenceChange
		moved  bool
	}{
		{"nothing", OccurrenceChange{}, false},
		{"a note", OccurrenceChange{Note: new(string)}, false},
		{"the same start", OccurrenceChange{StartsAt: &morning}, false},
		{"another start", OccurrenceChange{StartsAt: at(morning, 1)}, true},
		{"another start, the same end", OccurrenceChange{StartsAt: at(morning, 1), EndsAt: &midday}, true},
		{"the same end", OccurrenceChange{EndsAt: &midday}, false},
		{"another end", OccurrenceChange{EndsAt: at(midday, -1)}, true},
	} {
		o := OccurrenceInput{StartsAt: morning, EndsAt: midday}
		if got := c.change.apply(&o); got != c.moved {
			t.Errorf("%s: %v, want %v", c.name, got, c.moved)
		}
	}
}
