-- What the private calendar of a ticket shows: times and states, not a word of what it is about. A
-- ticket with slots is there from its first to its last. No row once the date is over for a day, as
-- when the token is unknown.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean,
    postponed boolean, sequence integer, modified_at timestamptz, still_coming boolean)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, coalesce(h.starts_at, p.starts_at), coalesce(h.ends_at, p.ends_at), o.moved_from is not null,
    e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at, t.still_coming
  from ticket t
  join part p on p.id = t.part_id
  join occurrence o on o.id = t.occurrence_id
  join event e on e.id = t.event_id
  cross join lateral (
    select min(k.starts_at) as starts_at, max(k.ends_at) as ends_at from ticket_slot k where k.ticket_id = t.id) h
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;
alter function ticket_followed(bytea) owner to tnm_ledger;
grant execute on function ticket_followed(bytea) to tnm_public;
