package ticket

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// store speaks to the database in batches that are one implicit transaction and one round trip: the settings are local to it, and the commit is
// done when the batch is closed without error, not when its rows have come.
type store struct {
	pool  *pgxpool.Pool
	clock clock.Clock
}

// settings for row-level security; values are parameters, so that pg_stat_activity shows none.
const (
	sqlNow = `select set_config('app.now', $1, true), set_config('lock_timeout', $2, true)`

	sqlHolder = `select set_config('app.now', $1, true), set_config('app.ticket', $2, true)`
)

// sqlRead shows at most the ticket whose MAC sqlHolder presented.
const sqlRead = `
	select t.id, t.organization_id, t.event_id, t.occurrence_id, t.part_id, t.quota_id, t.status, t.seats, t.nickname, t.taken_on, l.url, l.note, l.phone,
	  case when t.status = 'waiting' then (
	    select max(part_waits_until(p)) from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id where w.ticket_id = t.id) end,
	  case when t.status = 'offered' then (select o.until from ticket_offer o where o.ticket_id = t.id) end,
	  t.status = 'confirmed' and t.still_coming is false,
	  t.calendar_mac is not null, t.calendar_turn,
	  case when t.status = 'waiting' then (
	    select case when count(*) < 2 then 'quota' when count(distinct q.occurrence_id) = 1 then 'occurrence' else 'event' end
	    from ticket_wish w join quota q on q.id = w.quota_id where w.ticket_id = t.id) else '' end,
	  (select e.number from lottery_entry e where e.ticket_id = t.id),
	  h.slots, h.parts, h.starts, h.ends, t.status = 'cancelled' and exists (select from slot_rule r where r.quota_id = t.quota_id),
	  exists (select from ticket_contact c where c.ticket_id = t.id), t.asked
	from ticket t left join joining_link l on l.part_id = t.part_id
	cross join lateral (
	  select array_agg(k.slot_id order by k.starts_at) as slots, array_agg(k.part_id order by k.starts_at) as parts,
	    array_agg(k.starts_at order by k.starts_at) as starts, array_agg(k.ends_at order by k.starts_at) as ends
	  from ticket_slot k where k.ticket_id = t.id) h
	where t.secret_mac = $1`

const sqlGrant = `
	select outcomes, free, most, organizations, occurrences, parts, links
	from ticket_grant($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::smallint[], $6::text[])`

// sqlGrantOnce is for batches with a secret that its caller made and may send again.
const sqlGrantOnce = `
	select outcomes, free, most, organizations, occurrences, parts, links
	from ticket_grant_once($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::smallint[], $6::text[], $7::timestamptz[])`

// laneLockTimeout is how long a batch waits for a quota that somebody else is changing; its neighbours in the batch wait as long.
const laneLockTimeout = "2s"

// wanted is what goes to ticket_grant.
type wanted struct {
	event, quota, id uuid.UUID
	mac              []byte
	seats            int16
	nickname         string
}

// verdict is what comes back.
type verdict struct {
	outcome string
	// free and most are valid when the quota was looked at.
	free, most int
	ticket     *Ticket // when granted
	linkIsOpen bool
}

// verdictName is an outcome of ticket_grant. There are a dozen, and a rush is told them by the thousand: known ones are not made anew.
type verdictName string

var verdictNames = map[string]verdictName{
	"granted": "granted", "duplicate": "duplicate", "full": "full", "unknown": "unknown", "not_needed": "not_needed", "other_way": "other_way",
	"not_accepting": "not_accepting", "not_open": "not_open", "closed": "closed", "too_many": "too_many",
}

// ScanBytes is what pgx calls.
func (v *verdictName) ScanBytes(text []byte) error {
	name, known := verdictNames[string(text)]
	if !known {
		name = verdictName(text)
	}
	*v = name
	return nil
}

func (s store) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

func orNull(t time.Time) pgtype.Timestamptz { return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()} }

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.999999Z07:00") }

// grant judges requests in one transaction and gives one verdict each, in order.
func (s store) grant(ctx context.Context, requests []*request) ([]verdict, error) {
	n := len(requests)
	// FlatArray goes to and from the database without reflection.
	events, quotas, ids := make(pgtype.FlatArray[pgtype.UUID], n), make(pgtype.FlatArray[pgtype.UUID], n), make(pgtype.FlatArray[pgtype.UUID], n)
	macs, seats, nicknames := make(pgtype.FlatArray[[]byte], n), make(pgtype.FlatArray[int16], n), make(pgtype.FlatArray[pgtype.Text], n)
	asked, sql, anyAsked := make([]pgtype.Timestamptz, n), sqlGrant, false
	for i, r := range requests {
		if !r.ownSecret {
			asked[i], anyAsked = orNull(r.askedAt), true
		}
		events[i] = pgtype.UUID{Bytes: r.event, Valid: true}
		quotas[i] = pgtype.UUID{Bytes: r.quota, Valid: true}
		ids[i] = pgtype.UUID{Bytes: r.id, Valid: true}
		macs[i], seats[i] = r.mac, r.seats
		nicknames[i] = pgtype.Text{String: r.nickname, Valid: r.nickname != ""}
	}
	now := s.now()
	var (
		outcomes                          pgtype.FlatArray[verdictName]
		free                              pgtype.FlatArray[pgtype.Int4]
		most                              pgtype.FlatArray[pgtype.Int2]
		organizations, occurrences, parts pgtype.FlatArray[pgtype.UUID]
		links                             pgtype.FlatArray[bool]
	)
	batch := &pgx.Batch{}
	batch.Queue(sqlNow, stamp(now), laneLockTimeout)
	args := []any{events, quotas, ids, macs, seats, nicknames}
	if anyAsked {
		sql, args = sqlGrantOnce, append(args, asked)
	}
	batch.Queue(sql, args...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&outcomes, &free, &most, &organizations, &occurrences, &parts, &links)
	})
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return nil, fmt.Errorf("grant seats: %w", err)
	}
	if len(outcomes) != n {
		return nil, fmt.Errorf("grant seats: %d verdicts for %d requests", len(outcomes), n)
	}
	verdicts, tickets := make([]verdict, n), make([]Ticket, n)
	for i, r := range requests {
		v := verdict{outcome: string(outcomes[i]), free: int(free[i].Int32), most: int(most[i].Int16), linkIsOpen: links[i]}
		if v.outcome == "granted" {
			tickets[i] = Ticket{
				ID: r.id, OrganizationID: organizations[i].Bytes, EventID: r.event, OccurrenceID: occurrences[i].Bytes, PartID: parts[i].Bytes,
				QuotaID: r.quota, Status: Confirmed, Seats: int(r.seats), sealed: r.nickname, TakenOn: clock.DateOf(now),
			}
			v.ticket = &tickets[i]
		}
		verdicts[i] = v
	}
	return verdicts, nil
}

