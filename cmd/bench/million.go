//go:build unix

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// seedMillion fills the database with a nation's events: 1,741 municipalities that hold their own,
// one that holds a fifth of all, one that holds three; dates from two and a half years back to one
// year ahead. Titles hold words that are common, rare and very rare, of one to four characters.
func (g *ground) seedMillion(ctx context.Context, events int) error {
	rows, err := g.admin.Query(ctx, `select tablename || '.' || indexname, indexdef from pg_indexes i
		where schemaname = 'public' and tablename in ('event', 'event_organiser', 'occurrence', 'part', 'quota',
		  'quota_counter', 'ticket', 'event_change')
		  and not exists (select from pg_constraint c where c.conname = i.indexname)`)
	if err != nil {
		return fmt.Errorf("read indexes: %w", err)
	}
	var drop, create []string
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return fmt.Errorf("read indexes: %w", err)
		}
		_, index, _ := strings.Cut(name, ".")
		drop, create = append(drop, "drop index "+index), append(create, definition)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read indexes: %w", err)
	}
	statements := slices.Concat(drop, millionRows(events))
	if err := g.bulk(ctx, append(statements, create...)...); err != nil {
		return err
	}
	return g.exec(ctx, "vacuum (analyze)")
}

// code makes five digits a municipality code (weights 6 to 2, modulo 11).
const code = `lpad(n::text, 5, '0') ||
	  ((11 -
  (n / 10000 % 10 * 6 + n / 1000 % 10 * 5 + n / 100 % 10 * 4 + n / 10 % 10 * 3 + n % 10 * 2) % 11) % 10)::text`

func millionRows(events int) []string {
	return []string{
		`create function pg_temp.code(n int) returns text language sql immutable as $$ select ` + code + ` $$`,
		`create function pg_temp.id(kind int, n bigint) returns uuid language sql immutable as $$
			select md5(kind || ':' || n)::uuid $$`,
		// 0 holds a fifth, 1740 holds three.
		fmt.Sprintf(`create function pg_temp.owner(n bigint) returns bigint language sql immutable as
			$$ select case when n <= 3 then 1740 when n %% 5 = 0 then 0 else 1 + (n * 7919) %% 1739 end $$`),
		`insert into organization (id, kind, slug, code, name, position)
			select pg_temp.id(0, n), 'municipality', case n when 0 then 'large' when 1740 then 'tiny'
			  else 'town-' || n end, pg_temp.code(20000 + n::int), '第' || n || '町', n
			from generate_series(0, 1740) n`,
		`insert into partnership (id, slug, name) values (pg_temp.id(9, 1), 'seven', '七つの町')`,
		`insert into partnership_member (partnership_id, organization_id) select pg_temp.id(9, 1), pg_temp.id(0, n)
			from generate_series(10, 16) n`,
		fmt.Sprintf(
			`insert into event (organization_id, id, status, visibility, kind, title, summary, description, audience,
				audience_tags, published_at, modified_at)
			select pg_temp.id(0, pg_temp.owner(n)), pg_temp.id(1, n), case when n %% 33 = 0 then 'draft'
			  else 'published' end,
				case when n %% 40 = 1 then 'supporters' when n %% 50 = 2 then 'partners' else 'public' end,
				case when n %% 1000 = 7 then 'training'
				  else (array['ibasho', 'joshikai', 'family', 'consultation', 'lecture', 'salon', 'online',
				  'meeting'])[1 + n %% 8] end,
				'第' || n || '回 ' || (array['居場所', '女子会', '家族の集まり', '個別相談会', '講演会', 'サロン', '茶話会', '料理の会', '散歩',
				  '手芸'])[1 + n %% 10]
					|| case when n %% 4001 = 11 then ' パン作り体験' when n %% 4001 = 12 then ' 囲碁' when n %% 4001 = 13
					  then ' 鯛' else '' end,
				'ゆっくり過ごせる場所です。途中からの参加もできます。',
				repeat('お茶を飲みながら、好きなことをして過ごします。話しても、話さなくてもかまいません。' || md5(n::text), 2),
				'どなたでも', case when n %% 500 = 3 then array['over_40'] when n %% 3 = 0 then array['anyone']
				  else array['self', 'family'] end,
				case when n %% 33 = 0 then null else now() - interval '1 day' * (n %% 900) end,
				  now() - interval '1 minute' * (n %% 500000)
			from generate_series(1::bigint, %d) n`,
			events,
		),
		fmt.Sprintf(
			`insert into event_organiser (organization_id, event_id, organiser_id, role, position, approval, decided_at)
			select pg_temp.id(0, pg_temp.owner(n)), pg_temp.id(1, n), pg_temp.id(0, pg_temp.owner(n)), 'host', 0,
			  'approved', now() from generate_series(1::bigint, %[1]d) n
			union all
			select pg_temp.id(0, pg_temp.owner(n)), pg_temp.id(1, n), pg_temp.id(0, 1 + (n * 104729) %% 1739), case
			  when n %% 4 = 0 then 'host' else 'cooperator' end, 1,
				case when n %% 10 = 0 then 'pending' else 'approved' end, case when n %% 10 = 0 then null else now() end
			from generate_series(1::bigint, %[1]d) n where n %% 2 = 0`,
			events,
		) + ` on conflict do nothing`,
		fmt.Sprintf(
			`insert into occurrence (organization_id, event_id, id, starts_at, ends_at, place_kind, place_name,
				area_code, listed)
			select e.organization_id, e.id, pg_temp.id(2, n * 8 + k), at, at + interval '2 hours', case
			  when n %% 8 = 6 then 'online' when n %% 20 = 1 then 'both' else 'in_person' end,
				'公民館 ' || n, case when n %% 8 = 6 then null
				  else pg_temp.code((20000 + pg_temp.owner(n))::int) end, e.listed
			from generate_series(1::bigint, %d) n join event e on e.id = pg_temp.id(1, n)
			  cross join generate_series(0, 4) k
			cross join lateral (select date_trunc('day',
			  now()) + interval '1 hour' * (10 + n %% 9) +
			  interval '1 day' * (-900 + (n * 7 + k * 14) %% 1265) as at) t`,
			events,
		),
		`insert into part (organization_id, event_id, occurrence_id, id, position, starts_at, ends_at, reservation)
			select o.organization_id, o.event_id, o.id, md5('part' || o.id)::uuid, 0, o.starts_at, o.ends_at,
				case when hashtext(o.event_id::text) % 2000 = 3 then 'lottery'
				  when hashtext(o.event_id::text) % 20 = 4 then 'slot'
					when hashtext(o.event_id::text) % 2 = 0 then 'none' else 'seat' end from occurrence o`,
		`insert into quota (organization_id, event_id, occurrence_id, part_id, id, channel, max_seats)
			select p.organization_id, p.event_id, p.occurrence_id, p.id, md5('quota' || p.id)::uuid, 'in_person', 4
			  from part p where p.reservation = 'seat'`,
		`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity, taken, accepting)
			select q.organization_id, q.event_id, q.occurrence_id, q.id, 40, 2, true from quota q`,
		fmt.Sprintf(
			`insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status,
				seats)
			select q.organization_id, q.event_id, q.occurrence_id, q.part_id, q.id, gen_random_uuid(),
			  sha256(convert_to(q.id || ':' || k, 'UTF8')), 'confirmed', 1
			from quota q cross join generate_series(1, 4) k limit %d`,
			events*5,
		),
		`insert into event_change (xid, event_id, changed_at, removed)
			select '3'::xid8, e.id, e.modified_at, not e.listed from event e where e.listed
			  or e.visibility = 'partners'`,
	}
}
