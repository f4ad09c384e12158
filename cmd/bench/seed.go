//go:build unix

package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// place is where a seat can be taken.
type place struct{ Event, Quota uuid.UUID }

// seats are the events that clients register for.
type seats struct {
	spread  []place // a thousand, never full
	hot     place   // never full
	soldOut place
	flash   []place // flashSeats each, one a round and side
}

const (
	flashSeats = 80
	manyEvents = 1000 // of the organization "many", and of those that seats are spread over
	evenMore   = 5000 // of the organization "more"
)

// seed makes organizations with a thousand and with five thousand published events, one date, one
// part and one quota each, on the days to come.
func (g *ground) seed(ctx context.Context, rounds int) (seats, error) {
	flashes := 2 * rounds
	statements := append([]string{
		// a hot event must not fill up while it is measured
		`alter table quota_counter drop constraint quota_counter_capacity_range`,
		`create function pg_temp.id(kind text, owner text, n bigint) returns uuid language sql immutable as $$
			select md5(kind || owner || n)::uuid $$`,
		`insert into organization (id, kind, slug, code, name, position) values
			(pg_temp.id('o', 'many', 0), 'municipality', 'many', '131172', '北の町', 0), (pg_temp.id('o', 'more', 0),
			  'municipality', 'more', '131164', '西の町', 1),
			(pg_temp.id('o', 'seats', 0), 'municipality', 'seats', '131059', '東の町', 2)`,
		fmt.Sprintf(`create temporary table wanted on commit drop as
			select 'many' as owner, n, 1 << 30 as capacity from generate_series(1, %d) n
			union all select 'more', n, 20 from generate_series(1, %d) n
			union all select 'seats', n, case n when 1 then 1 << 30 when 2 then 0 else %d end
			  from generate_series(1, %d) n`,
			manyEvents, evenMore, flashSeats, flashes+2),
		`insert into event (organization_id, id, status, kind, title, summary, description, audience, audience_tags,
			nickname_ok, leave_midway_ok, fee_yen, published_at)
			select pg_temp.id('o', owner, 0), pg_temp.id('e', owner, n), 'published', (array['ibasho', 'joshikai',
			  'family', 'lecture', 'salon'])[1 + n % 5],
				'第' || n || '回 ' || (array['居場所', '女子会', '家族の集まり', '講演会', 'サロン'])[1 + n % 5],
				  'ゆっくり過ごせる場所です。途中からの参加もできます。',
				'お茶を飲みながら、好きなことをして過ごします。話しても、話さなくてもかまいません。道に迷ったら ' || md5(owner || n) || ' までどうぞ。',
				'どなたでも', array['anyone'], true, true, 0, now() - interval '10 days' from wanted`,
		`insert into event_organiser (organization_id, event_id, organiser_id, role, position, approval, decided_at)
			select organization_id, id, organization_id, 'host', 0, 'approved', now() from event`,
		`insert into occurrence (organization_id, event_id, id, starts_at, ends_at, place_kind, place_name,
			place_address, area_code, listed)
			select pg_temp.id('o', owner, 0), pg_temp.id('e', owner, n), pg_temp.id('d', owner, n), at,
			  at + interval '2 hours', 'in_person', n % 40 || '番公民館', '本町1-2-3', '131059', true
			from wanted cross join lateral (select date_trunc('day',
			  now()) + interval '1 hour' * (1 + n % 9) + interval '1 day' * (2 + n % 360) as at) t`,
		`insert into part (organization_id, event_id, occurrence_id, id, position, starts_at, ends_at, reservation)
			select organization_id, event_id, id, md5('p' || id)::uuid, 0, starts_at, ends_at, 'seat' from occurrence`,
		`insert into quota (organization_id, event_id, occurrence_id, part_id, id, channel, max_seats)
			select organization_id, event_id, occurrence_id, id, md5('q' || id)::uuid, 'in_person', 4 from part`,
		`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity, accepting)
			select pg_temp.id('o', owner, 0), q.event_id, q.occurrence_id, q.id, w.capacity, true from wanted w
			  join quota q on q.event_id = pg_temp.id('e', owner, n)`,
		`insert into event_change (event_id, removed) select id, false from event`,
	}, bareTables...)
	statements = append(
		statements,
		`insert into gorm_counter (quota_id, capacity) select quota_id, capacity from quota_counter`,
	)
	if err := g.bulk(ctx, statements...); err != nil {
		return seats{}, err
	}
	// Tables without rows stay as they are in a new installation.
	if err := g.exec(
		ctx,
		"vacuum (analyze) organization, event, event_organiser, occurrence, part, quota, quota_counter, event_change,"+
			" bare_counter, gorm_counter",
	); err != nil {
		return seats{}, err
	}
	rows, err := g.admin.Query(
		ctx,
		`select c.event_id as event, c.quota_id as quota from quota_counter c
			join organization g on g.id = c.organization_id
		where g.slug in ('many', 'seats') order by g.slug, c.capacity desc, c.quota_id`,
	)
	if err != nil {
		return seats{}, fmt.Errorf("read seats: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[place])
	if err != nil {
		return seats{}, fmt.Errorf("read seats: %w", err)
	}
	rest := all[manyEvents:] // the endless one first, the full one last
	return seats{spread: all[:manyEvents], hot: rest[0], soldOut: rest[len(rest)-1], flash: rest[1 : len(rest)-1]}, nil
}
