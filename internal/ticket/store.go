package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// store reads and changes the rows of tickets.
type store struct{ query.Runner }

// sqlRead shows at most the ticket whose MAC sqlHolder presented.
const sqlRead = `
	select t.id, t.organization_id, t.event_id, t.occurrence_id, t.part_id, t.quota_id, t.status, t.seats, t.nickname,
	  t.taken_on, l.url, l.note, l.phone,
	  case when t.status = 'waiting' then (
	    select max(part_waits_until(p)) from ticket_wish w join quota q on q.id = w.quota_id
	    join part p on p.id = q.part_id where w.ticket_id = t.id) end,
	  case when t.status = 'offered' then (select o.until from ticket_offer o where o.ticket_id = t.id) end,
	  t.status = 'confirmed' and t.still_coming is false,
	  t.calendar_mac is not null, t.calendar_turn,
	  case when t.status = 'waiting' then (
	    select case when count(*) < 2 then 'quota' when count(distinct q.occurrence_id) = 1 then 'occurrence'
	    else 'event' end
	    from ticket_wish w join quota q on q.id = w.quota_id where w.ticket_id = t.id) else '' end,
	  (select e.number from lottery_entry e where e.ticket_id = t.id),
	  h.slots, h.parts, h.starts, h.ends, t.status = 'cancelled' and exists (select from slot_rule r
	  where r.quota_id = t.quota_id),
	  exists (select from ticket_contact c where c.ticket_id = t.id), t.asked
	from ticket t left join joining_link l on l.part_id = t.part_id
	cross join lateral (
	  select array_agg(k.slot_id order by k.starts_at) as slots, array_agg(k.part_id order by k.starts_at) as parts,
	    array_agg(k.starts_at order by k.starts_at) as starts, array_agg(k.ends_at order by k.starts_at) as ends
	  from ticket_slot k where k.ticket_id = t.id) h
	where t.secret_mac = $1`

// read gives the ticket stored under the first of macs that has one, else ErrUnknown.
func (s store) read(ctx context.Context, macs [][]byte) (Ticket, error) {
	var t Ticket
	found := false
	batch := &pgx.Batch{}
	for _, mac := range macs {
		s.Holder(batch, mac)
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			if found {
				return nil
			}
			ok, err := scan(row, &t)
			found = ok
			return err
		})
	}
	if err := s.Send(ctx, batch); err != nil {
		return Ticket{}, query.Unavailable(fmt.Errorf("read ticket: %w", err))
	}
	if !found {
		return Ticket{}, ErrUnknown
	}
	return t, nil
}

// cancel gives ticket_cancel's outcome and the ticket as it stands then.
func (s store) cancel(ctx context.Context, mac []byte) (o outcome, t Ticket, err error) {
	const call = `select coalesce(ticket_withdraw($1), ticket_cancel($1))`
	if err := s.change(ctx, mac, call, []any{mac}, &t, &o); err != nil {
		return "", Ticket{}, query.Unavailable(fmt.Errorf("cancel ticket: %w", err))
	}
	return o, t, nil
}

// giveBack cancels a ticket of which nobody knows.
func (s store) giveBack(ctx context.Context, mac []byte) error {
	_, _, err := s.cancel(ctx, mac)
	return err
}

// confirm gives ticket_confirm's outcome and the ticket as it stands then.
func (s store) confirm(ctx context.Context, mac []byte) (o outcome, t Ticket, err error) {
	if err := s.change(ctx, mac, `select ticket_confirm($1)`, []any{mac}, &t, &o); err != nil {
		return "", Ticket{}, query.Unavailable(fmt.Errorf("confirm ticket: %w", err))
	}
	return o, t, nil
}

// changeSlots gives ticket_change_slots' verdict and the ticket as it stands then.
func (s store) changeSlots(
	ctx context.Context,
	mac []byte,
	take, giveBack []uuid.UUID,
) (v slotVerdict, t Ticket, err error) {
	const call = `select outcome, at, coalesce(most, 0)::int from ticket_change_slots($1, $2, $3)`
	if err := s.change(ctx, mac, call, []any{mac, take, giveBack}, &t, &v.outcome, &v.at, &v.most); err != nil {
		return slotVerdict{}, Ticket{}, query.Unavailable(fmt.Errorf("change slots: %w", err))
	}
	return v, t, nil
}

// rotate stores the ticket under another MAC, with its nickname sealed anew, and an application
// under the number of the new secret while its list is open; done is false when none is stored
// under the old MAC.
func (s store) rotate(
	ctx context.Context,
	mac, newMAC []byte,
	newNumber, sealed string,
) (done bool, t Ticket, err error) {
	const call = `select ticket_rotate_numbered($1, $2, nullif($4, ''), $3)`
	if err := s.change(ctx, newMAC, call, []any{mac, newMAC, newNumber, sealed}, &t, &done); err != nil {
		return false, Ticket{}, query.Unavailable(fmt.Errorf("rotate ticket: %w", err))
	}
	return done, t, nil
}

// change calls a function that changes one ticket, scans the columns it gives, and reads the ticket
// as the holder of mac.
func (s store) change(ctx context.Context, mac []byte, call string, args []any, t *Ticket, columns ...any) error {
	for attempt := 1; ; attempt++ {
		batch := &pgx.Batch{}
		s.Holder(batch, mac)
		batch.Queue(call, args...).QueryRow(func(row pgx.Row) error { return row.Scan(columns...) })
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			*t = Ticket{}
			_, err := scan(row, t)
			return err
		})
		err := s.Send(ctx, batch)
		if err == nil || attempt == 2 || !query.IsUndone(err) {
			return err
		}
	}
}

func scan(row pgx.Row, t *Ticket) (found bool, err error) {
	var (
		nickname, url, note, phone, number pgtype.Text
		slots, parts, asked                []uuid.UUID
		starts, ends                       []time.Time
	)
	err = row.Scan(
		&t.ID,
		&t.OrganizationID,
		&t.EventID,
		&t.OccurrenceID,
		&t.PartID,
		&t.QuotaID,
		&t.Status,
		&t.Seats,
		&nickname,
		&t.TakenOn,
		&url,
		&note,
		&phone,
		&t.WaitsUntil,
		&t.OfferedUntil,
		&t.AskedStillComing,
		&t.calendarOn,
		&t.calendarTurn,
		&t.WaitsFor,
		&number,
		&slots,
		&parts,
		&starts,
		&ends,
		&t.bySlots,
		&t.HasContact,
		&asked,
	)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.sealed, t.DrawNumber = nickname.String, number.String
	if len(asked) > 0 {
		t.asked = &asked
	}
	if len(slots) > 0 {
		held := make([]HeldSlot, len(slots))
		for i := range slots {
			held[i] = HeldSlot{ID: slots[i], PartID: parts[i], StartsAt: starts[i], EndsAt: ends[i]}
		}
		t.slots = &held
	}
	if url.Valid {
		t.JoiningLink = &JoiningLink{URL: url.String, Note: note.String, Phone: phone.String}
	}
	return true, nil
}
