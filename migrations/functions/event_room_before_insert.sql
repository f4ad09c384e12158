-- A booking is looked at under its row's lock, so that taking it and cancelling it come one after
-- the other.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function event_room_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare b record;
begin
  select k.status, k.organization_id, k.borrower_id, k.room_id, k.facility_id into b
  from booking k
  where k.id = new.booking_id for no key update;
  if not found then
    return new; -- the foreign key says it
  end if;
  new.lender_id := b.organization_id;
  new.borrower_id := b.borrower_id;
  new.room_id := b.room_id;
  new.facility_id := b.facility_id;
  if new.organization_id not in (b.organization_id, b.borrower_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_room_party', table = 'event_room',
      message = 'a booking of others';
  elsif not booking_occupies(b.status) or b.status = 'done' then
    raise exception using errcode = 'check_violation', constraint = 'event_room_live', table = 'event_room',
      message = 'a booking that is over gives no room';
  elsif b.status <> 'confirmed'
    and exists (select from event e where e.id = new.event_id and e.status = 'published') then
    raise exception using errcode = 'check_violation', constraint = 'event_room_confirmed', table = 'event_room',
      message = 'a published event needs a confirmed booking';
  end if;
  return new;
end
$$;
alter function event_room_before_insert() owner to tnm_ledger;

create trigger event_room_before_insert before insert on event_room
  for each row execute function event_room_before_insert();
