package board_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// rooms of a board by id.
func (k *kit) rows(q board.Query) map[uuid.UUID]board.Row {
	k.Helper()
	b, err := k.service.Board(k.Context(), q)
	if err != nil {
		k.Fatal(err)
	}
	all := map[uuid.UUID]board.Row{}
	for _, r := range b.Rooms {
		all[r.Room.ID] = r
	}
	return all
}

var sunday = clock.NewDate(2026, 12, 20)

const morningBlocks = `{"mode": "blocks", "blocks": [{"key": "am", "name": "午前", "kind": "block", "from": "09:00",
	  "to": "12:00"},
	{"key": "noon", "name": "昼", "kind": "extension", "from": "12:00", "to": "13:00"}, {"key": "pm", "name": "午後",
	  "kind": "block", "from": "13:00", "to": "17:00"},
	{"key": "all", "name": "全日", "kind": "whole", "from": "09:00", "to": "17:00"}]}`

func TestBoardSaysWhenRoomsAreFree(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 30})
	k.exec("update room set uses = $2 where id = $1", k.hall.Tea, morningBlocks)
	k.place(k.minato, ask(k.hall.A, 10, 12))
	k.place(k.kita, hold(k.hall.Tea, 13, 17))
	k.exec(
		`insert into closure (organization_id, facility_id, span, reason) values ($1, $2, tstzrange($3, $4), '選挙')`,
		k.kita.Organization,
		k.hall.FacilityID,
		at(24, 0),
		at(48, 0),
	)
	all := k.rows(board.Query{Facility: k.hall.FacilityID, From: sunday, Days: 3})
	if len(all) != 4 {
		t.Fatalf("%d rooms", len(all))
	}
	states := func(id uuid.UUID) (words string) {
		for _, d := range all[id].Days {
			words += string(d.State) + " "
		}
		return words
	}
	for id, want := range map[uuid.UUID]string{
		k.hall.A:     "partly closed free ",
		k.hall.B:     "free closed free ",
		k.hall.Whole: "partly closed free ",
		k.hall.Tea:   "partly closed free ",
	} {
		if got := states(id); got != want {
			t.Errorf("%s: %q, want %q", all[id].Room.Name, got, want)
		}
	}
	// 10 to 12 with its own 15 and 30 minutes is 9:45 to 12:30; the next use needs 15 minutes
	// before it, the one before 30 after it.
	want := []venue.Span{{From: at(13, 0), To: at(21, 30)}}
	if got := all[k.hall.A].Days[0].Free; len(got) != 1 || !got[0].From.Equal(want[0].From) ||
		!got[0].To.Equal(want[0].To) {
		t.Errorf("free: %v, want %v", got, want)
	}
	tea := all[k.hall.Tea].Days[0].Blocks
	if len(tea) != 4 || tea[0].State != board.Free || tea[len(tea)-1].State != board.Taken ||
		tea[1].State != board.Taken && tea[1].Kind == venue.WholeDay {
		t.Errorf("blocks: %+v", tea)
	}
	if d := all[k.hall.A].Days[1]; d.Closed != venue.ClosedOnce {
		t.Errorf("closed: %q", d.Closed)
	}
	told, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"居場所づくりの会議", k.minato.Organization.String(), "minato"} {
		if strings.Contains(string(told), secret) {
			t.Errorf("the board tells %q", secret)
		}
	}
	one := k.rows(board.Query{Room: k.hall.B, From: sunday, Days: 1})
	if len(one) != 1 || one[k.hall.B].Days[0].State != board.Free {
		t.Errorf("one room: %+v", one)
	}
}

