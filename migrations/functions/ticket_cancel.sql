-- Gives a ticket up. A ticket with slots gives all of them back (ticket_leaves_slots), their
-- counters locked in order. A ticket that waits may be given a seat in any quota it waits for while
-- this one is on its way: their counters are locked too, for they would be needed once the ticket
-- is locked, which is too late.
-- outcome: cancelled, already (was no longer active), over (the part has ended), unknown.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_cancel(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, p.ends_at, k.quota_id || array(select w.quota_id from ticket_wish w where w.ticket_id = k.id) as quotas
  into t
  from ticket k join part p on p.id = k.part_id
  where k.secret_mac = $1;
  if not found then
    return 'unknown';
  end if;
  -- Same order as ticket_grant and ticket_take_slots: the counters first, the ticket after them.
  perform from quota_counter c where c.quota_id = any (t.quotas) order by c.quota_id for update;
  perform from quota_counter c
  where c.quota_id = any (array(select h.slot_id from ticket_slot h where h.ticket_id = t.id)) order by c.quota_id
  for update;
  update ticket k set status = 'cancelled', nickname = null
  where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered') and app_now() < t.ends_at;
  return case
    when found then 'cancelled'
    when not exists (select from ticket k where k.secret_mac = $1) then 'unknown' -- rotated meanwhile
    when exists (select from ticket k
      where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered')) then 'over'
    else 'already'
  end;
end
$$;
alter function ticket_cancel(bytea) owner to tnm_ledger;
grant execute on function ticket_cancel(bytea) to tnm_public;
