-- Dates to come follow what is changed of a room or a facility; those that are over stay as they
-- were announced.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_room_of_venue() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_room_follow(array(
    select x.booking_id from event_room x join occurrence o on o.id = x.occurrence_id
    where o.ends_at > app_now() and case when tg_table_name = 'room' then x.room_id else x.facility_id end = new.id
      order by o.id));
  return null;
end
$$;
alter function event_room_of_venue() owner to tnm_ledger;

create trigger event_room_of_room after update on room for each row
  when ((old.name, old.status, old.open_to) is distinct from (new.name, new.status, new.open_to))
    execute function event_room_of_venue();
create trigger event_room_of_facility after update on facility for each row
  when ((old.name, old.status, old.address, old.building, old.access, old.area_code, old.latitude, old.longitude,
    old.barrier_free, old.barriers, old.barrier_note)
    is distinct from (new.name, new.status, new.address, new.building, new.access, new.area_code, new.latitude,
      new.longitude, new.barrier_free, new.barriers, new.barrier_note))
  execute function event_room_of_venue();
