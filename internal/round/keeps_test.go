package round

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestARoundKeepsItsRoomsByItsState(t *testing.T) {
	t.Parallel()
	until := at(9, 0)
	for _, tt := range []struct {
		state              State
		before, as, beyond bool
	}{
		{Open, true, true, true},
		{Closed, true, true, true},
		{Drawn, true, false, false},
		{Finished, false, false, false},
		{Cancelled, false, false, false},
	} {
		r := Round{State: tt.state, AcceptUntil: until}
		if r.Keeps(until.Add(-1)) != tt.before || r.Keeps(until) != tt.as || r.Keeps(until.Add(1)) != tt.beyond {
			t.Errorf("%s: %v, %v, %v", tt.state, r.Keeps(until.Add(-1)), r.Keeps(until), r.Keeps(until.Add(1)))
		}
	}
}

// The rule of Keeps stands in SQL too: in the list of current rounds, in what a room's availability
// and a board show, and in what refuses bookings. This compares them for a round of each state,
// before, at and after the end of its answers.
func TestKeepsAgreesWithTheDatabase(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.Tea}
	first, all := in.FirstDay, map[State]uuid.UUID{}
	for i, state := range []State{Open, Closed, Drawn, Finished, Cancelled} {
		in.FirstDay, in.LastDay = first.AddDays(i), first.AddDays(i)
		all[state] = k.open(in).ID
	}
	k.exec(
		`update booking_round set state = 'closed', list = '-', list_digest = sha256('-'), closed_at = closes_at
			where id = any ($1)`,
		[]uuid.UUID{all[Closed], all[Drawn], all[Finished]},
	)
	k.exec(
		"update booking_round set state = 'drawn', revealed = seed, drawn_at = draws_at where id = any ($1)",
		[]uuid.UUID{all[Drawn], all[Finished]},
	)
	k.exec("update booking_round set state = 'finished' where id = $1", all[Finished])
	k.exec("update booking_round set state = 'cancelled' where id = $1", all[Cancelled])
	for _, past := range []time.Duration{
		-48 * time.Hour, -time.Second, -time.Microsecond, 0, time.Microsecond, time.Second, 48 * time.Hour,
	} {
		now := in.AcceptUntil.Add(past)
		k.clock.Set(now)
		page, err := k.service.List(t.Context(), Filter{Current: true})
		if err != nil {
			t.Fatal(err)
		}
		listed := map[uuid.UUID]bool{}
		for _, r := range page.Items {
			listed[r.ID] = true
		}
		shown, barred := k.keptRounds("select round_id from room_kept($1, tstzrange(null, null))"),
			k.keptRounds("select r.id from booking_rounds_of($1) k join booking_round r on lower(r.span) = k.starts_at")
		onBoard := k.keptRounds(
			"select round_id from rooms_occupied(array[$1::uuid], tstzrange(null, null)) where round_id is not null",
		)
		for state, id := range all {
			r, err := k.service.Get(t.Context(), id)
			if err != nil || r.State != state {
				t.Fatalf("%s: %s, %v", state, r.State, err)
			}
			keeps := r.Keeps(now)
			for where, said := range map[string]bool{
				"listed": listed[id], "shown": slices.Contains(shown, id), "on the board": slices.Contains(onBoard, id),
				"barred": slices.Contains(barred, id),
			} {
				if said != keeps {
					t.Errorf("%s, %s past its end: %s %v, keeps %v", state, past, where, said, keeps)
				}
			}
		}
	}
}

// keptRounds asks as a partner for which rounds the tea room is kept.
func (k *kit) keptRounds(statement string) (all []uuid.UUID) {
	k.Helper()
	err := k.db.ReadOrganization(k.Context(), k.chuo.Organization, func(tx *postgres.Tx) error {
		rows, err := tx.Pgx.Query(k.Context(), statement, k.hall.Tea)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		k.Fatal(err)
	}
	return all
}
