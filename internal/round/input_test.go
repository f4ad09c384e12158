package round

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// said gives a refusal's code, and after a blank the codes of its fields.
func said(err error) string {
	refusal, ok := fault.As(err)
	if !ok {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	all := []string{refusal.Code}
	for _, f := range refusal.Fields {
		all = append(all, f.Name+"="+f.Code)
	}
	return strings.Join(all, " ")
}

func TestApplicationsAreRefusedClearly(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.A, k.hall.B}
	r := k.open(in)
	mine := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	good := func() ApplicationInput {
		return ApplicationInput{RoundID: r.ID, Title: "会議", Wishes: []Wish{wanted(k.hall.A, 9, 12)}}
	}
	onDay := func(d, from, to int) Wish {
		day := clock.NewDate(2026, 12, d)
		return Wish{RoomID: k.hall.A, StartsAt: day.At(from, 0), EndsAt: day.At(to, 0)}
	}
	for name, c := range map[string]struct {
		by     *staff.Author
		change func(*ApplicationInput)
		want   string
	}{
		"an unknown round": {change: func(a *ApplicationInput) { a.RoundID = uuid.New() }, want: "round_unknown"},
		"no round":         {change: func(a *ApplicationInput) { a.RoundID = uuid.Nil }, want: "round_unknown"},
		"no wish": {
			change: func(a *ApplicationInput) { a.Wishes = nil },
			want:   "wish_invalid wishes=too_many",
		},
		"more wishes than the round": {change: func(a *ApplicationInput) {
			a.Wishes = []Wish{
				wanted(k.hall.A, 9, 10),
				wanted(k.hall.A, 10, 11),
				wanted(k.hall.A, 11, 12),
				wanted(k.hall.A, 12, 13),
			}
		}, want: "wish_invalid wishes=too_many"},
		"more wishes than any": {
			change: func(a *ApplicationInput) { a.Wishes = make([]Wish, 11) },
			want:   "wish_invalid wishes=too_many",
		},
		"the same wish twice": {
			change: func(a *ApplicationInput) { a.Wishes = append(a.Wishes, a.Wishes[0]) },
			want:   "wish_invalid wishes=wish_twice",
		},
		"a room that is not in it": {
			change: func(a *ApplicationInput) { a.Wishes[0].RoomID = k.hall.Tea },
			want:   "wish_invalid wishes=room_not_in_round",
		},
		"one wish of two not in it": {
			change: func(a *ApplicationInput) { a.Wishes = append(a.Wishes, wanted(k.hall.Whole, 9, 12)) },
			want:   "wish_invalid wishes=room_not_in_round",
		},
		"a room that is nowhere": {
			change: func(a *ApplicationInput) { a.Wishes[0].RoomID = uuid.New() },
			want:   "booking_room_unknown",
		},
		"before the period": {
			change: func(a *ApplicationInput) { a.Wishes[0] = onDay(14, 9, 12) },
			want:   "wish_invalid wishes=outside_period",
		},
		"after the period": {change: func(a *ApplicationInput) {
			day := clock.NewDate(2027, 1, 1)
			a.Wishes[0].StartsAt, a.Wishes[0].EndsAt = day.At(9, 0), day.At(12, 0)
		}, want: "wish_invalid wishes=outside_period"},
		"in the past": {change: func(a *ApplicationInput) {
			day := clock.NewDate(2026, 11, 20)
			a.Wishes[0].StartsAt, a.Wishes[0].EndsAt = day.At(9, 0), day.At(12, 0)
		}, want: "booking_in_the_past"},
		"inverted": {
			change: func(a *ApplicationInput) { w := &a.Wishes[0]; w.StartsAt, w.EndsAt = w.EndsAt, w.StartsAt },
			want:   "booking_times_invalid ends_at=times_out_of_order",
		},
		"empty": {
			change: func(a *ApplicationInput) { a.Wishes[0].EndsAt = a.Wishes[0].StartsAt },
			want:   "booking_times_invalid ends_at=times_out_of_order",
		},
		"no times": {
			change: func(a *ApplicationInput) { a.Wishes[0].StartsAt, a.Wishes[0].EndsAt = time.Time{}, time.Time{} },
			want:   "booking_times_invalid starts_at=year_out_of_range",
		},
		"endless": {
			change: func(a *ApplicationInput) { a.Wishes[0].EndsAt = clock.NewDate(9999, 12, 31).Start() },
			want:   "booking_times_invalid ends_at=year_out_of_range",
		},
		"over weeks": {
			change: func(a *ApplicationInput) { a.Wishes[0].EndsAt = a.Wishes[0].StartsAt.AddDate(0, 0, 20) },
			want:   "booking_times_invalid ends_at=longer_than_14_days",
		},
		"no title": {
			change: func(a *ApplicationInput) { a.Title = "  " },
			want:   "wish_invalid title=required",
		},
		"a title too long": {
			change: func(a *ApplicationInput) { a.Title = strings.Repeat("会", 201) },
			want:   "wish_invalid title=too_long",
		},
		"hidden characters": {
			change: func(a *ApplicationInput) { a.Title = "会\u202e議" },
			want:   "wish_invalid title=hidden_characters",
		},
		"minus one person": {
			change: func(a *ApplicationInput) { a.People = new(-1) },
			want:   "wish_invalid people=too_small",
		},
		"a town it is not open to": {
			by:     &k.nishi,
			change: func(*ApplicationInput) {},
			want:   "booking_room_not_open_to_you",
		},
		"a second within the numbers": {change: func(*ApplicationInput) {}, want: ""},
	} {
		a, by := good(), k.minato
		c.change(&a)
		if c.by != nil {
			by = *c.by
		}
		_, err := k.service.Apply(t.Context(), by, a)
		if got := said(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.want == "" ||
			c.want == "round_unknown" { // a change says of the application what handing in says of the round
			continue
		}
		_, err = k.service.ChangeApplication(t.Context(), by, mine.ID, a)
		if got := said(err); got != c.want {
			t.Errorf("%s, as a change: %q, want %q", name, got, c.want)
		}
	}
	// Those that the rules of the room refuse have its codes.
	for code, w := range map[string]Wish{
		"off_grid":      {RoomID: k.hall.A, StartsAt: at(9, 10), EndsAt: at(12, 0)},
		"outside_hours": {RoomID: k.hall.A, StartsAt: at(8, 0), EndsAt: at(10, 0)},
		"span_midnight": {RoomID: k.hall.A, StartsAt: at(21, 0), EndsAt: at(25, 0)},
		"span_seconds":  {RoomID: k.hall.A, StartsAt: at(9, 0).Add(1), EndsAt: at(12, 0)},
	} {
		a := good()
		a.Wishes[0] = w
		_, err := k.service.Apply(t.Context(), k.minato, a)
		k.code("a wish against the rules of the room", err, code)
	}
	full := good()
	full.People = new(41)
	_, err := k.service.Apply(t.Context(), k.minato, full)
	k.code("more people than the room holds", err, "too_many_heads")
	if n := k.number("select count(*) from booking_application"); n != 2 {
		t.Errorf("%d applications, want the two that were right", n)
	}
	if now := k.application(
		k.minato,
		mine.ID,
	); now.Number != mine.Number || len(now.Wishes) != 1 || now.Wishes[0].Pool() != mine.Wishes[0].Pool() ||
		now.Title != mine.Title {
		t.Errorf("after refused changes it is %+v", now)
	}
}

func TestApplicationsHaveACap(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	var mu sync.Mutex
	handed := 0
	var all []func()
	for i := range 9 {
		all = append(all, func() {
			_, err := k.service.Apply(
				t.Context(),
				k.minato,
				ApplicationInput{RoundID: r.ID, Title: "会議", Wishes: []Wish{wanted(k.hall.A, 9+i, 10+i)}},
			)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				handed++
			} else {
				k.want("beyond the cap", err, ErrApplications)
			}
		})
	}
	testkit.Together(all...)
	if n := k.number("select count(*) from booking_application"); handed != 3 || n != 3 {
		t.Errorf("%d were handed in, %d are there; the cap is 3", handed, n)
	}
	k.apply(k.chuo, r.ID, wanted(k.hall.A, 9, 12)) // of another town
	mine, err := k.service.Applications(t.Context(), k.minato.Organization, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.service.Withdraw(t.Context(), k.minato, mine[0].ID); err != nil {
		t.Fatal(err)
	}
	k.want(
		"withdrawn, and nothing is left of it",
		k.service.Withdraw(t.Context(), k.minato, mine[0].ID),
		ErrApplicationUnknown,
	)
	k.apply(k.minato, r.ID, wanted(k.hall.B, 9, 12)) // in its place
	// And all towns together have one.
	k.exec(`insert into booking_application (borrower_id, round_id, id, number, title)
		select $1, $2, gen_random_uuid(), lpad(n::text, 16, '0'), '会議' from generate_series(1, 1996) n`,
		k.nishi.Organization,
		r.ID,
	)
	_, err = k.service.Apply(
		t.Context(),
		k.chuo,
		ApplicationInput{RoundID: r.ID, Title: "会議", Wishes: []Wish{wanted(k.hall.A, 9, 12)}},
	)
	k.want("the 2,001st", err, ErrApplications)
}

func TestResultsAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	first, second := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12)), k.apply(k.chuo, r.ID, wanted(k.hall.B, 9, 12))
	beaten := []Application{
		k.apply(k.minato, r.ID, wanted(k.hall.Whole, 14, 16)),
		k.apply(k.chuo, r.ID, wanted(k.hall.Whole, 14, 16)),
	}
	accept := func(by staff.Author, id uuid.UUID) error {
		_, err := k.service.AcceptResult(t.Context(), by, id)
		return err
	}
	decline := func(by staff.Author, id uuid.UUID) error {
		_, err := k.service.DeclineResult(t.Context(), by, id)
		return err
	}
	k.want("accepted before it closed", accept(k.minato, first.ID), ErrNoResult)
	k.want("one that is nowhere", accept(k.minato, uuid.New()), ErrApplicationUnknown)
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.want("accepted before the draw", accept(k.minato, first.ID), ErrNoResult)
	k.want("declined before the draw", decline(k.minato, first.ID), ErrNoResult)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	k.want("accepted", accept(k.minato, first.ID), nil)
	k.want("accepted twice", accept(k.minato, first.ID), booking.ErrStatus)
	k.want("declined after it was accepted", decline(k.minato, first.ID), booking.ErrStatus)
	k.want("declined", decline(k.chuo, second.ID), nil)
	k.want("declined twice", decline(k.chuo, second.ID), booking.ErrStatus)
	k.want("accepted after it was declined", accept(k.chuo, second.ID), booking.ErrStatus)
	won, lost := 0, 1
	if k.application(k.minato, beaten[0].ID).Outcome != Won {
		won, lost = 1, 0
	}
	towns := []staff.Author{k.minato, k.chuo}
	k.want("accepted by who was not drawn", accept(towns[lost], beaten[lost].ID), ErrNoResult)
	k.clock.Set(r.AcceptUntil)
	k.want("accepted too late, and no job has come yet", accept(towns[won], beaten[won].ID), booking.ErrStatus)
	if _, err := booking.Lapse(t.Context(), k.db); err != nil {
		t.Fatal(err)
	}
	k.want("accepted too late", accept(towns[won], beaten[won].ID), booking.ErrStatus)
	for id, want := range map[uuid.UUID]booking.Status{
		first.ID:     booking.Requested,
		beaten[0].ID: "",
		second.ID:    booking.Cancelled,
	} {
		by := k.minato
		if id == second.ID {
			by = k.chuo
		}
		if now := k.application(by, id); want != "" && now.Status != want {
			t.Errorf("it is %s, want %s", now.Status, want)
		}
	}
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
}

