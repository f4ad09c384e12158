-- At the end of a transaction that changed a booking it occupies floor over all its time of use, or
-- none at all, as its state says. What set-up and spaces the room had when the booking was placed
-- or moved stays the booking's, though the room changes.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function booking_whole() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  there integer;
  fitting integer;
begin
  select k.* into b from booking k where k.id = new.id;
  if found then
    select count(*), count(*) filter (where o.span @> tstzrange(b.starts_at, b.ends_at)) into there, fitting
    from occupancy o
    where o.booking_id = new.id;
    if there <> fitting or booking_occupies(b.status) <> (there > 0) then
      raise exception using errcode = 'check_violation', constraint = 'booking_occupies_its_room', table = 'booking',
        message = 'a booking occupies what its row does not say';
    end if;
  end if;
  return null;
end
$$;
alter function booking_whole() owner to tnm_ledger;

create constraint trigger booking_whole
  after update of status, room_id, starts_at, ends_at, setup_minutes, clearing_minutes on booking
  deferrable initially deferred for each row execute function booking_whole();
