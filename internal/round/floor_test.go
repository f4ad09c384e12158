package round

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// room makes one more room of the hall's facility, of new spaces and of some that are there.
func (k *kit) room(name string, fresh int, there ...uuid.UUID) (id uuid.UUID) {
	k.Helper()
	tx, err := k.admin.Begin(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	defer func() { _ = tx.Rollback(k.Context()) }()
	err = tx.QueryRow(
		k.Context(),
		`insert into room (organization_id, facility_id, status, open_to, name, capacity, noise, uses, fees,
			exemptions, terms)
		select organization_id, facility_id, 'open', open_to, $2, 30, 'loud', uses, fees, exemptions, terms from room
		  where id = $1 returning id`,
		k.hall.A,
		name,
	).Scan(
		&id,
	)
	if err != nil {
		k.Fatal(err)
	}
	if _, err := tx.Exec(
		k.Context(),
		"insert into room_partnership (organization_id, room_id, partnership_id) select organization_id, $1, "+
			"partnership_id from room_partnership where room_id = $2",
		id,
		k.hall.A,
	); err != nil {
		k.Fatal(err)
	}
	if _, err := tx.Exec(k.Context(), `
		with fresh as (
		  insert into space (organization_id, facility_id, name) select r.organization_id, r.facility_id, '区画' || n
		  from room r, generate_series(1, $3::int) n
		  where r.id = $2 returning organization_id, facility_id, id
		)
		insert into room_space (organization_id, facility_id, room_id, space_id, exclusive)
		select organization_id, facility_id, $1::uuid, id, true from fresh union all
		  select organization_id, facility_id, $1::uuid, id, true from space where id = any ($4)`,
		id, k.hall.A, fresh, there); err != nil {
		k.Fatal(err)
	}
	if err := tx.Commit(k.Context()); err != nil {
		k.Fatal(err)
	}
	return id
}

// A foyer that rooms of a round use in common can be had whole by itself, too: not while the list
// is fixed, or those who were drawn would lose their rooms.
func TestAFoyerIsKeptForTheRoomsOfARound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	var foyer uuid.UUID
	if err := k.admin.QueryRow(
		t.Context(),
		"select space_id from room_space where room_id = $1 and not exclusive",
		k.hall.A,
	).Scan(
		&foyer,
	); err != nil {
		t.Fatal(err)
	}
	whole := k.room("ホワイエ", 0, foyer)
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.A}
	r := k.open(in)
	in.Rooms = []uuid.UUID{k.hall.B}
	k.open(in) // shares the foyer, and is another round
	mine := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	k.place(k.kita, ask(whole, 18, 19)) // its lender may
	_, err := k.bookings.Place(t.Context(), k.chuo, ask(whole, 10, 11))
	k.want("a neighbour takes the foyer whole", err, booking.ErrKeptForRound)
	page, err := k.board.Free(t.Context(), board.FreeQuery{StartsAt: at(10, 0), EndsAt: at(11, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Items {
		if f.Room.ID == whole {
			t.Error("the search offers the foyer")
		}
	}
	k.clock.Set(r.ClosesAt)
	k.run(2)
	for _, by := range []staff.Author{k.kita, k.minato} {
		_, err = k.bookings.Place(t.Context(), by, ask(whole, 10, 11))
		k.want("somebody takes the foyer whole while the list is fixed", err, booking.ErrKeptForRound)
	}
	k.clock.Set(r.DrawsAt)
	k.run(2)
	if now := k.application(k.minato, mine.ID); now.Outcome != Won {
		t.Errorf("who was drawn alone is %s", now.Outcome)
	}
	k.settled(r.ID)
}

// Sharing a foyer keeps nobody out: a room outside the round that uses it in common is had as ever.
func TestAFoyerInCommonIsNotKept(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.A}
	r := k.open(in)
	k.place(k.chuo, ask(k.hall.B, 9, 12))
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.place(k.minato, ask(k.hall.B, 13, 15))
	if _, err := k.bookings.Place(t.Context(), k.minato, ask(k.hall.Whole, 17, 18)); true {
		k.want("the whole hall", err, booking.ErrKeptForRound)
	}
	// The board and the search say the same.
	shown, err := k.board.Board(
		t.Context(),
		board.Query{Facility: k.hall.FacilityID, From: clock.NewDate(2026, 12, 21), Days: 1},
	)
	if err != nil || len(shown.Rooms) != 4 {
		t.Fatalf("%d rooms on the board, %v", len(shown.Rooms), err)
	}
	kept := map[uuid.UUID]bool{k.hall.A: true, k.hall.Whole: true}
	for _, row := range shown.Rooms {
		if got := row.Days[0].State; (got == board.ByLot) != kept[row.Room.ID] {
			t.Errorf("the board says of %s that it is %s", row.Room.Name, got)
		}
	}
	page, err := k.board.Free(t.Context(), board.FreeQuery{StartsAt: at(17, 0), EndsAt: at(18, 0)})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d rooms are found, want the other half and the tea room; %v", len(page.Items), err)
	}
	for _, f := range page.Items {
		if kept[f.Room.ID] {
			t.Errorf("%s is offered", f.Room.Name)
		}
	}
}