func TestBoardRefuses(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	for name, q := range map[string]board.Query{
		"no days": {Facility: k.hall.FacilityID, From: sunday},
		"32 days": {Facility: k.hall.FacilityID, From: sunday, Days: 32},
		"no date": {Facility: k.hall.FacilityID, Days: 1},
		"1999":    {Facility: k.hall.FacilityID, From: clock.NewDate(1999, 12, 31), Days: 1},
		"2100":    {Facility: k.hall.FacilityID, From: clock.NewDate(2099, 12, 31), Days: 2},
	} {
		_, err := k.service.Board(t.Context(), q)
		k.want(name, err, board.ErrSpan)
	}
	_, err := k.service.Board(t.Context(), board.Query{Room: uuid.New(), From: sunday, Days: 1})
	k.want("no room", err, board.ErrRoomUnknown)
	k.exec("update room set open_to = 'own' where id = $1", k.hall.Tea)
	_, err = k.service.Board(t.Context(), board.Query{Room: k.hall.Tea, From: sunday, Days: 1})
	k.want("a room of its owner alone", err, board.ErrRoomUnknown)
	if all := k.rows(
		board.Query{Facility: k.hall.FacilityID, From: sunday, Days: 1},
	); len(all) != 3 ||
		all[k.hall.Tea].Capacity != 0 {
		t.Errorf("%d rooms are shown", len(all))
	}
	if all := k.rows(board.Query{Facility: uuid.New(), From: sunday, Days: 1}); len(all) != 0 {
		t.Error("a facility that is not there has rooms")
	}
}

// What is kept for a draw is not free, and not told as taken.
func TestBoardSaysWhatIsKeptForARound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.autumn()
	all := k.rows(board.Query{Facility: k.hall.FacilityID, From: sunday, Days: 1})
	if a, tea := all[k.hall.A].Days[0].State, all[k.hall.Tea].Days[0].State; a != board.ByLot || tea != board.Free {
		t.Errorf("kept: %s, another room: %s", a, tea)
	}
	page, err := k.service.Free(t.Context(), board.FreeQuery{Day: sunday, Part: board.Afternoon, Capacity: 1})
	if err != nil || len(page.Items) != 1 || page.Items[0].Room.ID != k.hall.Tea {
		t.Errorf("free: %+v %v", page.Items, err)
	}
}

// counted is a transaction that counts what it sends.
type counted struct {
	pgx.Tx
	n int
}

func (c *counted) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.n++
	return c.Tx.Query(ctx, sql, args...)
}

func (c *counted) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	c.n++
	return c.Tx.QueryRow(ctx, sql, args...)
}

func (c *counted) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	c.n += b.Len()
	return c.Tx.SendBatch(ctx, b)
}

// statements counts what a board takes.
func (k *kit) statements(q board.Query) (n, rooms int) {
	k.Helper()
	ctx, err := board.Held(k.Context(), k.service)
	if err != nil {
		k.Fatal(err)
	}
	err = k.db.InPublic(ctx, func(tx *postgres.Tx) error {
		c := &counted{Tx: tx.Pgx}
		tx.Pgx = c
		b, err := board.ReadBoard(ctx, k.service, tx, q)
		n, rooms = c.n, len(b.Rooms)
		return err
	})
	if err != nil {
		k.Fatal(err)
	}
	return n, rooms
}

