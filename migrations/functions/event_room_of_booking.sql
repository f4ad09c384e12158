-- What changes of a booking is shown at the dates that stand in its room. A published event keeps a
-- confirmed one.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_room_of_booking() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.status = 'confirmed' and new.status in ('held', 'requested', 'approved') and exists (
    select from event_room x join event e on e.id = x.event_id join occurrence o on o.id = x.occurrence_id
    where x.booking_id = new.id and e.status = 'published' and o.status <> 'cancelled') then
    raise exception using errcode = 'check_violation', constraint = 'event_room_confirmed', table = 'event_room',
      message = 'a published event needs a confirmed booking';
  end if;
  perform event_room_follow(array[new.id]);
  return null;
end
$$;
alter function event_room_of_booking() owner to tnm_ledger;

create trigger event_room_of_booking after update of status, room_id, facility_id, starts_at, ends_at on booking
  for each row
  when ((old.status, old.room_id, old.starts_at, old.ends_at)
    is distinct from (new.status, new.room_id, new.starts_at, new.ends_at))
    execute function event_room_of_booking();
