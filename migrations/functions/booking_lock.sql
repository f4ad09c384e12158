-- Locks the spaces of whole facilities in order and then bookings in order: the one order of all
-- writers. False when a booking stands in another facility by now.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_lock(facilities uuid[], bookings uuid[]) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare astray integer;
begin
  perform from space s where s.facility_id = any ($1) order by s.id for no key update;
  perform from booking b where b.id = any ($2) order by b.id for no key update;
  select count(*) into astray from booking b where b.id = any ($2) and b.facility_id <> all ($1);
  return astray = 0;
end
$$;
alter function booking_lock(uuid[], uuid[]) owner to tnm_ledger;
grant execute on function booking_lock(uuid[], uuid[]) to tnm_staff, tnm_worker;
