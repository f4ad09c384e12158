-- Fixes the list and tells its digest. False when that is not due.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function lottery_close(part uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  pools record;
begin
  if not lottery_lock($1, 'open') then
    return false;
  end if;
  select k.event_id, k.occurrence_id into d from lottery_draw k where k.part_id = $1;
  select coalesce(array_agg(q.id order by q.id), '{}') as quotas,
    coalesce(array_agg(c.capacity - c.taken order by q.id), '{}') as seats into pools
  from quota q join quota_counter c on c.quota_id = q.id where q.part_id = $1 and q.channel in ('in_person', 'online');
  update lottery_draw k
  set state = 'closed', pool_quotas = pools.quotas, pool_seats = pools.seats, closed_at = app_now(),
    list_digest = sha256(convert_to(lottery_list($1, pools.quotas, pools.seats), 'UTF8')),
    entries = (select count(*) from lottery_entry e where e.part_id = $1)
  where k.part_id = $1;
  perform event_touch(d.event_id, d.occurrence_id);
  return true;
end
$$;
alter function lottery_close(uuid) owner to tnm_ledger;
grant execute on function lottery_close(uuid) to tnm_worker;
