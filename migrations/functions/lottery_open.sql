-- What the draw is made from, for the transaction that goes on to settle it. No row when it is not
-- due.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function lottery_open(part uuid)
  returns table (seed bytea, list_digest bytea, pool_quotas uuid[], pool_seats integer[])
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if lottery_lock($1, 'closed') then
    return query select d.seed, d.list_digest, d.pool_quotas, d.pool_seats from lottery_draw d where d.part_id = $1;
  end if;
end
$$;
alter function lottery_open(uuid) owner to tnm_ledger;
grant execute on function lottery_open(uuid) to tnm_worker;
