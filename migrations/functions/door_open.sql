-- What the phone at the door shows when it opens: one row a part, numbers only. Parties with slots
-- are counted once, not once a slot.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function door_open(macs bytea[])
  returns table (state text, title text, occurrence_id uuid, starts_at timestamptz, ends_at timestamptz,
    opens_at timestamptz, closes_at timestamptz, part_id uuid, name text, part_starts_at timestamptz,
    part_ends_at timestamptz, reservation text, count integer, capacity integer, band text, taken integer,
    arrived integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.state, e.title, o.id, o.starts_at, o.ends_at, d.opens_at, d.closes_at,
    p.id, p.name, p.starts_at, p.ends_at, p.reservation, coalesce(c.count, 0), c.capacity, c.band,
    coalesce((select sum(k.taken) from quota q join quota_counter k on k.quota_id = q.id
              where q.part_id = p.id and q.channel <> 'online'
                and not exists (select from slot s where s.quota_id = q.id)), 0)::int,
    coalesce((select sum(a.seats) from quota q join door_arrival a on a.quota_id = q.id where q.part_id = p.id), 0)::int
  from door_of($1) d
  join occurrence o on o.id = d.occurrence_id
  join event e on e.id = d.event_id
  join part p on p.occurrence_id = o.id
  left join door_counter c on c.part_id = p.id
  order by p.position
$$;
alter function door_open(bytea[]) owner to tnm_ledger;
grant execute on function door_open(bytea[]) to tnm_public;
