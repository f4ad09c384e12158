-- The tables of a door's date: who sits where is not told, only whether somebody does. One row
-- without a slot when the date has none.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function door_slots(macs bytea[])
  returns table (state text, slot_id uuid, part_id uuid, starts_at timestamptz, ends_at timestamptz, booths text[],
    walk_in boolean, closed boolean, parties integer, taken integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.state, s.quota_id, s.part_id, s.starts_at, s.ends_at,
    array(select coalesce(nullif(b.name, ''), g.name) from slot_booth k
      join booth b on b.id = k.booth_id
      left join organization g on g.id = b.by_organization_id
      where k.slot_id = s.quota_id order by b.position),
    s.walk_in, s.closed, s.parties::int, (case when s.walk_in then s.at_door else c.taken end)::int
  from door_of($1) d
  left join slot s on s.occurrence_id = d.occurrence_id
  left join quota_counter c on c.quota_id = s.quota_id
  order by s.starts_at, s.quota_id
$$;
alter function door_slots(bytea[]) owner to tnm_ledger;
grant execute on function door_slots(bytea[]) to tnm_public;
