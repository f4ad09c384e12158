-- Taken times of many rooms as rooms_busy gives them, and for which round a time is kept, so that a
-- board leads there. rooms_busy stays for programs of before.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function rooms_occupied(rooms uuid[], span tstzrange)
  returns table (room_id uuid, busy tstzrange, round_id uuid)
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
begin
  return query
  select x.room_id, unnest(range_agg(x.span * $2)), null::uuid
  from (
    select s.room_id, o.span from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && $2 and s.room_id = any ($1) and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x group by x.room_id
  union all
  select x.room_id, unnest(range_agg(x.span * $2)), x.round_id
  from (
    select s.room_id, k.span, r.id as round_id from booking_round_space k
    join booking_round r on r.id = k.round_id
    join room_space s on s.space_id = k.space_id
    where k.span && $2 and s.room_id = any ($1)
      and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
      and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  ) x group by x.room_id, x.round_id;
end
$$;
alter function rooms_occupied(uuid[], tstzrange) owner to tnm_ledger;
grant execute on function rooms_occupied(uuid[], tstzrange) to tnm_public, tnm_staff;
