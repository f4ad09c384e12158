package event

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type slotSumRow struct {
	PartID     uuid.UUID
	MaxSlots   int
	GapMinutes int
	Tickets    int
	Bookable   int
	Free       int
	WalkIns    int
}

const selectSlotSums = `
	select r.part_id, r.max_slots, r.gap_minutes, t.taken as tickets,
	  count(s.quota_id) filter (where not s.walk_in and not s.closed)::int as bookable,
	  count(s.quota_id) filter (where not s.walk_in and not s.closed and c.taken < c.capacity
	  and s.starts_at > app_now())::int as free,
	  count(s.quota_id) filter (where s.walk_in and not s.closed)::int as walk_ins
	from slot_rule r join quota_counter t on t.quota_id = r.quota_id
	left join slot s on s.part_id = r.part_id left join quota_counter c on c.quota_id = s.quota_id
	where r.event_id = any ($1)
	group by r.part_id, r.max_slots, r.gap_minutes, t.taken`

func slotSums(rows []slotSumRow) map[uuid.UUID]*SlotSum {
	sums := make(map[uuid.UUID]*SlotSum, len(rows))
	for _, r := range rows {
		sums[r.PartID] = &SlotSum{
			SlotRule: SlotRule{
				MaxSlots:   r.MaxSlots,
				GapMinutes: r.GapMinutes,
			},
			Tickets:  r.Tickets,
			Bookable: r.Bookable,
			Free:     r.Free,
			WalkIns:  r.WalkIns,
		}
	}
	return sums
}

