-- Whether all that stands in a room's way are holds, so that one may wait.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_behind_holds(room uuid, span tstzrange) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select coalesce(bool_and(k.status = 'held'), false)
  from room_space s join occupancy o on o.space_id = s.space_id join booking k on k.id = o.booking_id
  where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
$$;
alter function booking_behind_holds(uuid, tstzrange) owner to tnm_ledger;
