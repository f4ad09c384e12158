-- The list as everybody can write it from what is published; lottery.List.Text writes the same.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function lottery_list(part uuid, quotas uuid[], seats integer[]) returns text
  language sql stable security definer set search_path = public, pg_temp
as $$
  select format(E'tonarimachi lottery list v1\ndraw %s\n', $1)
    || coalesce((select string_agg(format(E'pool %s %s\n', q.id, q.seats), '' order by q.id::text collate "C")
      from unnest($2, $3) as q (id, seats)), '')
    || coalesce((
      select string_agg(format(E'entry %s %s %s\n', e.number, e.seats, e.quota_id), '' order by e.number collate "C")
      from lottery_entry e where e.part_id = $1), '')
$$;
alter function lottery_list(uuid, uuid[], integer[]) owner to tnm_ledger;
