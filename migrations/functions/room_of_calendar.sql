-- The room whose calendar a token opens, by any of the MACs under which it may be stored. It is in
-- the database because of privacy: the caller may not read the rows, and this is all it is told.
create or replace function room_of_calendar(macs bytea[])
  returns table (room_id uuid, calendar_id uuid, name text, facility text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select c.room_id, c.id, r.name, f.name
  from room_calendar c
  join room r on r.id = c.room_id
  join facility f on f.id = r.facility_id
  where c.mac = any ($1) and c.revoked_at is null
$$;
alter function room_of_calendar(bytea[]) owner to tnm_ledger;
grant execute on function room_of_calendar(bytea[]) to tnm_public;
