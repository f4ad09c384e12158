-- The neighbouring rooms with which a booking disturbs or is disturbed, for its parties only. It is
-- in the database because of privacy: the caller may not read the rows, and this is all it is told.
create or replace function booking_clashes(booking uuid) returns setof uuid
  language sql stable security definer rows 1 set search_path = public, pg_temp
as $$
  select distinct k.room_id
  from booking b
  join room_neighbour n on b.room_id in (n.room_id, n.neighbour_id)
  join room_space s on s.room_id = case when n.room_id = b.room_id then n.neighbour_id else n.room_id end
  join occupancy o on o.space_id = s.space_id and o.span && tstzrange(b.starts_at, b.ends_at)
  join booking k on k.id = o.booking_id and k.id <> b.id and k.starts_at < b.ends_at and k.ends_at > b.starts_at
  where b.id = $1 and b.noise <> 'normal' and k.noise = case b.noise when 'loud' then 'quiet' else 'loud' end
    and booking_occupies_or_waits(b.status) and app_organization() in (b.organization_id, b.borrower_id)
$$;
alter function booking_clashes(uuid) owner to tnm_ledger;
grant execute on function booking_clashes(uuid) to tnm_staff;
