-- Calls an own round off before it is drawn. outcome: cancelled, unknown, drawn.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_cancel(round uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = $1 and k.organization_id = app_organization() for update;
  if not found then
    return 'unknown';
  elsif r.state not in ('open', 'closed') then
    return case when r.state = 'cancelled' then 'cancelled' else 'drawn' end;
  end if;
  update booking_round k set state = 'cancelled' where k.id = $1;
  return 'cancelled';
end
$$;
alter function booking_round_cancel(uuid) owner to tnm_ledger;
grant execute on function booking_round_cancel(uuid) to tnm_staff;
