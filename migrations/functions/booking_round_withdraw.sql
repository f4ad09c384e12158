-- Takes an application back: before the list is fixed nothing of it is left; afterwards its number
-- stays on the list and wins nothing. outcome: withdrawn, unknown, drawn (too late).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_withdraw(application uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k
  where k.id = (select a.round_id from booking_application a where a.id = $1 and a.borrower_id = app_organization())
  for update;
  if not found then
    return 'unknown';
  elsif r.state = 'open' then
    delete from booking_application a where a.id = $1 and a.borrower_id = app_organization();
    return case when found then 'withdrawn' else 'unknown' end;
  elsif r.state <> 'closed' then
    return 'drawn';
  end if;
  update booking_application a
  set outcome = 'withdrawn'
  where a.id = $1 and a.borrower_id = app_organization() and a.outcome is null;
  if found then
    update booking_round k
    set withdrawn = k.withdrawn || (select a.number from booking_application a where a.id = $1)
    where k.id = r.id;
  end if;
  return 'withdrawn';
end
$$;
alter function booking_round_withdraw(uuid) owner to tnm_ledger;
grant execute on function booking_round_withdraw(uuid) to tnm_staff;