func TestBoardTakesAsManyStatementsForThirtyRooms(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	few, rooms := k.statements(board.Query{Room: k.hall.Tea, From: sunday, Days: 1})
	if few != 5 || rooms != 1 { // rooms, holidays of the nation, of the town, closings, taken times
		t.Errorf("one room takes %d statements", few)
	}
	k.exec(`with made as (
		insert into room (organization_id, facility_id, status, open_to, name, capacity, uses, terms, position)
		select r.organization_id, r.facility_id, 'draft', 'own', '部屋' || n, 10, r.uses, r.terms, n
		  from room r, generate_series(1, 40) n where r.id = $1 returning organization_id, facility_id, id)
		insert into room_space (organization_id, facility_id, room_id, space_id)
		  select m.organization_id, m.facility_id, m.id, s.space_id from made m, room_space s where s.room_id = $1`,
		k.hall.Tea,
	)
	k.exec(
		`insert into room_partnership (organization_id, room_id, partnership_id) select r.organization_id, r.id, $2
			from room r where r.facility_id = $1 and r.status = 'draft'`,
		k.hall.FacilityID,
		k.hall.Partnership,
	)
	k.exec(
		"update room set status = 'open', open_to = 'partners' where facility_id = $1 and status = 'draft'",
		k.hall.FacilityID,
	)
	for hour := range 8 {
		k.place(k.kita, ask(k.hall.Tea, 9+hour, 10+hour))
	}
	many, rooms := k.statements(board.Query{
		Facility: k.hall.FacilityID,
		From:     sunday.AddDays(-10),
		Days:     board.MaxDays,
	})
	if many != few || rooms != board.MaxRooms {
		t.Errorf("%d rooms take %d statements, one takes %d", rooms, many, few)
	}
	b, err := k.service.Board(
		t.Context(),
		board.Query{Facility: k.hall.FacilityID, From: sunday, Days: 1, Skip: board.MaxRooms},
	)
	if err != nil || len(b.Rooms) != 14 || b.More {
		t.Errorf("the rest: %d rooms, more %v, %v", len(b.Rooms), b.More, err)
	}
}