// read gives the ticket stored under the first of macs that has one, else ErrUnknown.
func (s store) read(ctx context.Context, macs [][]byte) (Ticket, error) {
	var t Ticket
	found := false
	now := stamp(s.now())
	batch := &pgx.Batch{}
	for _, mac := range macs {
		batch.Queue(sqlHolder, now, hex.EncodeToString(mac))
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			if found {
				return nil
			}
			ok, err := scan(row, &t)
			found = ok
			return err
		})
	}
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return Ticket{}, unavailable(fmt.Errorf("read ticket: %w", err))
	}
	if !found {
		return Ticket{}, ErrUnknown
	}
	return t, nil
}

// cancel gives ticket_cancel's outcome and the ticket as it stands then.
func (s store) cancel(ctx context.Context, mac []byte) (outcome string, t Ticket, err error) {
	err = s.change(ctx, mac, `select coalesce(ticket_withdraw($1), ticket_cancel($1))`, []any{mac}, &outcome, &t)
	if err != nil {
		return "", Ticket{}, unavailable(fmt.Errorf("cancel ticket: %w", err))
	}
	return outcome, t, nil
}

// rotate stores the ticket under another MAC, with its nickname sealed anew, and an application under the number of the new secret while its list is open; done is false when none is stored under the old one.
func (s store) rotate(ctx context.Context, mac, newMAC []byte, newNumber, sealed string) (done bool, t Ticket, err error) {
	err = s.change(ctx, newMAC, `select lottery_renumber(case when ticket_rotate($1, $2, nullif($4, '')) then $2 end, $3)`, []any{mac, newMAC, newNumber, sealed}, &done, &t)
	if err != nil {
		return false, Ticket{}, unavailable(fmt.Errorf("rotate ticket: %w", err))
	}
	return done, t, nil
}

// change calls a function that changes one ticket and reads the ticket as the holder of mac.
func (s store) change(ctx context.Context, mac []byte, call string, args []any, outcome any, t *Ticket) error {
	return s.changeOf(ctx, mac, call, args, func(row pgx.Row) error { return row.Scan(outcome) }, t)
}

// changeOf is change for an outcome of several columns.
func (s store) changeOf(ctx context.Context, mac []byte, call string, args []any, told func(pgx.Row) error, t *Ticket) error {
	for attempt := 1; ; attempt++ {
		batch := &pgx.Batch{}
		batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
		batch.Queue(call, args...).QueryRow(told)
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			*t = Ticket{}
			_, err := scan(row, t)
			return err
		})
		err := postgres.Send(ctx, s.pool, batch)
		if err == nil || attempt == 2 || !undone(err) {
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
	err = row.Scan(&t.ID, &t.OrganizationID, &t.EventID, &t.OccurrenceID, &t.PartID, &t.QuotaID, &t.Status, &t.Seats, &nickname, &t.TakenOn, &url, &note, &phone, &t.WaitsUntil,
		&t.OfferedUntil, &t.AskedStillComing, &t.calendarOn, &t.calendarTurn, &t.WaitsFor, &number, &slots, &parts, &starts, &ends, &t.bySlots, &t.HasContact, &asked)
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

// undone reports a deadlock or serialization failure: nothing happened, the same again may pass.
func undone(err error) bool {
	state, _ := postgres.Constraint(err)
	return state == "40P01" || state == "40001"
}

// unreachable reports an error that no statement caused, so that a smaller batch would not fare better.
func unreachable(err error) bool {
	state, _ := postgres.Constraint(err)
	if state == "" {
		return true
	}
	switch state[:2] {
	case "08", "53", "57", "58": // connection, resources, operator, system
		return true
	}
	return state == "25006" || state == "0A000" // read-only, in recovery
}

// unavailable also takes a connection lost midway for what it is.
func unavailable(err error) error {
	if unreachable(err) {
		return postgres.ErrUnavailable.Because(err)
	}
	return postgres.Unavailable(err)
}

// listed tells whether the public may see an event.
func (s *store) listed(ctx context.Context, event uuid.UUID) (listed bool, err error) {
	if err = s.pool.QueryRow(ctx, "select exists (select from event e where e.id = $1 and e.listed)", event).Scan(&listed); err != nil {
		return false, unavailable(fmt.Errorf("look for event: %w", err))
	}
	return listed, nil
}
