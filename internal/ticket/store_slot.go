package ticket

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// takeSlots gives ticket_take_slots' verdict and the ticket as it stands then.
func (s store) takeSlots(ctx context.Context, r Request, id uuid.UUID, mac []byte) (v slotVerdict, t Ticket, err error) {
	v, t, err = s.judgeSlots(ctx, mac, `select outcome, at, coalesce(most, 0)::int from ticket_take_slots($1, $2, $3, $4, nullif($5, ''))`, r.EventID, r.slots(), id, mac, r.Nickname)
	if err != nil {
		return slotVerdict{}, Ticket{}, unavailable(fmt.Errorf("take slots: %w", err))
	}
	return v, t, nil
}

// changeSlots gives ticket_change_slots' verdict and the ticket as it stands then.
func (s store) changeSlots(ctx context.Context, mac []byte, take, giveBack []uuid.UUID) (v slotVerdict, t Ticket, err error) {
	v, t, err = s.judgeSlots(ctx, mac, `select outcome, at, coalesce(most, 0)::int from ticket_change_slots($1, $2, $3)`, mac, take, giveBack)
	if err != nil {
		return slotVerdict{}, Ticket{}, unavailable(fmt.Errorf("change slots: %w", err))
	}
	return v, t, nil
}

func (s store) judgeSlots(ctx context.Context, mac []byte, call string, args ...any) (v slotVerdict, t Ticket, err error) {
	for attempt := 1; ; attempt++ {
		batch := &pgx.Batch{}
		batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
		batch.Queue(call, args...).QueryRow(func(row pgx.Row) error { return row.Scan(&v.outcome, &v.at, &v.most) })
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			t = Ticket{}
			_, err := scan(row, &t)
			return err
		})
		err := s.pool.SendBatch(ctx, batch).Close()
		if err == nil || attempt == 2 || !undone(err) {
			return v, t, err
		}
	}
}
