-- +goose Up
-- Which booking gives a date of an event, or one part of it, its room (ADR 0019). What residents see of the room is copied to the date by triggers, so that pages, the
-- API and every feed follow it, and SEQUENCE moves with it.
create table event_room (
  organization_id uuid not null, -- the event's
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid, -- null: the whole date
  booking_id      uuid not null,
  lender_id       uuid not null,
  borrower_id     uuid not null,
  room_id         uuid not null,
  facility_id     uuid not null,
  constraint event_room_pkey primary key (booking_id), -- one booking serves one date or part
  constraint event_room_occurrence_key unique nulls not distinct (occurrence_id, part_id),
  constraint event_room_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint event_room_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint event_room_booking_fkey foreign key (lender_id, borrower_id, booking_id) references booking (organization_id, borrower_id, id),
  constraint event_room_party check (organization_id in (lender_id, borrower_id))
);
create index event_room_event_idx on event_room (event_id);
create index event_room_room_idx on event_room (room_id);
create index event_room_facility_idx on event_room (facility_id);

-- What is told of the room: its name and ids, whether it has a page, where it lies, what helps people in. Null: an external place, or the date's own room.
alter table occurrence
  add column place_room jsonb,
  -- The room was lost: declined, cancelled, lapsed, or moved away by its lender.
  add column place_lost boolean not null default false,
  add constraint occurrence_room_document check (jsonb_typeof(place_room) = 'object' and length(place_room::text) <= 10000),
  add constraint occurrence_room_in_person check (place_room is null or place_kind <> 'online');
alter table part
  add column place_room jsonb,
  add column place_lost boolean not null default false,
  add constraint part_room_document check (jsonb_typeof(place_room) = 'object' and length(place_room::text) <= 10000);
create index occurrence_lost_idx on occurrence (event_id) where place_lost;
create index part_lost_idx on part (event_id) where place_lost;

alter table event_room enable row level security;
alter table event_room force row level security;
create policy event_room_own on event_room to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy event_room_ledger on event_room to tnm_ledger using (true) with check (true);
create policy event_room_seen_by_jobs on event_room for select to tnm_worker using (true);
grant select, insert, delete on event_room to tnm_staff;
grant select on event_room to tnm_worker;
grant select, update (room_id, facility_id) on event_room to tnm_ledger;
grant update (place_name, place_address, place_access, area_code, place_room, place_lost) on occurrence to tnm_ledger;
grant update (place_room, place_lost) on part to tnm_ledger;
create policy part_ledger on part for update to tnm_ledger using (true) with check (true);

