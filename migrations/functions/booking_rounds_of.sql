-- When a room is kept for rounds from the transaction's organization, for a clear word instead of
-- "taken". Not in SQL: a function of SQL with settings of its own is planned at each call, 1.6 ms
-- for every look at a room's facts.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_rounds_of(room uuid) returns table (starts_at timestamptz, ends_at timestamptz)
  language plpgsql stable security definer rows 2 set search_path = public, pg_temp
as $$
begin
  return query
  select distinct lower(k.span), upper(k.span)
  from room_space s join booking_round_space k on k.space_id = s.space_id
  where s.room_id = $1 and booking_round_bars(k.space_id, k.span, null, s.exclusive);
end
$$;
alter function booking_rounds_of(uuid) owner to tnm_ledger;
grant execute on function booking_rounds_of(uuid) to tnm_staff;