// Who has a booking on floor that a round keeps later can still change its words and heads, and its
// floor stays.
func TestABookingOnKeptFloorKeepsIt(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	b := k.place(k.minato, ask(k.hall.A, 9, 12))
	own := k.place(k.kita, ask(k.hall.B, 9, 12))
	r := k.open(k.autumn())
	change := func(by staff.Author, id uuid.UUID, title string) {
		t.Helper()
		d, err := k.bookings.Move(t.Context(), by, id, booking.Move{Title: &title, People: new(12)})
		if err != nil || d.Title != title || *d.People != 12 {
			t.Errorf("%s: %v", title, err)
		}
	}
	change(k.minato, b.ID, "募集中の変更")
	k.clock.Set(r.ClosesAt)
	k.run(1)
	change(k.minato, b.ID, "締切後の変更")
	change(k.kita, own.ID, "貸す側の変更")
	_, err := k.bookings.Move(t.Context(), k.minato, b.ID, booking.Move{StartsAt: new(at(13, 0))})
	k.want("to other floor of the round", err, booking.ErrTaken)
	if d := k.get(k.minato, b.ID); !d.StartsAt.Equal(at(9, 0)) || k.overlaps()+k.astray() != 0 {
		t.Errorf("afterwards: %+v", d.Booking)
	}
}

// A round takes the largest room there can be and all the wishes that can be handed in; its list is
// fixed and drawn from.
func TestALargeRoundCloses(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	vast := k.room("大展示場", 60)
	in := k.wide()
	in.Rooms, in.WishesMax = append(in.Rooms, vast), MaxWishes
	r := k.open(in)
	mine := k.apply(k.minato, r.ID, wanted(vast, 9, 12))
	// Ten wishes each, no two of them for the same time of the same room.
	const applications = 1100
	k.exec(`insert into booking_application (borrower_id, round_id, id, number, title)
		select $1, $2, gen_random_uuid(), lpad(n::text, 16, '0'), '会議' from generate_series(1, $3::int) n`,
		k.minato.Organization,
		r.ID,
		applications,
	)
	k.exec(`with span as (
		  select day + f * interval '30 minutes' as starts_at, day + u * interval '30 minutes' as ends_at, room,
		  row_number() over (order by room, day, f, u) - 1 as n
		  from generate_series('2026-12-15 00:00+09'::timestamptz, '2026-12-31 00:00+09', interval '1 day') day,
		  generate_series(18, 42) f, generate_series(19, 43) u, unnest($1::uuid[]) room where f < u
		), application as (select id, row_number() over (order by number) - 1 as n from booking_application
		  where number ~ '^0{12}')
		insert into booking_wish (borrower_id, application_id, rank, room_id, starts_at, ends_at)
		select $2, a.id, s.n % 10 + 1, s.room, s.starts_at, s.ends_at from span s join application a on a.n = s.n / 10`,
		in.Rooms[:3],
		k.minato.Organization,
	)
	if n := k.number("select count(*) from booking_wish"); n <= 10_000 {
		t.Fatalf("%d wishes are not many", n)
	}
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	r, err := k.service.Get(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	list, err := lottery.Parse(r.List)
	if err != nil || len(list.Entries) != applications+1 || len(list.Pools) <= 10_000 {
		t.Errorf("%d entries, %d pools, %v", len(list.Entries), len(list.Pools), err)
	}
	if states := k.settled(r.ID); states[Won] < 10 || states[Lost]+states[NotValid]+states[""] != 0 {
		t.Errorf("in the end: %v", states)
	}
	if now := k.application(k.minato, mine.ID); now.Outcome != Won && now.Outcome != NotDrawn {
		t.Errorf("for the vast room: %s", now.Outcome)
	}
}
