-- A row that a round bars is not written: booking_occupy then finds the room taken, whichever way
-- the booking came.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function occupancy_kept_for_round() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if booking_round_bars(new.space_id, new.span, new.booking_id, new.taker = new.booking_id) then
    return null;
  end if;
  return new;
end
$$;
alter function occupancy_kept_for_round() owner to tnm_ledger;

create trigger occupancy_kept_for_round before insert on occupancy
  for each row execute function occupancy_kept_for_round();
