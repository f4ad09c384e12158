package testkit

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Oversell makes a database that looks first and books afterwards, without lock, constraint or
// trigger: the negative control of every fight for seats. pool must be a superuser's, as
// Bundle.Pool is.
func Oversell(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	for _, statement := range []string{
		`alter table quota_counter drop constraint quota_counter_taken_within_capacity`,
		`alter table ticket disable trigger ticket_count_inserted`,
		`
		create or replace function ticket_grant(events uuid[], quotas uuid[], ids uuid[], macs bytea[],
		  seats smallint[], nicknames text[],
			out outcomes text[], out free integer[], out most smallint[],
			out organizations uuid[], out occurrences uuid[], out parts uuid[], out links boolean[])
		language plpgsql security definer set search_path = public, pg_temp as $$
		begin
			select array_agg(case when c.taken + q.seats <= c.capacity then 'granted' else 'full' end
			  order by q.ord), array_agg(c.capacity - c.taken order by q.ord),
				array_agg(4 order by q.ord), array_agg(k.organization_id order by q.ord), array_agg(k.occurrence_id
				  order by q.ord),
				array_agg(k.part_id order by q.ord), array_agg(false order by q.ord)
			into outcomes, free, most, organizations, occurrences, parts, links
			from unnest(quotas, seats) with ordinality as q (quota_id, seats, ord) join quota_counter c
			  using (quota_id) join quota k on k.id = c.quota_id;
			perform pg_sleep(0.02); -- what a round trip to the program would take
			for i in 1 .. cardinality(quotas) loop
				continue when outcomes[i] <> 'granted';
				insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac,
				  status, seats, nickname)
				values (organizations[i], events[i], occurrences[i], parts[i], quotas[i], ids[i], macs[i],
				  'confirmed', seats[i], nicknames[i]);
				update quota_counter c set taken = c.taken + ticket_grant.seats[i] where c.quota_id = quotas[i];
			end loop;
		end $$`,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatalf("make an overselling database: %v", err)
		}
	}
}
