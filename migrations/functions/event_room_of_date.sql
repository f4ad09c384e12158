-- A date or part that moves is looked at again: does it still stand in its room?
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_room_of_date() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_room_follow(array(
    select x.booking_id from event_room x
    where case when tg_table_name = 'part' then x.part_id = new.id else x.occurrence_id = new.id end
    order by x.booking_id));
  return null;
end
$$;
alter function event_room_of_date() owner to tnm_ledger;

create trigger event_room_of_date after update of starts_at, ends_at, doors_at on occurrence for each row
  when ((old.starts_at, old.ends_at, old.doors_at) is distinct from (new.starts_at, new.ends_at, new.doors_at))
    execute function event_room_of_date();
create trigger event_room_of_part after update of starts_at, ends_at on part for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
    execute function event_room_of_date();
