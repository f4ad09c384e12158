package admission

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type store struct{ db *postgres.DB }

// call runs one statement as the public role.
func (s store) call(ctx context.Context, what, statement string, args []any, into ...any) error {
	err := s.db.InTicket(ctx, nil, func(tx *postgres.Tx) error {
		if len(into) == 0 {
			_, err := tx.Pgx.Exec(ctx, statement, args...)
			return err
		}
		return tx.Pgx.QueryRow(ctx, statement, args...).Scan(into...)
	})
	if err != nil && !postgres.NoRows(err) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return err
}

// room gives a quota's capacity and what is left of it; zeros for one that is not listed.
func (s store) room(ctx context.Context, quota uuid.UUID) (capacity, left int, err error) {
	err = s.call(
		ctx,
		"read room",
		`select c.capacity, c.capacity - c.taken from quota_counter c where c.quota_id = $1`,
		[]any{quota},
		&capacity,
		&left,
	)
	if postgres.NoRows(err) {
		return 0, 0, nil
	}
	return capacity, left, err
}

func (s store) spend(ctx context.Context, c claims) (first bool, err error) {
	err = s.call(ctx, "spend challenge", `select guard_spend($1, $2)`, []any{c.id[:], c.expires}, &first)
	return first, err
}

// take counts seats in the table that all processes share. slot is where; freeAt tells when they
// fit if they don't now.
func (s store) take(
	ctx context.Context,
	networks []network,
	quota uuid.UUID,
	seats, most int,
) (granted bool, slot, freeAt time.Time, err error) {
	var at, free *time.Time
	err = s.call(
		ctx,
		"count share",
		`select granted, slot, free_at from guard_take($1, $2, $3, $4)`,
		[]any{names(networks), quota, seats, most},
		&granted,
		&at,
		&free,
	)
	if at != nil {
		slot = *at
	}
	if free != nil {
		freeAt = *free
	}
	return granted, slot, freeAt, err
}

func (s store) giveBack(ctx context.Context, n network, quota uuid.UUID, slot time.Time, seats int) error {
	return s.call(ctx, "uncount share", `select guard_give_back($1, $2, $3, $4)`, []any{n[:], quota, slot, seats})
}

func (s store) tell(ctx context.Context, w *windows) error {
	var networks [][]byte
	var quotas []uuid.UUID
	var slots []time.Time
	var seats []int32
	w.mu.Lock()
	for p, list := range w.kept {
		for _, t := range list {
			if p.quota != uuid.Nil {
				networks = append(networks, p.network[:])
				quotas = append(quotas, p.quota)
				slots = append(slots, t.at.Truncate(10*time.Second).Add(10*time.Second))
				seats = append(seats, int32(t.seats)) //nolint:gosec // at most 20
			}
		}
	}
	w.mu.Unlock()
	if len(networks) == 0 {
		return nil
	}
	return s.call(ctx, "tell shares", `select guard_tell($1, $2, $3, $4)`, []any{networks, quotas, slots, seats})
}

func (s store) beat(ctx context.Context, process uuid.UUID, fresh [][]byte) (processes int, h hours, err error) {
	err = s.call(
		ctx,
		"tell that we serve",
		`select processes, last_key, now_key, next_key from guard_beat($1, $2)`,
		[]any{process, fresh},
		&processes,
		&h.last,
		&h.now,
		&h.next,
	)
	return processes, h, err
}

func (s store) leave(ctx context.Context, process uuid.UUID) error {
	return s.call(ctx, "tell that we leave", `select guard_leave($1)`, []any{process})
}

func names(networks []network) [][]byte {
	all := make([][]byte, len(networks))
	for i := range networks {
		all[i] = networks[i][:]
	}
	return all
}

func forget(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select guard_forget()`).Scan(&n)
	return n, err
}
