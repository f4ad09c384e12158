package board

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

const shownRooms = "r.status = 'open' and r.listed and f.status = 'open'"

// selectBoardRooms gives one more than fits, to tell that there are more.
func selectBoardRooms(ctx context.Context, tx *postgres.Tx, q Query) ([]*Facts, error) {
	first, last := q.From, q.From.AddDays(q.Days)
	if q.Room != uuid.Nil {
		return readFacts(ctx, tx, first, last, shownRooms+" and r.id = $1", q.Room)
	}
	return readFacts(
		ctx,
		tx,
		first,
		last,
		shownRooms+" and r.facility_id = $1 order by r.position, r.id offset $2 limit $3",
		q.Facility,
		q.Skip,
		MaxRooms+1,
	)
}

// selectBusyOf reads what is taken of these rooms in a window, with set-up and clearing around it.
func selectBusyOf(ctx context.Context, tx *postgres.Tx, all []*Facts, window venue.Span) (map[uuid.UUID]taken, error) {
	ids := make([]uuid.UUID, len(all))
	wide := window
	for i, f := range all {
		ids[i] = f.Room.ID
		setup, clearing := f.Room.Buffers()
		if own := window.Wide(setup+clearing, setup+clearing); own.From.Before(wide.From) {
			wide = own
		}
	}
	rows, err := tx.Pgx.Query(
		ctx,
		"select room_id, lower(busy), upper(busy), round_id from rooms_occupied($1, tstzrange($2, $3)) order by busy",
		ids,
		wide.From,
		wide.To,
	)
	if err != nil {
		return nil, fmt.Errorf("read taken times: %w", err)
	}
	busy := map[uuid.UUID]taken{}
	var (
		room  uuid.UUID
		span  venue.Span
		round *uuid.UUID
	)
	_, err = pgx.ForEachRow(rows, []any{&room, &span.From, &span.To, &round}, func() error {
		t := busy[room]
		if round != nil {
			t.kept = append(t.kept, KeptSpan{Span: span, Round: *round})
		} else {
			t.busy = append(t.busy, span)
		}
		busy[room] = t
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read taken times: %w", err)
	}
	return busy, nil
}
