package round

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// plainRound is a round as it may be: applications 1 to 5 December, drawn on the 6th, accepted
// until the 10th, for the 15th to the 31st.
func plainRound() Input {
	day := func(d int) time.Time { return clock.NewDate(2026, 12, d).At(9, 0) }
	return Input{
		Name:            "12月後半の抽選",
		Rooms:           []uuid.UUID{uuid.New(), uuid.New()},
		FirstDay:        clock.NewDate(2026, 12, 15),
		LastDay:         clock.NewDate(2026, 12, 31),
		OpensAt:         day(1),
		ClosesAt:        day(5),
		DrawsAt:         day(6),
		AcceptUntil:     day(10),
		ApplicationsMax: 3,
		WishesMax:       3,
	}
}

func manyRooms(n int) []uuid.UUID {
	all := make([]uuid.UUID, n)
	for i := range all {
		all[i] = uuid.New()
	}
	return all
}

func TestRoundsAreJudgedAtTheirEdges(t *testing.T) {
	t.Parallel()
	first := clock.NewDate(2000, 1, 1)
	for name, tt := range map[string]struct {
		change func(*Input)
		want   string
	}{
		"as it may be":          {func(*Input) {}, ""},
		"the longest name":      {func(r *Input) { r.Name = strings.Repeat("会", 100) }, ""},
		"a longer name":         {func(r *Input) { r.Name = strings.Repeat("会", 101) }, "name=too_long"},
		"a name of spaces":      {func(r *Input) { r.Name = " 　" }, "name=required"},
		"hidden characters":     {func(r *Input) { r.Name = "会\u202e議" }, "name=hidden_characters"},
		"no note":               {func(r *Input) { r.Note = "" }, ""},
		"the longest note":      {func(r *Input) { r.Note = strings.Repeat("会", 1000) }, ""},
		"a longer note":         {func(r *Input) { r.Note = strings.Repeat("会", 1001) }, "note=too_long"},
		"a note of hidden ones": {func(r *Input) { r.Note = "会\u202e議" }, "note=hidden_characters"},
		"no rooms":              {func(r *Input) { r.Rooms = nil }, "room_ids=unknown_value"},
		"one room":              {func(r *Input) { r.Rooms = r.Rooms[:1] }, ""},
		"the most rooms":        {func(r *Input) { r.Rooms = manyRooms(MaxRooms) }, ""},
		"one room more":         {func(r *Input) { r.Rooms = manyRooms(MaxRooms + 1) }, "room_ids=unknown_value"},
		"a room twice":          {func(r *Input) { r.Rooms[1] = r.Rooms[0] }, "room_ids=unknown_value"},
		"one day":               {func(r *Input) { r.LastDay = r.FirstDay }, ""},
		"a day before the first": {
			func(r *Input) { r.LastDay = r.FirstDay.AddDays(-1) },
			"last_day=times_out_of_order",
		},
		"the most days": {func(r *Input) { r.LastDay = r.FirstDay.AddDays(366) }, ""},
		"a day more": {
			func(r *Input) { r.LastDay = r.FirstDay.AddDays(367) },
			"last_day=times_out_of_order",
		},
		"until the last year's end": {
			func(r *Input) { r.FirstDay, r.LastDay = clock.NewDate(2099, 12, 1), clock.NewDate(2099, 12, 31) },
			"",
		},
		"beyond the last year": {
			func(r *Input) { r.FirstDay, r.LastDay = clock.NewDate(2099, 12, 1), clock.NewDate(2100, 1, 1) },
			"last_day=times_out_of_order",
		},
		"of the first year": {
			func(r *Input) {
				r.FirstDay, r.OpensAt, r.ClosesAt = first.AddDays(1), first.Start().Add(9*time.Hour), first.At(10, 0)
				r.DrawsAt, r.AcceptUntil, r.LastDay = first.At(11, 0), first.At(12, 0), first.AddDays(2)
			},
			"",
		},
		"a moment of applications": {func(r *Input) { r.ClosesAt = r.OpensAt.Add(1) }, ""},
		"closes as it opens":       {func(r *Input) { r.ClosesAt = r.OpensAt }, "closes_at=times_out_of_order"},
		"closes before it opens":   {func(r *Input) { r.ClosesAt = r.OpensAt.Add(-1) }, "closes_at=times_out_of_order"},
		"drawn as it closes":       {func(r *Input) { r.DrawsAt = r.ClosesAt }, ""},
		"drawn before it closes":   {func(r *Input) { r.DrawsAt = r.ClosesAt.Add(-1) }, "draws_at=times_out_of_order"},
		"a moment to accept":       {func(r *Input) { r.AcceptUntil = r.DrawsAt.Add(1) }, ""},
		"no moment to accept":      {func(r *Input) { r.AcceptUntil = r.DrawsAt }, "accept_until=times_out_of_order"},
		"until the first day":      {func(r *Input) { r.AcceptUntil = r.FirstDay.Start() }, ""},
		"into the first day": {
			func(r *Input) { r.AcceptUntil = r.FirstDay.Start().Add(1) },
			"accept_until=times_out_of_order",
		},
		"no application":          {func(r *Input) { r.ApplicationsMax = 0 }, "applications_max=too_large"},
		"one application":         {func(r *Input) { r.ApplicationsMax = 1 }, ""},
		"the most applications":   {func(r *Input) { r.ApplicationsMax = 10 }, ""},
		"one application more":    {func(r *Input) { r.ApplicationsMax = 11 }, "applications_max=too_large"},
		"no wish":                 {func(r *Input) { r.WishesMax = 0 }, "wishes_max=too_large"},
		"one wish":                {func(r *Input) { r.WishesMax = 1 }, ""},
		"the most wishes":         {func(r *Input) { r.WishesMax = 10 }, ""},
		"one wish more":           {func(r *Input) { r.WishesMax = 11 }, "wishes_max=too_large"},
		"opens in the first year": {func(r *Input) { r.OpensAt = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }, ""},
		"opens in the year before": {
			func(r *Input) { r.OpensAt = time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC) },
			"opens_at=year_out_of_range",
		},
		"days of the year before": {
			func(r *Input) { r.FirstDay = clock.NewDate(1999, 12, 31); r.LastDay = first },
			"last_day=times_out_of_order accept_until=times_out_of_order",
		},
		"several, in the form's own order": {
			func(r *Input) { r.WishesMax, r.DrawsAt, r.Name, r.Rooms = 0, r.ClosesAt.Add(-1), "", nil },
			"name=required room_ids=unknown_value draws_at=times_out_of_order wishes_max=too_large",
		},
	} {
		in := plainRound()
		tt.change(&in)
		want := ""
		if tt.want != "" {
			want = "round_invalid " + tt.want
		}
		_, err := in.clean()
		if got := said(err); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestRefusedNumbersSayTheirBound(t *testing.T) {
	t.Parallel()
	in := plainRound()
	in.Name, in.Note, in.ApplicationsMax, in.WishesMax = strings.Repeat("会", 101), strings.Repeat("会", 1001), 0, 11
	_, err := in.clean()
	wantParams(t, err, map[string]any{"name": 100, "note": 1000, "applications_max": 10, "wishes_max": 10}, "max")
	a := ApplicationInput{Title: strings.Repeat("会", 201), Wishes: []Wish{{}}}
	_, err = a.clean()
	wantParams(t, err, map[string]any{"title": 200}, "max")
	for _, n := range []int{0, 100001} {
		a = ApplicationInput{Title: "会議", People: &n, Wishes: []Wish{{}}}
		_, err = a.clean()
		wantParams(t, err, map[string]any{"people": 1}, "min")
	}
}

func wantParams(t *testing.T, err error, want map[string]any, param string) {
	t.Helper()
	refused, ok := fault.As(err)
	if !ok || len(refused.Fields) != len(want) {
		t.Fatalf("%v", err)
	}
	for _, f := range refused.Fields {
		if f.Params[param] != want[f.Name] {
			t.Errorf("%s: %v", f.Name, f.Params)
		}
	}
}

func TestApplicationsAreJudgedAtTheirEdges(t *testing.T) {
	t.Parallel()
	wishes := func(n int) []Wish {
		all := make([]Wish, n)
		for i := range all {
			all[i] = wanted(uuid.New(), 9, 12)
		}
		return all
	}
	room := uuid.New()
	for name, tt := range map[string]struct {
		change func(*ApplicationInput)
		want   string
	}{
		"as it may be":      {func(*ApplicationInput) {}, ""},
		"no title":          {func(a *ApplicationInput) { a.Title = " " }, "title=required"},
		"the longest title": {func(a *ApplicationInput) { a.Title = strings.Repeat("会", 200) }, ""},
		"a longer title": {
			func(a *ApplicationInput) { a.Title = strings.Repeat("会", 201) },
			"title=too_long",
		},
		"hidden characters":            {func(a *ApplicationInput) { a.Title = "会\u202e議" }, "title=hidden_characters"},
		"nobody":                       {func(a *ApplicationInput) { a.People = new(0) }, "people=too_small"},
		"one person":                   {func(a *ApplicationInput) { a.People = new(1) }, ""},
		"the most people":              {func(a *ApplicationInput) { a.People = new(100000) }, ""},
		"one person more":              {func(a *ApplicationInput) { a.People = new(100001) }, "people=too_small"},
		"no wish":                      {func(a *ApplicationInput) { a.Wishes = nil }, "wishes=too_many"},
		"the most wishes":              {func(a *ApplicationInput) { a.Wishes = wishes(10) }, ""},
		"one wish more":                {func(a *ApplicationInput) { a.Wishes = wishes(11) }, "wishes=too_many"},
		"many of the same are one too": {func(a *ApplicationInput) { a.Wishes = make([]Wish, 11) }, "wishes=too_many"},
		"the same wish twice": {
			func(a *ApplicationInput) { a.Wishes = []Wish{wanted(room, 9, 12), wanted(room, 9, 12)} },
			"wishes=wish_twice",
		},
		"a room at two times": {
			func(a *ApplicationInput) { a.Wishes = []Wish{wanted(room, 9, 12), wanted(room, 9, 13)} },
			"",
		},
		"title and people": {
			func(a *ApplicationInput) { a.Title, a.People, a.Wishes = "", new(0), nil },
			"title=required people=too_small wishes=too_many",
		},
	} {
		a := ApplicationInput{RoundID: uuid.New(), Title: "会議", Wishes: wishes(1)}
		tt.change(&a)
		want := ""
		if tt.want != "" {
			want = "wish_invalid " + tt.want
		}
		clean, err := a.clean()
		if got := said(err); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if err == nil && clean.Wishes[0].StartsAt.Location() != time.UTC {
			t.Errorf("%s: wishes in %s", name, clean.Wishes[0].StartsAt.Location())
		}
	}
}

func TestAChangeLeavesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	in := plainRound()
	r := Round{
		Name: in.Name, Note: "備考", FirstDay: in.FirstDay, LastDay: in.LastDay, OpensAt: in.OpensAt,
		ClosesAt: in.ClosesAt,
		DrawsAt:  in.DrawsAt, AcceptUntil: in.AcceptUntil, ApplicationsMax: 2, WishesMax: 4,
	}
	same := (&Change{}).onto(&r)
	if _, err := same.clean(); err != nil || same.Name != r.Name || same.Note != "備考" || same.ApplicationsMax != 2 ||
		same.WishesMax != 4 || same.AcceptUntil != r.AcceptUntil || same.OpensAt != r.OpensAt {
		t.Errorf("nothing changed: %+v, %v", same, err)
	}
	later := in.OpensAt.Add(time.Hour)
	to := (&Change{
		Name: new("春"), Note: new(""), OpensAt: &later, ClosesAt: &later, DrawsAt: &later, AcceptUntil: &later,
		ApplicationsMax: new(5), WishesMax: new(6),
	}).onto(&r)
	if to.Name != "春" || to.Note != "" || to.OpensAt != later || to.ClosesAt != later || to.DrawsAt != later ||
		to.AcceptUntil != later || to.ApplicationsMax != 5 || to.WishesMax != 6 || to.FirstDay != r.FirstDay {
		t.Errorf("all changed: %+v", to)
	}
}
