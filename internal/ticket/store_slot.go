package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// takeSlots gives ticket_take_slots' verdict and the ticket as it stands then.
func (s store) takeSlots(ctx context.Context, r Request, id uuid.UUID, mac []byte) (v slotVerdict, t Ticket, err error) {
	args := []any{r.EventID, r.slots(), id, mac, r.sealed, orNull(r.askedAt)}
	err = s.changeOf(ctx, mac, `select ticket_attempted($4, $6, v.outcome), v.at, coalesce(v.most, 0)::int from ticket_take_slots(ticket_attempt($1, $4, $6), $2, $3, $4, nullif($5, '')) v`,
		args, v.scan, &t)
	if err != nil {
		return slotVerdict{}, Ticket{}, unavailable(fmt.Errorf("take slots: %w", err))
	}
	return v, t, nil
}

// changeSlots gives ticket_change_slots' verdict and the ticket as it stands then.
func (s store) changeSlots(ctx context.Context, mac []byte, take, giveBack []uuid.UUID) (v slotVerdict, t Ticket, err error) {
	args := []any{mac, take, giveBack}
	err = s.changeOf(ctx, mac, `select outcome, at, coalesce(most, 0)::int from ticket_change_slots($1, $2, $3)`, args, v.scan, &t)
	if err != nil {
		return slotVerdict{}, Ticket{}, unavailable(fmt.Errorf("change slots: %w", err))
	}
	return v, t, nil
}

func (v *slotVerdict) scan(row pgx.Row) error { return row.Scan(&v.outcome, &v.at, &v.most) }