func TestFreePartsOfTheDay(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.exec("update room set uses = $2 where id = $1", k.hall.Tea, morningBlocks)
	k.exec(
		`update room set layouts = '[{"kind": "theater", "capacity": 60}]',
			equipment = '[{"kind": "piano", "count": 1}]' where id = $1`,
		k.hall.Whole,
	)
	k.exec("update facility set barrier_free = '{slope_elevator,nursing_room}' where id = $1", k.hall.FacilityID)
	k.place(k.minato, ask(k.hall.A, 16, 18))
	k.place(k.kita, ask(k.hall.Tea, 9, 12))
	find := func(q board.FreeQuery) map[uuid.UUID]board.FreeRoom {
		t.Helper()
		if q.Day.IsZero() {
			q.Day = sunday
		}
		q.Capacity = max(1, q.Capacity)
		page, err := k.service.Free(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		all := map[uuid.UUID]board.FreeRoom{}
		for _, r := range page.Items {
			all[r.Room.ID] = r
		}
		return all
	}
	if all := find(
		board.FreeQuery{Part: board.Morning},
	); len(all) != 3 || all[k.hall.Tea].Capacity != 0 || !all[k.hall.A].EndsAt.Equal(at(12, 0)) ||
		all[k.hall.A].Lender.Slug != "kita" {
		t.Errorf("in the morning: %+v", all)
	}
	all := find(board.FreeQuery{Part: board.Afternoon})
	if tea := all[k.hall.Tea]; len(all) != 2 || all[k.hall.B].Capacity == 0 || tea.Block != "午後" ||
		!tea.StartsAt.Equal(at(13, 0)) ||
		!tea.EndsAt.Equal(at(17, 0)) ||
		tea.Reach != board.Free {
		t.Errorf("in the afternoon: %+v", all)
	}
	if all := find(board.FreeQuery{Part: board.FullDay}); len(all) != 1 || !all[k.hall.B].EndsAt.Equal(at(21, 30)) {
		t.Errorf("all day: %+v", all)
	}
	for name, tt := range map[string]struct {
		q    board.FreeQuery
		want int
	}{
		"layout":                      {board.FreeQuery{Layout: "theater", Capacity: 60}, 1},
		"layout for more":             {board.FreeQuery{Layout: "theater", Capacity: 61}, 0},
		"another layout":              {board.FreeQuery{Layout: "school"}, 0},
		"equipment":                   {board.FreeQuery{Equipment: []string{"piano"}}, 1},
		"equipment that is not there": {board.FreeQuery{Equipment: []string{"piano", "stage"}}, 0},
		"barrier-free": {
			board.FreeQuery{BarrierFree: []venue.Fact{venue.NursingRoom, venue.SlopeElevator}},
			3,
		},
		"not so":      {board.FreeQuery{BarrierFree: []venue.Fact{venue.Captions}}, 0},
		"partnership": {board.FreeQuery{Partnership: "towns"}, 3},
		"another":     {board.FreeQuery{Partnership: "elsewhere"}, 0},
		"heads":       {board.FreeQuery{Capacity: 41}, 1},
		"far":         {board.FreeQuery{Day: sunday.AddDays(300)}, 4},
	} {
		if tt.q.Part = board.Morning; len(find(tt.q)) != tt.want {
			t.Errorf("%s: %+v", name, find(tt.q))
		}
	}
	if far := find(
		board.FreeQuery{Part: board.Morning, Day: sunday.AddDays(300)},
	); far[k.hall.A].Reach != board.Early ||
		far[k.hall.A].Opens.IsZero() {
		t.Errorf("far ahead: %+v", far[k.hall.A])
	}
	page, err := k.service.Free(t.Context(), board.FreeQuery{Day: sunday, Part: board.Afternoon, Capacity: 1, Limit: 1})
	if err != nil || len(page.Items) != 1 || page.Next == nil {
		t.Fatalf("the first page: %+v %v", page, err)
	}
	rest, err := k.service.Free(
		t.Context(),
		board.FreeQuery{Day: sunday, Part: board.Afternoon, Capacity: 1, Limit: 1, After: page.Next},
	)
	if err != nil || len(rest.Items) != 1 || rest.Items[0].Room.ID == page.Items[0].Room.ID {
		t.Errorf("the second page: %+v %v", rest, err)
	}
	for name, q := range map[string]board.FreeQuery{
		"no part": {Part: "night", Day: sunday},
		"no day":  {Part: board.Morning},
	} {
		_, err := k.service.Free(t.Context(), q)
		k.want(name, err, board.ErrSpan)
		_, err = k.service.Near(t.Context(), q)
		k.want("near "+name, err, board.ErrSpan)
	}
	_, err = k.service.Free(t.Context(), board.FreeQuery{Part: board.Morning, Day: clock.NewDate(2026, 11, 30)})
	k.code("yesterday", err, venue.BookingPast)
}

func TestNearTimes(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.place(k.kita, ask(k.hall.Whole, 9, 17))
	for _, d := range []int{1, -1} { // the days beside it too
		r := ask(k.hall.Whole, 9, 21)
		r.StartsAt, r.EndsAt = r.StartsAt.AddDate(0, 0, d), r.EndsAt.AddDate(0, 0, d)
		k.place(k.kita, r)
	}
	near, err := k.service.Near(t.Context(), board.FreeQuery{Day: sunday, Part: board.Afternoon, Capacity: 20})
	if err != nil || len(near) != board.NearTimes {
		t.Fatalf("near: %+v %v", near, err)
	}
	if n := near[0]; n.Day != sunday || n.Part != board.Evening || n.Rooms != 3 || n.More {
		t.Errorf("the same day: %+v", n)
	}
	if a, b := near[1], near[2]; a.Day != sunday.AddDays(
		2,
	) || b.Day != sunday.AddDays(-2) || a.Part != board.Afternoon {
		t.Errorf("other days: %+v %+v", a, b)
	}
	timed, err := k.service.Near(t.Context(), board.FreeQuery{StartsAt: at(10, 0), EndsAt: at(11, 30), Capacity: 20})
	if err != nil || len(timed) != board.NearTimes || timed[0].Part != board.Evening || timed[1].Part != "" ||
		!timed[1].StartsAt.Equal(at(48+10, 0)) ||
		!timed[1].EndsAt.Equal(at(48+11, 30)) {
		t.Errorf("the same time: %+v %v", timed, err)
	}
	if none, err := k.service.Near(
		t.Context(),
		board.FreeQuery{Day: sunday, Part: board.Morning, Capacity: 5000},
	); err != nil ||
		len(none) != 0 {
		t.Errorf("no room is so large: %+v %v", none, err)
	}
}
