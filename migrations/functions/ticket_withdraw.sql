-- Takes an application back. outcome as of ticket_cancel; null when the ticket is no application
-- (any more).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_withdraw(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.quota_id, p.ends_at into t from ticket k
  join part p on p.id = k.part_id
  where k.secret_mac = $1 and k.status = 'applied';
  if not found then
    return null;
  end if;
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  update ticket k
  set status = 'cancelled', nickname = null
  where k.secret_mac = $1 and k.status = 'applied' and app_now() < t.ends_at;
  if found then
    return 'cancelled';
  end if;
  return (select 'over' from ticket k where k.secret_mac = $1 and k.status = 'applied');
end
$$;
alter function ticket_withdraw(bytea) owner to tnm_ledger;
grant execute on function ticket_withdraw(bytea) to tnm_public;
