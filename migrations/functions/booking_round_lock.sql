-- Locks the spaces of the round's facilities as all writers of bookings do, then the round. False
-- when that step is not due (any more).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_lock(round uuid, state text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform booking_lock(array(select distinct x.facility_id from booking_round_room x where x.round_id = $1), '{}');
  perform from booking_round r where r.id = $1 for update;
  return exists (select from booking_round_due() d where d.round_id = $1 and d.state = $2);
end
$$;
alter function booking_round_lock(uuid, text) owner to tnm_ledger;
grant execute on function booking_round_lock(uuid, text) to tnm_worker;
