-- Over rounds give their floor back.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function booking_round_releases() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from booking_round_space s where s.round_id = new.id;
  return null;
end
$$;
alter function booking_round_releases() owner to tnm_ledger;

create trigger booking_round_releases after update of state on booking_round
  for each row when (new.state in ('finished', 'cancelled')) execute function booking_round_releases();