-- +goose StatementBegin
-- A booking is looked at under its row's lock, so that taking it and cancelling it come one after the other.
create function event_room_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare b record;
begin
  select k.status, k.organization_id, k.borrower_id, k.room_id, k.facility_id into b from booking k where k.id = new.booking_id for no key update;
  if not found then
    return new; -- the foreign key says it
  end if;
  new.lender_id := b.organization_id;
  new.borrower_id := b.borrower_id;
  new.room_id := b.room_id;
  new.facility_id := b.facility_id;
  if new.organization_id not in (b.organization_id, b.borrower_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_room_party', table = 'event_room', message = 'a booking of others';
  elsif not booking_occupies(b.status) or b.status = 'done' then
    raise exception using errcode = 'check_violation', constraint = 'event_room_live', table = 'event_room', message = 'a booking that is over gives no room';
  elsif b.status <> 'confirmed' and exists (select from event e where e.id = new.event_id and e.status = 'published') then
    raise exception using errcode = 'check_violation', constraint = 'event_room_confirmed', table = 'event_room', message = 'a published event needs a confirmed booking';
  end if;
  return new;
end
$$;

-- Copies what residents see of a booking's room to the date or part that stands in it. A room is lost when its booking is over, or when somebody other than the
-- event's own organization moved it to a time that no longer fits: that one's own moves are refused instead (event_room_covers).
create function event_room_follow(bookings uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  u record;
  lost boolean;
  facts jsonb;
begin
  for u in
    select x.organization_id, x.event_id, x.occurrence_id, x.part_id, x.booking_id, b.status, b.room_id, b.facility_id,
      case when x.part_id is null then o.place_lost else p.place_lost end as was_lost,
      b.starts_at <= coalesce(p.starts_at, o.doors_at, o.starts_at) and b.ends_at >= coalesce(p.ends_at, o.ends_at) as covers,
      r.name as room, r.listed and f.listed as listed, f.name as facility, f.address, f.building, f.access, f.area_code, f.latitude, f.longitude, f.barrier_free, f.barriers, f.barrier_note
    from event_room x
    join booking b on b.id = x.booking_id
    join room r on r.id = b.room_id
    join facility f on f.id = b.facility_id
    join occurrence o on o.id = x.occurrence_id
    left join part p on p.id = x.part_id
    where x.booking_id = any ($1)
    order by x.occurrence_id, x.part_id
  loop
    lost := not booking_occupies(u.status) or (not u.covers and (u.was_lost or app_organization() is distinct from u.organization_id));
    facts := jsonb_build_object('room_id', u.room_id, 'facility_id', u.facility_id, 'room', u.room, 'facility', u.facility, 'listed', u.listed, 'address', u.address,
      'latitude', u.latitude, 'longitude', u.longitude, 'barrier_free', u.barrier_free, 'barriers', u.barriers, 'barrier_note', u.barrier_note);
    update event_room x set room_id = u.room_id, facility_id = u.facility_id where x.booking_id = u.booking_id and (x.room_id, x.facility_id) <> (u.room_id, u.facility_id);
    if u.part_id is not null then
      update part p set place_room = facts, place_lost = lost where p.id = u.part_id and (p.place_room, p.place_lost) is distinct from (facts, lost);
    elsif lost then
      update occurrence o set place_name = '会場を調整しています（決まりしだい、ここでお知らせします）', place_address = '', place_access = '', place_lost = true, place_room = null
      where o.id = u.occurrence_id and not o.place_lost;
    else
      update occurrence o set place_name = left(u.facility || ' ' || u.room, 200), place_address = left(concat_ws(' ', u.address, nullif(u.building, '')), 300),
        place_access = left(u.access, 1000), area_code = u.area_code, place_room = facts, place_lost = false
      where o.id = u.occurrence_id and o.status <> 'cancelled';
    end if;
  end loop;
end
$$;

create function event_room_changed() returns trigger
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

create function event_room_of_booking() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.status = 'confirmed' and new.status in ('held', 'requested', 'approved') and exists (
    select from event_room x join event e on e.id = x.event_id join occurrence o on o.id = x.occurrence_id
    where x.booking_id = new.id and e.status = 'published' and o.status <> 'cancelled') then
    raise exception using errcode = 'check_violation', constraint = 'event_room_confirmed', table = 'event_room', message = 'a published event needs a confirmed booking';
  end if;
  perform event_room_follow(array[new.id]);
  return null;
end
$$;

-- Dates to come follow what is changed of a room or a facility; those that are over stay as they were announced.
create function event_room_of_venue() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_room_follow(array(
    select x.booking_id from event_room x join occurrence o on o.id = x.occurrence_id
    where o.ends_at > app_now() and case when tg_table_name = 'room' then x.room_id else x.facility_id end = new.id order by o.id));
  return null;
end
$$;

create function event_room_of_date() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_room_follow(array(
    select x.booking_id from event_room x where case when tg_table_name = 'part' then x.part_id = new.id else x.occurrence_id = new.id end order by x.booking_id));
  return null;
end
$$;

-- A booked room is there from the opening of doors until the end. Immediate, so that who asks hears of it; put off (set constraints) while a date and its booking move together.
create function event_room_covers() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (
    select from event_room x
    join booking b on b.id = x.booking_id
    join occurrence o on o.id = x.occurrence_id
    left join part p on p.id = x.part_id
    where case tg_table_name when 'event_room' then x.booking_id = (to_jsonb(new) ->> 'booking_id')::uuid when 'booking' then x.booking_id = (to_jsonb(new) ->> 'id')::uuid
        when 'part' then x.part_id = (to_jsonb(new) ->> 'id')::uuid else x.occurrence_id = (to_jsonb(new) ->> 'id')::uuid end
      and x.organization_id = app_organization() and booking_occupies(b.status) and o.status = 'scheduled' and not o.place_lost and not coalesce(p.place_lost, false)
      and not (b.starts_at <= coalesce(p.starts_at, o.doors_at, o.starts_at) and b.ends_at >= coalesce(p.ends_at, o.ends_at))) then
    raise exception using errcode = 'check_violation', constraint = 'event_room_covers', table = 'event_room', message = 'the room is booked for another time';
  end if;
  return null;
end
$$;
-- +goose StatementEnd
create trigger event_room_before_insert before insert on event_room for each row execute function event_room_before_insert();
create trigger event_room_changed after insert or delete on event_room for each row execute function event_room_changed();
create trigger event_room_of_booking after update of status, room_id, facility_id, starts_at, ends_at on booking for each row
  when ((old.status, old.room_id, old.starts_at, old.ends_at) is distinct from (new.status, new.room_id, new.starts_at, new.ends_at)) execute function event_room_of_booking();
create trigger event_room_of_room after update on room for each row
  when ((old.name, old.status, old.open_to) is distinct from (new.name, new.status, new.open_to)) execute function event_room_of_venue();
create trigger event_room_of_facility after update on facility for each row
  when ((old.name, old.status, old.address, old.building, old.access, old.area_code, old.latitude, old.longitude, old.barrier_free, old.barriers, old.barrier_note)
    is distinct from (new.name, new.status, new.address, new.building, new.access, new.area_code, new.latitude, new.longitude, new.barrier_free, new.barriers, new.barrier_note))
  execute function event_room_of_venue();
create trigger event_room_of_date after update of starts_at, ends_at, doors_at on occurrence for each row
  when ((old.starts_at, old.ends_at, old.doors_at) is distinct from (new.starts_at, new.ends_at, new.doors_at)) execute function event_room_of_date();
create trigger event_room_of_part after update of starts_at, ends_at on part for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)) execute function event_room_of_date();
create constraint trigger event_room_covers after insert on event_room deferrable initially immediate for each row execute function event_room_covers();
create constraint trigger event_room_covers after update of starts_at, ends_at on booking deferrable initially immediate for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)) execute function event_room_covers();
create constraint trigger event_room_covers after update of starts_at, ends_at, doors_at, status on occurrence deferrable initially immediate for each row
  when ((old.starts_at, old.ends_at, old.doors_at, old.status) is distinct from (new.starts_at, new.ends_at, new.doors_at, new.status)) execute function event_room_covers();
