-- When a room is taken within a window: spans that touch are one, so that nobody can count
-- bookings. For everyone who may see the room.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function room_busy(room uuid, span tstzrange) returns setof tstzrange
  language plpgsql stable security definer rows 20 set search_path = public, pg_temp
as $$
begin
  return query
  select m from (
    select unnest(range_agg(o.span * $2)) as m
    from room_space s join occupancy o on o.space_id = s.space_id
    where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x order by m;
end
$$;
alter function room_busy(uuid, tstzrange) owner to tnm_ledger;
grant execute on function room_busy(uuid, tstzrange) to tnm_public, tnm_staff;
