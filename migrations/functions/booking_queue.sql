-- How many stand before a waiting booking, and behind any, in each other's way. For the parties
-- only; null for others.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function booking_queue(booking uuid, out ahead integer, out behind integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select
    case when b.status = 'waiting' then count(*) filter (where (w.waits_since, w.id) < (b.waits_since, b.id))
      else 0 end::int,
    count(w.id) filter (where b.status <> 'waiting' or (w.waits_since, w.id) > (b.waits_since, b.id))::int
  from booking b
  left join booking w on w.facility_id = b.facility_id and w.status = 'waiting' and w.id <> b.id
    and w.starts_at < b.ends_at and w.ends_at > b.starts_at
    and exists (select from room_space s
      join room_space x on x.space_id = s.space_id and (s.exclusive or x.exclusive)
      where s.room_id = b.room_id and x.room_id = w.room_id)
  where b.id = $1 and booking_occupies_or_waits(b.status) and app_organization() in (b.organization_id, b.borrower_id)
  group by b.id
$$;
alter function booking_queue(uuid) owner to tnm_ledger;
grant execute on function booking_queue(uuid) to tnm_staff;
