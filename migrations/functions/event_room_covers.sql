-- A booked room is there from the opening of doors until the end. Immediate, so that who asks hears
-- of it; put off (set constraints) while a date and its booking move together.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function event_room_covers() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (
    select from event_room x
    join booking b on b.id = x.booking_id
    join occurrence o on o.id = x.occurrence_id
    left join part p on p.id = x.part_id
    where case tg_table_name
        when 'event_room' then x.booking_id = (to_jsonb(new) ->> 'booking_id')::uuid
        when 'booking' then x.booking_id = (to_jsonb(new) ->> 'id')::uuid
        when 'part' then x.part_id = (to_jsonb(new) ->> 'id')::uuid
        else x.occurrence_id = (to_jsonb(new) ->> 'id')::uuid end
      and x.organization_id = app_organization() and booking_occupies(b.status) and o.status = 'scheduled'
      and not o.place_lost and not coalesce(p.place_lost, false)
      and not (b.starts_at <= coalesce(p.starts_at, o.doors_at, o.starts_at)
        and b.ends_at >= coalesce(p.ends_at, o.ends_at))) then
    raise exception using errcode = 'check_violation', constraint = 'event_room_covers', table = 'event_room',
      message = 'the room is booked for another time';
  end if;
  return null;
end
$$;
alter function event_room_covers() owner to tnm_ledger;

create constraint trigger event_room_covers after insert on event_room deferrable initially immediate
  for each row execute function event_room_covers();
create constraint trigger event_room_covers after update of starts_at, ends_at on booking deferrable initially immediate
  for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
    execute function event_room_covers();
create constraint trigger event_room_covers
  after update of starts_at, ends_at, doors_at, status on occurrence deferrable initially immediate for each row
  when ((old.starts_at, old.ends_at, old.doors_at, old.status)
    is distinct from (new.starts_at, new.ends_at, new.doors_at, new.status))
    execute function event_room_covers();
create constraint trigger event_room_covers after update of starts_at, ends_at on part deferrable initially immediate
  for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
    execute function event_room_covers();