func TestRoundsAreRefusedClearly(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	for name, c := range map[string]struct {
		by     *staff.Author
		change func(*Input)
		want   string
	}{
		"no name": {change: func(r *Input) { r.Name = "" }, want: "round_invalid name=required"},
		"no rooms": {
			change: func(r *Input) { r.Rooms = nil },
			want:   "round_invalid room_ids=unknown_value",
		},
		"a room twice": {
			change: func(r *Input) { r.Rooms = append(r.Rooms, r.Rooms[0]) },
			want:   "round_invalid room_ids=unknown_value",
		},
		"a room that is nowhere": {
			change: func(r *Input) { r.Rooms = append(r.Rooms, uuid.New()) },
			want:   "round_invalid room_ids=unknown_value",
		},
		"another town's rooms": {
			by:     &k.minato,
			change: func(*Input) {},
			want:   "round_invalid room_ids=unknown_value",
		},
		"days inverted": {
			change: func(r *Input) { r.FirstDay, r.LastDay = r.LastDay, r.FirstDay },
			want:   "round_invalid last_day=times_out_of_order",
		},
		"days of two years": {
			change: func(r *Input) { r.LastDay = r.FirstDay.AddDays(400) },
			want:   "round_invalid last_day=times_out_of_order",
		},
		"closes as it opens": {
			change: func(r *Input) { r.ClosesAt = r.OpensAt },
			want:   "round_invalid closes_at=times_out_of_order",
		},
		"drawn before it closes": {
			change: func(r *Input) { r.DrawsAt = r.ClosesAt.Add(-1) },
			want:   "round_invalid draws_at=times_out_of_order",
		},
		"no time to accept": {
			change: func(r *Input) { r.AcceptUntil = r.DrawsAt },
			want:   "round_invalid accept_until=times_out_of_order",
		},
		"accepted after the use": {
			change: func(r *Input) { r.AcceptUntil = r.FirstDay.At(9, 0) },
			want:   "round_invalid accept_until=times_out_of_order",
		},
		"over already": {
			change: func(r *Input) {
				r.OpensAt, r.ClosesAt = r.OpensAt.AddDate(
					0,
					-1,
					0,
				), r.ClosesAt.AddDate(0, -1, 0)
			},
			want: "round_invalid closes_at=in_the_past",
		},
		"no applications": {
			change: func(r *Input) { r.ApplicationsMax = 0 },
			want:   "round_invalid applications_max=too_large",
		},
		"eleven wishes": {
			change: func(r *Input) { r.WishesMax = 11 },
			want:   "round_invalid wishes_max=too_large",
		},
		"the year zero": {
			change: func(r *Input) { r.OpensAt = time.Time{} },
			want:   "round_invalid opens_at=year_out_of_range",
		},
		"nothing told": {
			change: func(r *Input) { *r = Input{} },
			want: "round_invalid name=required room_ids=unknown_value last_day=times_out_of_order " +
				"closes_at=times_out_of_order accept_until=times_out_of_order opens_at=year_out_of_range " +
				"applications_max=too_large wishes_max=too_large",
		},
	} {
		in, by := k.autumn(), k.kita
		c.change(&in)
		if c.by != nil {
			by = *c.by
		}
		_, err := k.service.Create(t.Context(), by, in)
		if got := said(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if n := k.number(
		"select count(*) from booking_round",
	) + k.number(
		"select count(*) from booking_round_space",
	); n != 0 {
		t.Errorf("%d rows of refused rounds are left", n)
	}
	r := k.open(k.autumn())
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.A}
	_, err := k.service.Create(t.Context(), k.kita, in)
	k.want("the same floor", err, ErrOverlaps)
	in.FirstDay, in.LastDay = in.LastDay, in.LastDay.AddDays(7)
	_, err = k.service.Create(t.Context(), k.kita, in)
	k.want("the same floor on one day", err, ErrOverlaps)
	in.FirstDay = in.FirstDay.AddDays(1)
	k.open(in) // from the day after on
	tea := k.autumn()
	tea.Rooms = []uuid.UUID{k.hall.Tea}
	k.open(tea)
	if _, err := k.service.Cancel(t.Context(), k.kita, r.ID); err != nil {
		t.Fatal(err)
	}
	if again, err := k.service.Cancel(t.Context(), k.kita, r.ID); err != nil || again.State != Cancelled {
		t.Errorf("called off twice: %+v, %v", again, err)
	}
	_, err = k.service.Apply(
		t.Context(),
		k.minato,
		ApplicationInput{RoundID: r.ID, Title: "会議", Wishes: []Wish{wanted(k.hall.A, 9, 12)}},
	)
	k.want("a round called off", err, ErrNotOpen)
	_, err = k.service.Cancel(t.Context(), k.kita, uuid.New())
	k.want("a round that is nowhere", err, ErrUnknown)
	_, err = k.service.Get(t.Context(), uuid.New())
	k.want("a round that is nowhere", err, ErrUnknown)
	for _, at := range []time.Time{r.ClosesAt, r.DrawsAt, r.AcceptUntil} {
		k.clock.Set(at)
		k.run(2) // the other two, to their ends
	}
	k.open(k.autumnLater())
}

// autumnLater is for the same floor and days, announced when the first is over.
func (k *kit) autumnLater() Input {
	in := k.autumn()
	in.OpensAt, in.ClosesAt, in.DrawsAt, in.AcceptUntil = in.AcceptUntil, in.AcceptUntil.Add(
		24*time.Hour,
	), in.AcceptUntil.Add(
		25*time.Hour,
	), in.AcceptUntil.Add(
		48*time.Hour,
	)
	return in
}
