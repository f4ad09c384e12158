-- Whether something other than the named bookings stands in a room's way.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function room_taken(room uuid, span tstzrange, besides uuid[]) returns boolean
  language plpgsql stable set search_path = public, pg_temp -- and not sql, which would be planned at every call
as $$
begin
  return exists (
    select from room_space s join occupancy o on o.space_id = s.space_id
    where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
      and o.booking_id <> all ($3));
end
$$;
alter function room_taken(uuid, tstzrange, uuid[]) owner to tnm_ledger;
