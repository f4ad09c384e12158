-- Copies what residents see of a booking's room to the date or part that stands in it. A room is
-- lost when its booking is over, or when somebody other than the event's own organization moved it
-- to a time that no longer fits: that one's own moves are refused instead (event_room_covers).
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function event_room_follow(bookings uuid[]) returns void
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
      b.starts_at <= coalesce(p.starts_at, o.doors_at, o.starts_at)
        and b.ends_at >= coalesce(p.ends_at, o.ends_at) as covers,
      r.name as room, r.listed and f.listed as listed, f.name as facility, f.address, f.building, f.access, f.area_code,
      f.latitude, f.longitude, f.barrier_free, f.barriers, f.barrier_note
    from event_room x
    join booking b on b.id = x.booking_id
    join room r on r.id = b.room_id
    join facility f on f.id = b.facility_id
    join occurrence o on o.id = x.occurrence_id
    left join part p on p.id = x.part_id
    where x.booking_id = any ($1)
    order by x.occurrence_id, x.part_id
  loop
    lost := not booking_occupies(u.status)
      or (not u.covers and (u.was_lost or app_organization() is distinct from u.organization_id));
    facts := jsonb_build_object('room_id', u.room_id, 'facility_id', u.facility_id, 'room', u.room,
      'facility', u.facility, 'listed', u.listed, 'address', u.address,
      'latitude', u.latitude, 'longitude', u.longitude, 'barrier_free', u.barrier_free, 'barriers', u.barriers,
      'barrier_note', u.barrier_note);
    update event_room x
    set room_id = u.room_id, facility_id = u.facility_id
    where x.booking_id = u.booking_id and (x.room_id, x.facility_id) <> (u.room_id, u.facility_id);
    if u.part_id is not null then
      update part p
      set place_room = facts, place_lost = lost
      where p.id = u.part_id and (p.place_room, p.place_lost) is distinct from (facts, lost);
    elsif lost then
      update occurrence o
      set place_name = '会場を調整しています（決まりしだい、ここでお知らせします）', place_address = '', place_access = '', place_lost = true,
        place_room = null
      where o.id = u.occurrence_id and not o.place_lost;
    else
      update occurrence o
      set place_name = left(u.facility || ' ' || u.room, 200),
        place_address = left(concat_ws(' ', u.address, nullif(u.building, '')), 300),
        place_access = left(u.access, 1000), area_code = u.area_code, place_room = facts, place_lost = false
      where o.id = u.occurrence_id and o.status <> 'cancelled';
    end if;
  end loop;
end
$$;
alter function event_room_follow(uuid[]) owner to tnm_ledger;
