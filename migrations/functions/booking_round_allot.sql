-- Books what an application was drawn for. False when the floor can't be had after all. The caller
-- holds booking_round_lock.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_allot(application uuid, asked jsonb, span tstzrange) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  a booking_application;
begin
  select k.* into a from booking_application k where k.id = $1 and k.outcome is null for update;
  if not found then
    return false;
  end if;
  b := jsonb_populate_record(null::booking, $2);
  select x.organization_id, x.facility_id into b.organization_id, b.facility_id from room x where x.id = b.room_id;
  b.borrower_id := a.borrower_id;
  b.created_at := app_now();
  b.modified_at := app_now();
  insert into booking select b.*;
  update booking_application k set outcome = 'drawn', booking_id = b.id where k.id = $1;
  if not booking_occupy(b.id, b.room_id, $3) then
    update booking_application k set outcome = 'lost', booking_id = null where k.id = $1;
    delete from booking k where k.id = b.id;
    return false;
  end if;
  insert into booking_change (organization_id, borrower_id, booking_id, kind, status)
  values (b.organization_id, b.borrower_id, b.id, 'drawn', b.status);
  return true;
end
$$;
alter function booking_round_allot(uuid, jsonb, tstzrange) owner to tnm_ledger;
grant execute on function booking_round_allot(uuid, jsonb, tstzrange) to tnm_worker;
