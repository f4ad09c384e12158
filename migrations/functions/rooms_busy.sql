-- Taken times of many rooms in one statement, for a board of a facility or a search. Times alone,
-- as room_busy gives them; kept: for a round that is drawn by lot, from the transaction's
-- organization.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function rooms_busy(rooms uuid[], span tstzrange)
  returns table (room_id uuid, busy tstzrange, kept boolean)
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
begin
  return query
  select x.room_id, unnest(range_agg(x.span * $2)), false
  from (
    select s.room_id, o.span from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && $2 and s.room_id = any ($1) and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x group by x.room_id
  union all
  select x.room_id, unnest(range_agg(x.span * $2)), true
  from (
    select s.room_id, k.span from booking_round_space k
    join booking_round r on r.id = k.round_id
    join room_space s on s.space_id = k.space_id
    where k.span && $2 and s.room_id = any ($1)
      and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  ) x group by x.room_id;
end
$$;
alter function rooms_busy(uuid[], tstzrange) owner to tnm_ledger;
grant execute on function rooms_busy(uuid[], tstzrange) to tnm_public, tnm_staff;
