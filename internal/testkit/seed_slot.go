package testkit

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Booth adds a table to the event's first part and gives its id. pool must be a superuser's, as
// Bundle.Pool is.
func (e Event) Booth(t testing.TB, pool *pgxpool.Pool, name string) uuid.UUID {
	t.Helper()
	return insert(t, pool, `
		insert into booth (organization_id, event_id, part_id, position, name)
		select $1, $2, $3, (select count(*) from booth where part_id = $3), $4 returning id`,
		e.OrganizationID,
		e.ID,
		e.Parts[0].ID,
		name,
	)
}

// Slot adds a slot for one party to the event's first part, at these booths or at one of its own,
// and gives its id. A part gets its rule (three slots a ticket, five minutes between them) with its
// first slot.
func (e Event) Slot(
	t testing.TB,
	pool *pgxpool.Pool,
	starts time.Time,
	length time.Duration,
	booths ...uuid.UUID,
) uuid.UUID {
	t.Helper()
	part := e.Parts[0].ID
	if len(booths) == 0 {
		booths = []uuid.UUID{e.Booth(t, pool, "テーブル")}
	}
	quota := func(capacity int) uuid.UUID {
		id := insert(
			t,
			pool,
			`insert into quota (organization_id, event_id, occurrence_id, part_id, channel)
				values ($1, $2, $3, $4, 'slot') returning id`,
			e.OrganizationID,
			e.ID,
			e.OccurrenceID,
			part,
		)
		return insert(
			t,
			pool,
			`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
				values ($1, $2, $3, $4, $5) returning quota_id`,
			e.OrganizationID,
			e.ID,
			e.OccurrenceID,
			id,
			capacity,
		)
	}
	if insert(
		t,
		pool,
		`select coalesce((select quota_id from slot_rule where part_id = $1), '00000000-0000-0000-0000-000000000000')`,
		part,
	) == uuid.Nil {
		insert(
			t,
			pool,
			`insert into slot_rule (organization_id, event_id, occurrence_id, part_id, quota_id)
				values ($1, $2, $3, $4, $5) returning quota_id`,
			e.OrganizationID,
			e.ID,
			e.OccurrenceID,
			part,
			quota(100000),
		)
	}
	slot := insert(
		t,
		pool,
		`insert into slot (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at)
			values ($1, $2, $3, $4, $5, $6, $7) returning quota_id`,
		e.OrganizationID,
		e.ID,
		e.OccurrenceID,
		part,
		quota(1),
		starts,
		starts.Add(length),
	)
	for _, b := range booths {
		insert(
			t,
			pool,
			`insert into slot_booth (organization_id, event_id, part_id, slot_id, booth_id, during)
				values ($1, $2, $3, $4, $5, tstzrange($6, $7)) returning slot_id`,
			e.OrganizationID,
			e.ID,
			part,
			slot,
			b,
			starts,
			starts.Add(length),
		)
	}
	return slot
}
