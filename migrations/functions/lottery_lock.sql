-- Locks everything that a step of the draw touches, in the order in which staff's writes do; false
-- when the step is not due (any more).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function lottery_lock(part uuid, state text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform from event e where e.id = (select d.event_id from lottery_draw d where d.part_id = $1) for update;
  perform from quota_counter c
  where c.quota_id in (select q.id from quota q where q.part_id = $1) order by c.quota_id for update;
  perform from lottery_draw d where d.part_id = $1 for update;
  return exists (select from lottery_due() u where u.part_id = $1 and u.state = $2);
end
$$;
alter function lottery_lock(uuid, text) owner to tnm_ledger;