create constraint trigger event_room_covers after update of starts_at, ends_at on part deferrable initially immediate for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)) execute function event_room_covers();

grant create on schema public to tnm_ledger;
alter function event_room_before_insert() owner to tnm_ledger;
alter function event_room_follow(uuid[]) owner to tnm_ledger;
alter function event_room_changed() owner to tnm_ledger;
alter function event_room_of_booking() owner to tnm_ledger;
alter function event_room_of_venue() owner to tnm_ledger;
alter function event_room_of_date() owner to tnm_ledger;
alter function event_room_covers() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;

-- +goose Down
drop trigger event_room_covers on booking;
drop trigger event_room_covers on occurrence;
drop trigger event_room_covers on part;
drop trigger event_room_of_booking on booking;
drop trigger event_room_of_room on room;
drop trigger event_room_of_facility on facility;
drop trigger event_room_of_date on occurrence;
drop trigger event_room_of_part on part;
drop table event_room;
drop function event_room_covers();
drop function event_room_of_date();
drop function event_room_of_venue();
drop function event_room_of_booking();
drop function event_room_changed();
drop function event_room_follow(uuid[]);
drop function event_room_before_insert();
drop policy part_ledger on part;
revoke update (place_name, place_address, place_access, area_code) on occurrence from tnm_ledger;
alter table part drop constraint part_room_document, drop column place_lost, drop column place_room;
alter table occurrence drop constraint occurrence_room_in_person, drop constraint occurrence_room_document, drop column place_lost, drop column place_room;
