-- The rooms of bookings by name, for their parties only: a room that is no longer open to a town
-- still has the town's bookings.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function booking_rooms(bookings uuid[])
  returns table (booking_id uuid, room_id uuid, facility_id uuid, room text, facility text, address text, access text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select b.id, r.id, f.id, r.name, f.name, f.address, f.access
  from booking b join room r on r.id = b.room_id join facility f on f.id = r.facility_id
  where b.id = any ($1) and app_organization() in (b.organization_id, b.borrower_id)
$$;
alter function booking_rooms(uuid[]) owner to tnm_ledger;
grant execute on function booking_rooms(uuid[]) to tnm_staff;
