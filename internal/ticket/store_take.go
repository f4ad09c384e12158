package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// mostAsked is more seats than any quota permits to one request, and fits a smallint.
const mostAsked = 1000

// readWay gives the way in which a quota's seats are taken, "" when the public sees no such quota.
func (s store) readWay(ctx context.Context, quota uuid.UUID) (way event.Reservation, err error) {
	const read = `select p.reservation from quota q join part p on p.id = q.part_id where q.id = $1`
	err = s.Pool.QueryRow(ctx, read, quota).Scan(&way)
	if err != nil && !postgres.NoRows(err) {
		return "", query.Unavailable(fmt.Errorf("read the way of a quota: %w", err))
	}
	return way, nil
}

const sqlIsListed = `select exists (select from event e where e.id = $1 and e.listed)`

// isListed reports whether the public may see an event.
func (s store) isListed(ctx context.Context, event uuid.UUID) (listed bool, err error) {
	if err = s.Pool.QueryRow(ctx, sqlIsListed, event).Scan(&listed); err != nil {
		return false, query.Unavailable(fmt.Errorf("look for event: %w", err))
	}
	return listed, nil
}

// wait puts an attempt that found the quota full on the waiting list; a seat that came free
// meanwhile is taken at once.
func (s store) wait(ctx context.Context, a attempt) (reply, error) {
	const call = `
		select v, case when v = 'too_many' then coalesce((select max_seats from quota where id = $2), 0) else 0 end::int
		from ticket_wait_once($1, $2, $3, $4, $5, $6::int::smallint, nullif($7, ''), $8) v`
	args := []any{
		a.EventID, a.QuotaID, string(a.Wait), a.id, a.mac, min(a.Seats, mostAsked), a.sealed, query.OrNull(a.askedAt),
	}
	var r reply
	if err := s.change(ctx, a.mac, call, args, &r.ticket, &r.outcome, &r.most); err != nil {
		return reply{}, query.Unavailable(fmt.Errorf("wait for a seat: %w", err))
	}
	return r, nil
}

// apply enters an attempt into the draw of its part.
func (s store) apply(ctx context.Context, a attempt) (reply, error) {
	const call = `
		select v.outcome, coalesce(v.most, 0)::int
		from ticket_apply_once($1, $2, $3, $4, $5, $6::int::smallint, nullif($7, ''), $8) v`
	number, err := a.Secret.DrawNumber()
	if err != nil {
		return reply{}, err
	}
	args := []any{
		a.EventID, a.QuotaID, a.id, a.mac, number, min(a.Seats, mostAsked), a.sealed, query.OrNull(a.askedAt),
	}
	var r reply
	if err := s.change(ctx, a.mac, call, args, &r.ticket, &r.outcome, &r.most); err != nil {
		return reply{}, query.Unavailable(fmt.Errorf("apply: %w", err))
	}
	return r, nil
}

// takeSlots takes the slots of an attempt, all or none. It needs no batches: slots are many and
// each has few places.
func (s store) takeSlots(ctx context.Context, a attempt) (reply, error) {
	const call = `
		select v.outcome, v.at, coalesce(v.most, 0)::int
		from ticket_take_slots_once($1, $2, $3, $4, nullif($5, ''), $6) v`
	if err := a.checkSlots(); err != nil { // memory may have taken the quota for one of seats
		return reply{}, err
	}
	args := []any{a.EventID, a.slots(), a.id, a.mac, a.sealed, query.OrNull(a.askedAt)}
	r := reply{ofSlots: true}
	if err := s.change(ctx, a.mac, call, args, &r.ticket, &r.outcome, &r.at, &r.most); err != nil {
		return reply{}, query.Unavailable(fmt.Errorf("take slots: %w", err))
	}
	if r.outcome == unknown && len(a.Slots) == 0 { // the quota is there, and no slot
		r = reply{slotVerdict: slotVerdict{outcome: otherWay}}
	}
	return r, nil
}
