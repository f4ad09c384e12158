-- The rooms that are taken for some part of a span, each with its own set-up and clearing around
-- it, and those that a round keeps. The window is widened by the widest of them first, for the
-- index; where no room has any, nothing more is looked at.
-- It is in the database because its plan must not be made anew, and row-level security would keep
-- it from its index.
create or replace function rooms_taken(starts_at timestamptz, ends_at timestamptz) returns setof uuid
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
declare
  asked tstzrange := tstzrange($1, $2);
  wide tstzrange := booking_span($1, $2,
    coalesce((select max(x.setup_minutes) from room x where x.setup_minutes > 0), 0),
    coalesce((select max(x.clearing_minutes) from room x where x.clearing_minutes > 0), 0));
begin
  if wide = asked then
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && asked and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  else
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id join room r on r.id = s.room_id
    where o.span && wide and (o.span && asked or o.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes))
      and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  end if;
  return query
  select s.room_id from booking_round_space k
  join booking_round t on t.id = k.round_id
  join room_space s on s.space_id = k.space_id
  join room r on r.id = s.room_id
  where k.span && wide and k.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes)
    and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
    and (t.state in ('open', 'closed') or t.state = 'drawn' and app_now() < t.accept_until)
    and (t.state = 'closed' or t.organization_id is distinct from app_organization());
end
$$;
alter function rooms_taken(timestamp with time zone, timestamp with time zone) owner to tnm_ledger;
grant execute on function rooms_taken(timestamp with time zone, timestamp with time zone) to tnm_public, tnm_staff;
