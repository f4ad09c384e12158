-- Which rounds keep a room within a window from the transaction's organization, or from the public.
-- For everyone who may see the room.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function room_kept(room uuid, span tstzrange)
  returns table (round_id uuid, starts_at timestamptz, ends_at timestamptz)
  language plpgsql stable security definer rows 2 set search_path = public, pg_temp
as $$
begin
  return query
  select distinct r.id, lower(k.span * $2), upper(k.span * $2)
  from room_space s join booking_round_space k on k.space_id = s.space_id join booking_round r on r.id = k.round_id
  where s.room_id = $1 and k.span && $2
    and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
    and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
    and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  order by 2, 1;
end
$$;
alter function room_kept(uuid, tstzrange) owner to tnm_ledger;
grant execute on function room_kept(uuid, tstzrange) to tnm_public, tnm_staff;