// selectSittings counts as SittingOf does.
func selectSittings(ctx context.Context, tx *postgres.Tx, parts []uuid.UUID) (map[uuid.UUID]Sitting, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select s.id, s.sitting, s.number, s.total
		from (
		  select p.id, p.sitting, row_number() over (partition by p.occurrence_id, p.sitting
		  order by p.position)::int as number,
		    count(*) over (partition by p.occurrence_id, p.sitting)::int as total
		  from part p where p.occurrence_id in (select q.occurrence_id from part q where q.id = any ($1))
		  and p.sitting is not null) s
		where s.id = any ($1)`, parts)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]Sitting{}
	var id uuid.UUID
	var at Sitting
	_, err = pgx.ForEachRow(rows, []any{&id, &at.Name, &at.Number, &at.Of}, func() error { found[id] = at; return nil })
	return found, err
}

// loadSlots gives the slots of an event by time; at_door, which the public role may not read, only
// for staff.
func loadSlots(ctx context.Context, tx *postgres.Tx, event uuid.UUID, forStaff bool) ([]BoothSlot, error) {
	atDoor := "0"
	if forStaff {
		atDoor = "s.at_door"
	}
	rows, err := tx.Pgx.Query(ctx, `
		select s.quota_id, s.occurrence_id, s.part_id, s.starts_at, s.ends_at,
		  array(select b.booth_id from slot_booth b join booth t on t.id = b.booth_id where b.slot_id = s.quota_id
		  order by t.position, t.id),
		  s.parties, case when s.walk_in then `+atDoor+
		` else c.taken end, s.walk_in, s.closed, c.accepting, coalesce(s.door_band, '')
		from slot s join quota_counter c on c.quota_id = s.quota_id
		where s.event_id = $1
		order by s.starts_at, s.ends_at, s.quota_id`, event)
	if err != nil {
		return nil, fmt.Errorf("load slots: %w", err)
	}
	slots, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (BoothSlot, error) {
		var s BoothSlot
		err := row.Scan(
			&s.ID,
			&s.OccurrenceID,
			&s.PartID,
			&s.StartsAt,
			&s.EndsAt,
			&s.Booths,
			&s.Parties,
			&s.Taken,
			&s.WalkIn,
			&s.Closed,
			&s.Accepting,
			&s.band,
		)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("load slots: %w", err)
	}
	return slots, nil
}

// findSlotPart looks whether a part is the transaction's own and its way of taking part is by
// slots.
func findSlotPart(ctx context.Context, tx *postgres.Tx, at placed) error {
	var way Reservation
	err := tx.Pgx.QueryRow(
		ctx,
		`select reservation from part where id = $1 and occurrence_id = $2 and event_id = $3
			and organization_id = app_organization()`,
		at.part,
		at.occurrence,
		at.event,
	).Scan(
		&way,
	)
	switch {
	case postgres.NoRows(err):
		return ErrPartUnknown
	case err != nil:
		return fmt.Errorf("find part: %w", err)
	case way != Slot:
		return ErrWithoutSlots
	}
	return nil
}

// upsertSlotRule makes the part's rule, with the quota that counts its tickets; nil leaves one that
// is there.
func upsertSlotRule(ctx context.Context, tx *postgres.Tx, at placed, rule *SlotRule) error {
	var known bool
	if err := tx.Pgx.QueryRow(
		ctx,
		`select exists (select from slot_rule where part_id = $1)`,
		at.part,
	).Scan(
		&known,
	); err != nil {
		return fmt.Errorf("find slot rule: %w", err)
	}
	if !known {
		first := DefaultSlotRule
		if rule != nil {
			first = *rule
		}
		quota := uuid.New()
		if err := insertSlotQuotas(ctx, tx, at, []uuid.UUID{quota}, []int{maxTickets}); err != nil {
			return err
		}
		_, err := tx.Pgx.Exec(
			ctx,
			`insert into slot_rule (organization_id, event_id, occurrence_id, part_id, quota_id, max_slots, gap_minutes)
			values (app_organization(), $1, $2, $3, $4, $5, $6)`,
			at.event,
			at.occurrence,
			at.part,
			quota,
			first.MaxSlots,
			first.GapMinutes,
		)
		if err != nil {
			return fmt.Errorf("insert slot rule: %w", err)
		}
		return nil
	}
	if rule == nil {
		return nil
	}
	if _, err := tx.Pgx.Exec(
		ctx,
		`update slot_rule set max_slots = $2, gap_minutes = $3 where part_id = $1`,
		at.part,
		rule.MaxSlots,
		rule.GapMinutes,
	); err != nil {
		return fmt.Errorf("update slot rule: %w", err)
	}
	return nil
}

// maxTickets is a capacity that never refuses: the slots' own do.
const maxTickets = 100000

func insertSlotQuotas(ctx context.Context, tx *postgres.Tx, at placed, ids []uuid.UUID, capacities []int) error {
	_, err := tx.Pgx.Exec(ctx, `insert into quota (organization_id, event_id, occurrence_id, part_id, id, channel)
		select app_organization(), $1, $2, $3, u.id, 'slot' from unnest($4::uuid[]) u (id)`,
		at.event,
		at.occurrence,
		at.part,
		ids,
	)
	if err != nil {
		return fmt.Errorf("insert quotas of slots: %w", err)
	}
	_, err = tx.Pgx.Exec(ctx, `insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
		select app_organization(), $1, $2, u.id, u.capacity from unnest($3::uuid[], $4::int[]) u (id, capacity)`,
		at.event,
		at.occurrence,
		ids,
		capacities,
	)
	if err != nil {
		return fmt.Errorf("insert counters of slots: %w", err)
	}
	return nil
}

// insertSlots lays out times at tables: table i of tables sits in every time.
func insertSlots(
	ctx context.Context,
	tx *postgres.Tx,
	at placed,
	times []SlotTime,
	tables [][]uuid.UUID,
	parties int,
) error {
	var (
		ids, seatedIn, booths []uuid.UUID
		starts, ends          []time.Time
		walkIns               []bool
		capacities            []int
	)
	for _, table := range tables {
		for _, t := range times {
			id, capacity := uuid.New(), parties
			if t.WalkIn {
				capacity = 0
			}
			ids, starts, ends, walkIns, capacities = append(
				ids,
				id,
			), append(
				starts,
				t.StartsAt,
			), append(
				ends,
				t.EndsAt,
			), append(
				walkIns,
				t.WalkIn,
			), append(
				capacities,
				capacity,
			)
			for _, b := range table {
				seatedIn, booths = append(seatedIn, id), append(booths, b)
			}
		}
	}
	if err := insertSlotQuotas(ctx, tx, at, ids, capacities); err != nil {
		return err
	}
	_, err := tx.Pgx.Exec(
		ctx,
		`insert into slot (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at, parties,
			walk_in)
		select app_organization(), $1, $2, $3, u.id, u.starts_at, u.ends_at, $8, u.walk_in
		from unnest($4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::boolean[]) u (id, starts_at, ends_at,
		  walk_in)`,
		at.event,
		at.occurrence,
		at.part,
		ids,
		starts,
		ends,
		walkIns,
		parties,
	)
	if err != nil {
		return fmt.Errorf("insert slots: %w", err)
	}
	_, err = tx.Pgx.Exec(ctx, `insert into slot_booth (organization_id, event_id, part_id, slot_id, booth_id, during)
		select app_organization(), $1, $2, s.quota_id, u.booth_id, tstzrange(s.starts_at, s.ends_at)
		from unnest($3::uuid[], $4::uuid[]) u (slot_id, booth_id) join slot s on s.quota_id = u.slot_id`,
		at.event,
		at.part,
		seatedIn,
		booths,
	)
	if err != nil {
		return fmt.Errorf("seat booths: %w", err)
	}
	return nil
}

// deleteSlots takes away what booths have in a span; the schema refuses where somebody booked.
func deleteSlots(ctx context.Context, tx *postgres.Tx, part uuid.UUID, booths []uuid.UUID, from, to time.Time) error {
	_, err := tx.Pgx.Exec(ctx, `delete from quota where id in (
		select b.slot_id from slot_booth b where b.part_id = $1 and b.booth_id = any ($2)
		  and b.during && tstzrange($3, $4)) and organization_id = app_organization()`,
		part, booths, from, to)
	if err != nil {
		return fmt.Errorf("delete slots: %w", err)
	}
	return nil
}

// countSlots gives how many slots a part has, and which of booths are not its tables.
func countSlots(
	ctx context.Context,
	tx *postgres.Tx,
	part uuid.UUID,
	booths []uuid.UUID,
) (n int, foreign []uuid.UUID, err error) {
	err = tx.Pgx.QueryRow(ctx, `select (select count(*) from slot where part_id = $1),
		array(select u.id from unnest($2::uuid[]) u (id) where not exists (select from booth b where b.id = u.id
		  and b.part_id = $1))`,
		part,
		booths,
	).Scan(
		&n,
		&foreign,
	)
	if err != nil {
		return 0, nil, fmt.Errorf("count slots: %w", err)
	}
	return n, foreign, nil
}

func updateSlot(ctx context.Context, tx *postgres.Tx, event, slot uuid.UUID, c SlotChange) error {
	tag, err := tx.Pgx.Exec(
		ctx,
		`update slot set closed = coalesce($3, closed), walk_in = coalesce($4, walk_in), parties = coalesce($5, parties)
		where quota_id = $1 and event_id = $2 and organization_id = app_organization()`,
		slot,
		event,
		c.Closed,
		c.WalkIn,
		c.Parties,
	)
	if err != nil {
		return fmt.Errorf("update slot: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrSlotUnknown
	}
	return nil
}

func deleteSlot(ctx context.Context, tx *postgres.Tx, event, slot uuid.UUID) error {
	tag, err := tx.Pgx.Exec(
		ctx,
		`delete from quota q using slot s where q.id = $1 and s.quota_id = q.id and q.event_id = $2
			and q.organization_id = app_organization()`,
		slot,
		event,
	)
	if err != nil {
		return fmt.Errorf("delete slot: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrSlotUnknown
	}
	return nil
}

// moveSlots takes the slots of a date along; booths and holders follow by trigger.
func moveSlots(ctx context.Context, tx *postgres.Tx, occurrence uuid.UUID, by time.Duration) error {
	if by == 0 {
		return nil
	}
	_, err := tx.Pgx.Exec(
		ctx,
		`update slot set starts_at = starts_at + $2::interval, ends_at = ends_at + $2::interval
			where occurrence_id = $1 and organization_id = app_organization()`,
		occurrence,
		by,
	)
	if err != nil {
		return fmt.Errorf("move slots: %w", err)
	}
	return nil
}

// settleSlots has the schema judge now whether every slot lies within its part.
func settleSlots(ctx context.Context, tx *postgres.Tx) error {
	for _, when := range []string{"immediate", "deferred"} {
		if _, err := tx.Pgx.Exec(ctx, "set constraints slot_within_part, part_keeps_slots "+when); err != nil {
			return fmt.Errorf("judge slots: %w", err)
		}
	}
	return nil
}
