package event

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func TestCleanReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, code string }{
		{"", "", ""},
		{" 台風のため ", "台風のため", ""},
		{strings.Repeat("あ", 1000), strings.Repeat("あ", 1000), ""},
		{strings.Repeat("あ", 1001), "", "too_long"},
		{"a\x00b", "", "hidden_characters"},
	} {
		got, err := cleanReason(c.in)
		if got != c.want || broken(err)["reason"] != c.code || (err != nil) != (c.code != "") {
			t.Errorf("%.20q: %.20q, %v", c.in, got, err)
		}
	}
}

func TestABoothIsFoundByItsName(t *testing.T) {
	t.Parallel()
	by := &organization.Ref{Slug: "kita"}
	for _, c := range []struct {
		booth Booth
		in    BoothInput
		want  bool
	}{
		{Booth{Name: "相談"}, BoothInput{Name: "相談", Offers: "別"}, true},
		{Booth{Name: "相談"}, BoothInput{Name: "別"}, false},
		{Booth{Name: "相談", By: by}, BoothInput{Name: "相談"}, false},
		{Booth{Name: "相談", By: by}, BoothInput{Name: "相談", Organization: "kita"}, true},
		{Booth{By: by}, BoothInput{Name: "別", Organization: "kita"}, false},
	} {
		if got := c.booth.calledAs(c.in); got != c.want {
			t.Errorf("%+v and %+v: %v, want %v", c.booth, c.in, got, c.want)
		}
	}
}

func TestADateFollowsItsBooking(t *testing.T) {
	t.Parallel()
	part, other := uuid.New(), uuid.New()
	o := Occurrence{StartsAt: morning, EndsAt: midday, Parts: []Part{
		{ID: other, StartsAt: morning, EndsAt: midday}, {ID: part, StartsAt: morning, EndsAt: midday},
	}}
	c := o.follow(placed{}, time.Hour, 2*time.Hour)
	if c.Parts != nil || !c.StartsAt.Equal(morning.Add(time.Hour)) || !c.EndsAt.Equal(midday.Add(2*time.Hour)) {
		t.Errorf("the date: %v–%v", c.StartsAt, c.EndsAt)
	}
	c = o.follow(placed{part: part}, -time.Hour, time.Hour)
	parts := *c.Parts
	if c.StartsAt != nil || c.EndsAt != nil || !parts[0].StartsAt.Equal(morning) || !parts[0].EndsAt.Equal(midday) ||
		!parts[1].StartsAt.Equal(morning.Add(-time.Hour)) || !parts[1].EndsAt.Equal(midday.Add(time.Hour)) {
		t.Errorf("its part: %+v", c)
	}
}

func TestWhoLeftTakesNoNewRole(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	now := map[uuid.UUID]Organiser{id: {Role: CoHost}}
	for _, c := range []struct {
		name string
		o    organiser
		want map[string]string
	}{
		{"who takes part", organiser{id: uuid.New(), role: Host, field: "f"}, nil},
		{"who left, in its role", organiser{id: id, role: CoHost, left: true, field: "f"}, nil},
		{"who left, in another", organiser{id: id, role: Host, left: true, field: "f"},
			map[string]string{"f": organization.ErrClosed.Code}},
		{"who left before", organiser{id: uuid.New(), role: Host, left: true, field: "f"},
			map[string]string{"f": organization.ErrClosed.Code}},
	} {
		if got := broken(refuseLeft([]organiser{c.o}, now)); !reflect.DeepEqual(got, orEmpty(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Only a date that has begun is corrected, and only to a time that has begun.
func TestACorrectionLooksBack(t *testing.T) {
	t.Parallel()
	now := morning
	for _, c := range []struct {
		name         string
		starts, next time.Time
		far          bool
	}{
		{"it begins just after now", now.Add(1), now, false},
		{"it is corrected to just after now", now, now.Add(1), false},
		{"too far", now, now, true},
	} {
		o := &Occurrence{StartsAt: c.starts, EndsAt: midday}
		next := OccurrenceInput{StartsAt: c.next, EndsAt: midday}
		want := ErrNotBegun
		if c.far {
			next.EndsAt, want = midday.Add(farthest+1), ErrTooFar
		}
		err := OccurrenceChange{corrects: true}.judgeMove(t.Context(), &postgres.Tx{Now: now}, o, &next)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
	}
	o := &Occurrence{StartsAt: morning, EndsAt: midday}
	next := OccurrenceInput{StartsAt: now.Add(-1), EndsAt: midday}
	if err := (OccurrenceChange{}).judgeMove(t.Context(), &postgres.Tx{Now: now}, o, &next); !errors.Is(err, ErrPast) {
		t.Errorf("a move into the past: %v", err)
	}
}

func TestOneOfMany(t *testing.T) {
	t.Parallel()
	var got Event
	if err := one([]Event{{Title: "集い"}}, nil)(&got); err != nil || got.Title != "集い" {
		t.Errorf("one: %q, %v", got.Title, err)
	}
	if err := one(nil, nil)(&got); !errors.Is(err, ErrUnknown) {
		t.Errorf("none: %v", err)
	}
	if err := one([]Event{{}}, ErrStatus)(&got); !errors.Is(err, ErrStatus) {
		t.Errorf("an error: %v", err)
	}
}
