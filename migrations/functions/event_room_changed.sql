-- A date or part shows the room that was put in its place, or none.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_room_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    if old.part_id is not null then
      update part p set place_room = null, place_lost = false where p.id = old.part_id;
    else
      update occurrence o set place_room = null, place_lost = false where o.id = old.occurrence_id;
    end if;
  else
    perform event_room_follow(array[new.booking_id]);
  end if;
  return null;
end
$$;
alter function event_room_changed() owner to tnm_ledger;

create trigger event_room_changed after insert or delete on event_room
  for each row execute function event_room_changed();
