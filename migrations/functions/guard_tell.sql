-- What a process counted by itself while it served alone.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function guard_tell(networks bytea[], quotas uuid[], slots timestamptz[], seats integer[])
  returns void
  language sql security definer set search_path = public, pg_temp
as $$
  insert into guard_share as g (network, quota_id, slot, seats)
  select q.network, q.quota, q.slot, sum(q.seats)::int
  from unnest($1, $2, $3, $4) as q (network, quota, slot, seats) group by 1, 2, 3 order by 1, 2, 3
  on conflict on constraint guard_share_pkey do update set seats = g.seats + excluded.seats
$$;
alter function guard_tell(bytea[], uuid[], timestamp with time zone[], integer[]) owner to tnm_ledger;
grant execute on function guard_tell(bytea[], uuid[], timestamp with time zone[], integer[]) to tnm_public;
